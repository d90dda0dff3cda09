"""`eval speed`: how long questions, citations and cold starts take on this machine."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.desk import Desk

__all__ = ["measure_speed"]

_COLD_RUNS = 3


def measure_speed(desk: "Desk", *, today: date) -> dict[str, Any]:
    """The contract's figures that can be measured so far: milliseconds a question in a warm process, seconds from
    a cold start (a new process, files in the page cache; the median of three), resident memory in MB."""
    from assistant.evaluation.answers import load_labelled

    dev = [labelled for labelled in load_labelled() if labelled.split == "dev"]
    questions = [labelled.ask for labelled in dev]
    provision = next(labelled.gold[0] for labelled in dev if labelled.gold)
    desk.ask(questions[0], today)
    asked = sorted(_seconds(lambda question=question: desk.ask(question, today)) for question in questions)  # type: ignore[misc]
    return {
        "questions": len(questions),
        "ask_p50_ms": round(1000 * statistics.median(asked), 1),
        "ask_p95_ms": round(1000 * asked[int(0.95 * len(asked))], 1),
        "cold_ask_s": _cold(["ask", questions[0], "--json"]),
        "cold_cite_s": _cold(["cite", provision, "--json"]),
        "rss_mb": _resident_megabytes(),
    }


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _cold(arguments: Sequence[str]) -> float:
    command = [sys.executable, "-m", "assistant", *arguments]
    runs = [_seconds(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(_COLD_RUNS)]
    return round(statistics.median(runs), 2)


def _resident_megabytes() -> float | None:
    try:
        import resource
    except ImportError:  # not a Unix
        return None
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(size / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
