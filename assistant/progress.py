"""A progress bar on standard error for work that takes seconds."""

from collections.abc import Callable

__all__ = ["progress_line"]


def progress_line() -> Callable[[str, int, int], None]:
    """A function to call with what is being done, how much is done, and of how much; it draws one bar for each."""
    from rich.console import Console
    from rich.progress import Progress, TaskID

    bars = Progress(console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}

    def report(what: str, done: int, of: int) -> None:
        if what not in tasks:
            bars.start()
            tasks[what] = bars.add_task(what, total=of)
        bars.update(tasks[what], completed=done, total=of)
        if all(task.finished for task in bars.tasks):
            bars.stop()

    return report
