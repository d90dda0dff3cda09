"""Events of the law's history, from `corpus/timeline.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.provisions import Confidence, Locator
from assistant.law.strict_yaml import CorpusFileError

__all__ = ["Event", "events_between", "load_timeline"]


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `date`: 2025-04-08, 2025-04 or 2025, as exactly as it is known. `upcoming`: it lay ahead when
    the file was last checked."""

    date: str
    jurisdiction: str
    title: Mapping[str, str]
    what: Mapping[str, str]
    instrument: Locator | None
    pinpoint: Locator | None
    confidence: Confidence
    upcoming: bool

    def as_json(self, lang: str) -> dict[str, Any]:
        """For `timeline --json`, in one language."""
        return {
            "date": self.date,
            "jurisdiction": self.jurisdiction,
            "title": self.title.get(lang, self.title["en"]),
            "what": self.what.get(lang, self.what["en"]),
            "instrument": self.instrument,
            "pinpoint": self.pinpoint,
            "confidence": self.confidence,
            "upcoming": self.upcoming,
        }


_NEEDED = {"date", "jurisdiction", "title", "what", "confidence"}
_OPTIONAL = {"instrument", "pinpoint", "upcoming", "about"}


def load_timeline(path: Path) -> tuple[Event, ...]:
    """Every event, oldest first. Raises CorpusFileError for one that is not complete."""
    document: Any = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    events = []
    for entry in document["events"]:
        wrong = (_NEEDED - set(entry)) | (set(entry) - _NEEDED - _OPTIONAL)
        if wrong:
            raise CorpusFileError(path, None, f"the event of {entry.get('date')}: {', '.join(sorted(wrong))}")
        events.append(
            Event(
                date=entry["date"],
                jurisdiction=entry["jurisdiction"],
                title=entry["title"],
                what=entry["what"],
                instrument=Locator(entry["instrument"]) if entry.get("instrument") else None,
                pinpoint=Locator(entry["pinpoint"]) if entry.get("pinpoint") else None,
                confidence=entry["confidence"],
                upcoming=entry.get("upcoming") == "true",
            )
        )
    return tuple(sorted(events, key=lambda event: event.date))


def events_between(events: Sequence[Event], start: str | None, end: str | None, about: str | None) -> tuple[Event, ...]:
    """The events from `start` to `end`, both inclusive, that speak of `about` (in either language).

    A day is 2025-04-08; 2025-04 and 2025 stand for the whole month and year.

    >>> events_between([], "2025", None, None)
    ()
    """
    return tuple(
        event
        for event in events
        if (start is None or event.date[: len(start)] >= start[: len(event.date)])
        and (end is None or event.date[: len(end)] <= end[: len(event.date)])
        and (about is None or about.casefold() in _words(event))
    )


def _words(event: Event) -> str:
    return " ".join((*event.title.values(), *event.what.values(), event.instrument or "")).casefold()
