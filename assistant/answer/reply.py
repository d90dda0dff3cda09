"""An answer and its parts, and the JSON that other people's scripts read (`ask --json`)."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from assistant.law.provisions import Confidence, Language, Layer, Locator

__all__ = ["Claim", "Correction", "Question", "Reply", "ReplyCitation", "RestsOn", "as_json"]


@dataclass(frozen=True, slots=True)
class ReplyCitation:
    """One provision that the answer cites.

    `quote`: official words, letter by letter, or None. `restatement`: our words, or None. `as_of`: the day of
    the law that was asked for. `text_date` and `checked_to`: of the text shown. `sha256`: of the publisher's file.
    """

    locator: Locator
    citation: str
    heading: str
    quote: str | None
    restatement: str | None
    layer: Layer
    language: Language
    url: str | None
    as_of: date
    sha256: str | None
    confidence: Confidence
    text_date: date | None
    checked_to: date | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the answer with the places (from 0) of the citations that bear it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that is missing and the question that asks for it."""

    fact: str
    question: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A misstatement in the question, what is right, and where that stands."""

    says: str
    right: str
    pinpoint: Locator


@dataclass(frozen=True, slots=True)
class RestsOn:
    """A text that the answer rests on. `text_date`: day of the wording; `checked_to`: known unchanged until then."""

    instrument: Locator
    text_date: date | None
    checked_to: date | None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `answer`: Markdown with citation marks [1], [2] …, which count `citations` from 1."""

    answer: str
    abstained: bool
    claims: tuple[Claim, ...] = ()
    citations: tuple[ReplyCitation, ...] = ()
    verdict: dict[str, Any] | None = None
    questions: tuple[Question, ...] = ()
    corrections: tuple[Correction, ...] = ()
    rests_on: tuple[RestsOn, ...] = ()


def as_json(reply: Reply) -> dict[str, Any]:
    """The reply as the contract's JSON object: days as 2026-01-29, tuples as lists."""
    plain: dict[str, Any] = _plain(asdict(reply))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
