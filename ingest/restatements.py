"""Our restatements read: Markdown with front matter, a heading a provision (`corpus/restatements/README.md`)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.citations import Citator
from assistant.law.instruments import Instrument, Interval, read_day
from assistant.law.provisions import Confidence, Kind, Locator, Provision
from assistant.law.strict_yaml import CorpusFileError

__all__ = ["read_restatement", "read_restatements"]

_FRONT = re.compile(r"---\n(.*?)\n---\n(.*)", re.S)
_HEADING = re.compile(r"^(#{1,2}) +(.+?)\s*$", re.M)
_BRACKETED = re.compile(r"((?:\(\w{1,5}\))+)(?:\s+(.*))?$")
_SECTION = re.compile(r"§ ?(\d+[a-z]?)((?:\(\w{1,5}\))*)(?:\s+(.*))?$")
_ARTICLE = re.compile(r"art\. (\d+(?:-\d)?)(?:, para\. (\d+))?(?:, item \((\d+)\))?(?:\s+(.*))?$")
_POINT = re.compile(r"point (\d+)(?:\s+(.*))?$")
_NUMBER = re.compile(r"§+ ?[\d.]+|E\.O\. \d+|\d+ U\.S\.C\. § ?\w+|Pub\. L\. \S+ § ?\w+")
_SUBPART = re.compile(r"subpart ([A-Z])(?:\s+(.*))?$")
_NOTE = re.compile(r"(note)(?:\s+(.*))?$")
_EXAMPLE = re.compile(r"Example \d+")
_DATED = re.compile(r"\{([a-z ]+)\}")
_KEYS = {"restates", "read against", "confidence", "in force from", "in force to", "dated"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One heading with what stands under it. `line`: 1-based, in the file."""

    level: int
    title: str
    text: str
    line: int


def read_restatements(corpus: Path, citator: Citator) -> tuple[Provision, ...]:
    """Every restated provision of the folder `corpus`, in order of file and heading.

    Raises CorpusFileError that lists the problems of all files at once.
    """
    out: list[Provision] = []
    problems: list[str] = []
    for path in sorted((corpus / "restatements").rglob("*.md"), key=_natural):
        if path.name == "README.md":
            continue
        try:
            out += read_restatement(path.read_text(encoding="utf-8"), path, citator)
        except CorpusFileError as error:
            problems.append(str(error))
    if problems:
        raise CorpusFileError(corpus / "restatements", None, "; ".join(problems))
    return tuple(out)


def read_restatement(text: str, path: Path, citator: Citator) -> tuple[Provision, ...]:
    """The provisions that one file restates; one with dated values comes once for each interval of them.

    Of a supplement, `NAME.reported.md`, what stands under its own heading is not taken: NAME.md has that.

    Raises CorpusFileError for a front matter that is not complete, a heading that is no pinpoint, a heading
    that stands twice, one without words, or a dated value that the front matter does not give.
    """
    match = _FRONT.match(text)
    if not match:
        raise CorpusFileError(path, 1, "no front matter between --- and ---")
    front = strict_yaml.load(match.group(1), path)
    if not isinstance(front, dict) or not front.get("restates"):
        raise CorpusFileError(path, 2, "the front matter does not say what the file restates")
    if unknown := sorted(set(front) - _KEYS):
        raise CorpusFileError(path, 2, f"unknown key {unknown[0]!r} in the front matter")
    base = Locator(front["restates"])
    instrument = citator.instrument(base)
    if instrument is None:
        raise CorpusFileError(path, 2, f"{base} is of no instrument in sources.yaml")
    first_line = 2 + match.group(1).count("\n") + 2
    entries = _entries(match.group(2), path, first_line)
    if not entries or entries[0].level != 1:
        raise CorpusFileError(path, first_line, "the first heading must be the provision's own, with one #")
    dated = {name: _values(values, path) for name, values in (front.get("dated") or {}).items()}
    out: list[Provision] = []
    seen: set[Locator] = set()
    own_heading = _place(entries[0], base, instrument, path)[2]
    supplement = path.name.endswith(".reported.md")
    for entry in entries[1:] if supplement else entries:
        locator, label, heading, kind = _place(entry, base, instrument, path)
        if locator in seen:
            raise CorpusFileError(path, entry.line, f"{entry.title!r} stands here twice")
        seen.add(locator)
        title = own_heading if entry.level == 2 else ""
        for words, interval in _in_time(entry, dated, _interval(front, instrument, locator), path):
            out.append(
                Provision(
                    locator,
                    kind,
                    words,
                    label=label,
                    heading=heading,
                    trail=(instrument.names["en"], title) if title else (instrument.names["en"],),
                    layer="restatement",
                    language="en",
                    in_force_from=interval.start,
                    in_force_to=interval.end,
                    confidence=_confidence(front, path),
                    source=f"{instrument.id}@restatement",
                    order=len(out),
                )
            )
    return tuple(out)


