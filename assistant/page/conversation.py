"""A conversation of one session: its turns, and how each is answered. Draws nothing."""

import logging
from dataclasses import dataclass, field
from datetime import date

from assistant.answer.reply import Reply
from assistant.desk import NoStore
from assistant.law.strict_yaml import CorpusFileError
from assistant.page.shared_desk import SharedDesk
from assistant.page.sources import Source
from assistant.page.wording import label
from assistant.search import SearchError
from assistant.words import Lang, language_of

__all__ = ["LONGEST", "Conversation", "Turn", "in_one_line"]

LONGEST = 4000
"""The longest question, in characters."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Turn:
    """A question and what came of it: a reply with its sources, or the error that stopped it, or neither yet.

    `as_of`: the day of the law for it; `dated`: whether the user chose that day.
    """

    question: str
    as_of: date
    dated: bool
    reply: Reply | None = None
    sources: tuple[Source, ...] = ()
    problem: Exception | None = None

    @property
    def pending(self) -> bool:
        """Whether it waits for its answer."""
        return self.reply is None and self.problem is None

    def answer(self, desk: SharedDesk) -> None:
        """Asks the desk. What goes wrong is kept, so that the question can be asked again."""
        try:
            self.reply, self.sources = desk.ask(self.question, self.as_of, language_of(self.question), dated=self.dated)
        except Exception as error:
            _log.exception("a question could not be answered")
            self.problem = error

    def again(self) -> None:
        """Waits for an answer once more."""
        self.problem = None


@dataclass(slots=True)
class Conversation:
    """The turns so far. `number` tells one conversation of a session from the next."""

    number: int = 0
    turns: list[Turn] = field(default_factory=list)

    def ask(self, question: str, as_of: date, *, dated: bool) -> None:
        """Puts a question, which is then pending. White space around it is dropped; an empty one is not put."""
        if question := question.strip()[:LONGEST]:
            self.turns.append(Turn(question, as_of, dated))

    def named_turns(self) -> list[tuple[str, Turn]]:
        """Each turn with a name that no other of the session has."""
        return [(f"{self.number}-{place}", turn) for place, turn in enumerate(self.turns)]

    @property
    def newest_pending(self) -> str | None:
        """The name of the last turn where it waits for its answer."""
        name, turn = self.named_turns()[-1] if self.turns else (None, None)
        return name if turn and turn.pending else None


def in_one_line(error: Exception, lang: Lang) -> str:
    """What went wrong, in one line for a person; the log has the rest."""
    if isinstance(error, (NoStore, SearchError, CorpusFileError, OSError)):
        return label("failed", lang, problem=" ".join(str(error).split())[:400])
    return label("fault", lang, kind=type(error).__name__)
