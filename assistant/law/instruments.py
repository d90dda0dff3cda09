"""The instruments that the assistant knows, and their versions: `corpus/sources.yaml` in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from assistant.law import strict_yaml
from assistant.law.provisions import Confidence, Language, Locator
from assistant.law.strict_yaml import CorpusFileError

__all__ = ["Instrument", "Interval", "Publisher", "Version", "load_instruments", "read_day"]

Below = Literal["bracketed", "sections", "articles", "points", "none"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Days from `start` (inclusive) to `end` (exclusive); None is open."""

    start: date | None
    end: date | None

    def holds(self, day: date) -> bool:
        """Whether `day` is in the interval."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def overlaps(self, other: "Interval") -> bool:
        """Whether some day is in both."""
        starts_before_end = self.start is None or other.end is None or self.start < other.end
        return starts_before_end and (other.start is None or self.end is None or other.start < self.end)


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of an instrument.

    `changes`: the provisions in which it differs from the version before, where that is all; None where the
    whole text was issued anew. `recognised_by`: strings that tell its official file from the other versions'.
    """

    name: str
    interval: Interval
    checked_to: date | None
    citation: str
    note: str
    changes: tuple[Locator, ...] | None = None
    recognised_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publisher:
    """Where the official text is issued. `address` is for people; `adapter` and `fetch` are for `ingest --fetch`."""

    address: str
    adapter: str | None
    fetch: str | None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One legal instrument or document. `id` is its locator.

    `names`: language to full name. `short`: how the answer calls it. `aliases`: other names that people cite
    it by. `later`: provisions whose text begins after the instrument's first day. `reads_as`: the parser of its
    official file. `confidence`: how sure its substance is where the official text is not held.
    """

    id: Locator
    kind: str
    jurisdiction: str
    names: Mapping[str, str]
    short: Mapping[str, str]
    aliases: tuple[str, ...]
    citation: str
    issuer: str
    language: Language
    below: Below
    versions: tuple[Version, ...]
    later: Mapping[Locator, date]
    publisher: Publisher
    reads_as: str | None
    confidence: Confidence
    reuse: str
    pages: tuple[Locator, int, int] | None = None
    recognised_by: tuple[str, ...] = ()
    restated: str = "yes"
    note: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    def version_on(self, day: date) -> Version | None:
        """The version in force on that day, or None."""
        return next((version for version in self.versions if version.interval.holds(day)), None)

    def interval_of(self, locator: Locator, version: Version) -> Interval:
        """The days on which the wording that `version` has at `locator` was and is in force.

        It may begin before the version does: with the earlier version, where this one does not change the
        provision; and later, where the provision was delayed (`later`).
        """
        place = self.versions.index(version)
        while place and (changes := self.versions[place].changes) is not None and not _under(locator, changes):
            place -= 1
        start = self.versions[place].interval.start
        delayed = [day for path, day in self.later.items() if _under(locator, (path,))]
        return Interval(max([*delayed, *([start] if start else [])], default=None), version.interval.end)


def _under(locator: Locator, paths: Sequence[Locator]) -> bool:
    return any(f"{locator}/".startswith(f"{path}/") for path in paths)


def read_day(text: str) -> date:
    """A day from "2026-01-29". Raises ValueError, saying what a day looks like."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a day: write it as 2026-01-29 (year-month-day)") from None


_KEYS = {
    "id", "kind", "jurisdiction", "names", "short", "aliases", "citation", "issuer", "language", "below", "versions",
    "later", "publisher", "reads_as", "confidence", "reuse", "pages", "recognised_by", "restated", "note", "extra",
}  # fmt: skip
_VERSION_KEYS = {"name", "from", "to", "checked_to", "citation", "note", "changes", "recognised_by"}
_NEEDED = ("id", "kind", "jurisdiction", "names", "citation", "issuer", "versions", "reuse")


def load_instruments(path: Path) -> tuple[Instrument, ...]:
    """Every instrument of `path` (sources.yaml), in its order.

    Raises CorpusFileError that lists all problems of the file at once: unknown or missing keys, days that are
    none, versions of one instrument that overlap, an id that stands twice.
    """
    document = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    entries = document.get("instruments") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        raise CorpusFileError(path, 1, "no list `instruments` in it")
    problems: list[str] = []
    instruments: list[Instrument] = []
    for entry in entries:
        name = str(entry.get("id", "an instrument without id"))
        problems += [f"{name}: unknown key {key!r}" for key in entry if key not in _KEYS]
        problems += [f"{name}: {key} is missing" for key in _NEEDED if not entry.get(key)]
        try:
            instruments.append(_instrument(entry))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{name}: {error}")
    ids = [instrument.id for instrument in instruments]
    problems += [f"{name}: stands twice" for name in sorted({i for i in ids if ids.count(i) > 1})]
    for instrument in instruments:
        problems += _overlaps(instrument)
    if problems:
        raise CorpusFileError(path, None, "; ".join(problems))
    return tuple(instruments)


def _overlaps(instrument: Instrument) -> list[str]:
    return [
        f"{instrument.id}: versions {first.name!r} and {second.name!r} overlap"
        for place, first in enumerate(instrument.versions)
        for second in instrument.versions[place + 1 :]
        if first.interval.overlaps(second.interval)
    ]


def _instrument(entry: Mapping[str, Any]) -> Instrument:
    names = _mapping(entry["names"])
    publisher = _mapping(entry.get("publisher") or {})
    pages = entry.get("pages")
    return Instrument(
        id=Locator(entry["id"]),
        kind=entry["kind"],
        jurisdiction=entry["jurisdiction"],
        names=names,
        short={**names, **_mapping(entry.get("short") or {})},
        aliases=tuple(entry.get("aliases") or ()),
        citation=entry["citation"],
        issuer=entry["issuer"],
        language=entry.get("language", "en"),
        below=entry.get("below", "none"),
        versions=tuple(_version(version) for version in entry["versions"]),
        later={Locator(path): read_day(day) for path, day in (entry.get("later") or {}).items()},
        publisher=Publisher(publisher.get("address", ""), publisher.get("adapter"), publisher.get("fetch")),
        reads_as=entry.get("reads_as"),
        confidence=entry.get("confidence", "held"),
        reuse=entry["reuse"],
        pages=(Locator(pages["volume"]), int(pages["first"]), int(pages["last"])) if pages else None,
        recognised_by=tuple(entry.get("recognised_by") or ()),
        restated=entry.get("restated", "yes"),
        note=entry.get("note", ""),
        extra=_mapping(entry.get("extra") or {}),
    )


def _mapping(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} should be a mapping")
    return value


def _version(entry: Mapping[str, Any]) -> Version:
    unknown = set(entry) - _VERSION_KEYS
    if unknown:
        raise ValueError(f"unknown key {sorted(unknown)[0]!r} in a version")
    days = {key: read_day(entry[key]) if entry.get(key) else None for key in ("from", "to", "checked_to")}
    if days["from"] and days["to"] and days["to"] <= days["from"]:
        raise ValueError(f"version from {entry['from']} ends before it begins")
    return Version(
        name=entry.get("name", entry.get("from", "")),
        interval=Interval(days["from"], days["to"]),
        checked_to=days["checked_to"],
        citation=entry.get("citation", ""),
        note=entry.get("note", ""),
        changes=tuple(Locator(path) for path in entry["changes"]) if entry.get("changes") else None,
        recognised_by=tuple(entry.get("recognised_by") or ()),
    )