def _entries(body: str, path: Path, first_line: int) -> list[_Entry]:
    headings = list(_HEADING.finditer(body))
    out = []
    for place, match in enumerate(headings):
        end = headings[place + 1].start() if place + 1 < len(headings) else len(body)
        words = re.sub(r"[ \t]*\n[ \t]*(?!\n)", " ", re.sub(r"\n\s*\n", "\0", body[match.end() : end].strip()))
        line = first_line + body[: match.start()].count("\n")
        if not words.strip("\0 "):
            raise CorpusFileError(path, line, f"nothing stands under {match.group(2)!r}")
        out.append(_Entry(len(match.group(1)), match.group(2), words.replace("\0", "\n\n").strip(), line))
    return out


def _place(entry: _Entry, base: Locator, instrument: Instrument, path: Path) -> tuple[Locator, str, str, Kind]:
    """Locator, label, heading and kind of what stands under a heading."""
    if entry.level == 1:
        names = sorted((instrument.citation, *instrument.short.values()), key=len, reverse=True)
        label = next((name for name in names if name and entry.title.startswith(name)), "")
        label = label or (match.group() if (match := _NUMBER.match(entry.title)) else "")
        heading = entry.title.removeprefix(label).strip()
        if heading.startswith(","):
            label, heading = "", entry.title
        if heading.startswith("(") and heading.endswith(")"):
            heading = heading[1:-1]
        own: Kind = "instrument" if base == instrument.id and instrument.below != "bracketed" else "section"
        return base, label.strip(), heading or entry.title, own
    for pattern in (_BRACKETED, _SECTION, _ARTICLE, _POINT, _SUBPART, _NOTE):
        if match := pattern.match(entry.title):
            *labels, heading = match.groups()
            parts = _labels(pattern, [label for label in labels if label])
            kind: Kind = "section" if len(parts) == 1 and pattern in (_SECTION, _ARTICLE) else "paragraph"
            if heading and _EXAMPLE.fullmatch(heading):
                kind = "example"
            if pattern in (_NOTE, _SUBPART):
                kind = "note" if pattern is _NOTE else "division"
            label = entry.title.removesuffix(heading or "").strip()
            return Locator("/".join((base, *parts))), label, heading or "", kind
    raise CorpusFileError(
        path, entry.line, f"{entry.title!r} is no pinpoint: write (a)(1), § 2(a), art. 28, para. 2, point 1 or note"
    )


def _labels(pattern: re.Pattern[str], groups: Sequence[str]) -> list[str]:
    if pattern is _BRACKETED:
        return re.findall(r"\w+", groups[0])
    if pattern is _SECTION:
        return [groups[0], *re.findall(r"\w+", "".join(groups[1:]))]
    if pattern is _SUBPART:
        return [f"subpart-{groups[0].lower()}"]
    return list(groups)


def _interval(front: Mapping[str, Any], instrument: Instrument, locator: Locator) -> Interval:
    """When the restated wording is in force: the file's own days, else the provision's or the instrument's."""
    begins = [day for path, day in instrument.later.items() if f"{locator}/".startswith(f"{path}/")]
    starts = [v.interval.start for v in instrument.versions if v.interval.start]
    last = instrument.versions[-1].interval.end
    start = read_day(front["in force from"]) if front.get("in force from") else None
    end = read_day(front["in force to"]) if front.get("in force to") else last
    return Interval(start or (begins[0] if begins else min(starts, default=None)), end)


def _confidence(front: Mapping[str, Any], path: Path) -> Confidence:
    value = front.get("confidence", "held")
    if value not in ("held", "known", "reported", "gap"):
        raise CorpusFileError(path, 2, f"confidence {value!r}: write held, known, reported or gap")
    return value  # type: ignore[no-any-return]


def _values(values: Sequence[Mapping[str, str]], path: Path) -> list[tuple[Interval, str]]:
    try:
        return [
            (
                Interval(
                    read_day(value["from"]) if value.get("from") else None,
                    read_day(value["to"]) if value.get("to") else None,
                ),
                value["value"],
            )
            for value in values
        ]
    except (KeyError, ValueError, AttributeError) as error:
        raise CorpusFileError(path, None, f"a dated value is not complete: {error}") from None


def _in_time(
    entry: _Entry, dated: Mapping[str, list[tuple[Interval, str]]], interval: Interval, path: Path
) -> Iterator[tuple[str, Interval]]:
    """The words of an entry with their interval, once for each value of the dated value that it uses."""
    names = list(dict.fromkeys(_DATED.findall(entry.text)))
    if not names:
        yield entry.text, interval
        return
    for name in names:
        if name not in dated:
            raise CorpusFileError(path, entry.line, f"{{{name}}} has no dated value in the front matter")
    for part in _common(interval, [dated[name] for name in names]):
        values = {name: next(v for i, v in dated[name] if i.overlaps(part)) for name in names}
        yield _DATED.sub(lambda match, values=values: values[match.group(1)], entry.text), part  # type: ignore[misc]


def _common(interval: Interval, series: Sequence[list[tuple[Interval, str]]]) -> list[Interval]:
    """`interval` cut at every day on which one of the values changes."""
    days = {day for values in series for i, _ in values for day in (i.start, i.end) if day}
    cuts = sorted(day for day in days if interval.holds(day) and day != interval.start)
    edges: list[date | None] = [interval.start, *cuts, interval.end]
    return [Interval(start, end) for start, end in pairwise(edges)]


def _natural(path: Path) -> tuple[object, ...]:
    return tuple(int(part) if part.isdigit() else part for part in re.split(r"(\d+)", str(path)))
