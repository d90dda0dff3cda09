"""What every parser returns, and the error that every parser raises."""

from dataclasses import dataclass, field

from assistant.law.provisions import Provision

__all__ = ["ParsedText", "UnreadableText"]


@dataclass(frozen=True, slots=True)
class ParsedText:
    """The provisions of one file, in order.

    `title`: the text's own title. `notes`: its apparatus, name to words (authority, source, amendment history).
    `left_out`: what the file holds that is at no locator, in words for the person who ingests; usually empty.
    """

    title: str
    provisions: tuple[Provision, ...]
    notes: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


class UnreadableText(ValueError):
    """A file is not what its format says. `where` names the place in the file, `problem` what is wrong there."""

    def __init__(self, where: str, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where}: {problem}")
