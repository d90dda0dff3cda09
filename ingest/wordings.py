"""From parsed files to dated provisions: each wording with the days on which it was in force.

A text of a version says how each provision read on the text's own day. Where the next text of the same version
has the same words, one wording goes on and is checked to the later day. Where it has others, an amendment came
between: the old wording ends, and the new one begins, on the day of the later text, which is the first on
which it is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from assistant.law.holdings import HeldText
from assistant.law.instruments import Instrument, Version
from assistant.law.provisions import Locator, Provision, parent
from ingest.parsed import ParsedText
from ingest.recognise import Recognised

__all__ = ["DatedText", "dated_provisions", "dated_text"]


@dataclass(frozen=True)
class DatedText:
    """One parsed file of one version of an instrument, with what is held about it."""

    instrument: Instrument
    version: Version
    held: HeldText
    parsed: ParsedText

    @cached_property
    def divisions(self) -> frozenset[str]:
        """The headings of chapters and subparts, with and without their labels."""
        divisions = [p for p in self.parsed.provisions if p.kind == "division"]
        return frozenset(name for p in divisions for name in (p.heading, f"{p.label} {p.heading}".strip()))


def dated_provisions(texts: Iterable[DatedText]) -> tuple[Provision, ...]:
    """The provisions of all texts, with interval, language, layer and source; no two overlap at one locator."""
    out: list[Provision] = []
    groups: dict[tuple[Locator, str], list[DatedText]] = {}
    for text in texts:
        groups.setdefault((text.instrument.id, text.version.name), []).append(text)
    for group in groups.values():
        out += _of_version(sorted(group, key=lambda text: text.held.text_date or date.min))
    return _without_overlaps(out)


def _of_version(texts: Sequence[DatedText]) -> list[Provision]:
    current: dict[Locator, Provision] = {}
    ended: list[Provision] = []
    for text in texts:
        provisions = _merge_sole_paragraphs(text.parsed.provisions)
        stamped = {provision.locator: _stamp(provision, text) for provision in provisions}
        for locator, old in list(current.items()):
            new = stamped.get(locator)
            if new is None or new.text != old.text or new.heading != old.heading:
                ended.append(replace(old, in_force_to=text.held.text_date))
                del current[locator]
        for locator, new in stamped.items():
            before = current.get(locator)
            seen_before = any(old.locator == locator for old in ended) or (text is not texts[0] and before is None)
            start = before.in_force_from if before else text.held.text_date if seen_before else new.in_force_from
            current[locator] = replace(new, in_force_from=start)
    return [*ended, *current.values()]


def _merge_sole_paragraphs(provisions: Sequence[Provision]) -> list[Provision]:
    """Articles whose only paragraph is 第一款 carry its words themselves, as they are cited."""
    children: dict[Locator, list[Provision]] = {}
    for provision in provisions:
        children.setdefault(parent(provision.locator), []).append(provision)
    out: list[Provision] = []
    merged: set[Locator] = set()
    for provision in provisions:
        below = children.get(provision.locator, [])
        sole = len(below) == 1 and below[0].locator == f"{provision.locator}/1" and not below[0].label
        if provision.kind == "section" and not provision.text and sole:
            merged.add(below[0].locator)
            provision = replace(provision, text=below[0].text)
        if provision.locator not in merged:
            out.append(provision)
    return out


def _stamp(provision: Provision, text: DatedText) -> Provision:
    """The provision with its days; of its trail, instrument and divisions become one first step."""
    interval = text.instrument.interval_of(provision.locator, text.version)
    outer = [heading for heading in provision.trail[1:] if heading in text.divisions]
    inner = [heading for heading in provision.trail[1:] if heading not in text.divisions]
    return replace(
        provision,
        trail=(" › ".join((text.instrument.names["en"], *outer)), *inner),
        layer="official",
        language=provision.language if text.instrument.language == "en" else text.instrument.language,
        in_force_from=interval.start,
        in_force_to=interval.end,
        source=text.held.id,
    )


def _without_overlaps(provisions: Sequence[Provision]) -> tuple[Provision, ...]:
    """Where two versions' wordings of one provision overlap, the later begins only when the earlier ends."""
    by_place: dict[Locator, list[Provision]] = {}
    for provision in provisions:
        by_place.setdefault(provision.locator, []).append(provision)
    out: list[Provision] = []
    for wordings in by_place.values():
        wordings.sort(key=lambda p: p.in_force_from or date.min)
        for place, wording in enumerate(wordings):
            following = wordings[place + 1] if place + 1 < len(wordings) else None
            start = following.in_force_from if following else None
            if start and (wording.in_force_to is None or wording.in_force_to > start):
                wording = replace(wording, in_force_to=start)
            if wording.in_force_to is None or wording.in_force_from != wording.in_force_to:
                out.append(wording)
    return tuple(sorted(out, key=lambda p: (p.source, p.order)))


def dated_text(recognised: Recognised, parsed: ParsedText) -> DatedText:
    """A recognised and parsed file with the record of what is held: address, day, hash and apparatus."""
    instrument, version, file = recognised.instrument, recognised.version, recognised.file
    days = [day for day in (version.checked_to, file.text_date) if day]
    left_out = {"left out": "; ".join(parsed.left_out)} if parsed.left_out else {}
    held = HeldText(
        id=f"{instrument.id}@{version.name}@{file.sha256[:8]}",
        instrument=instrument.id,
        version=version.name,
        layer="official",
        language=instrument.language,
        title=parsed.title or instrument.names["en"],
        url=file.url or instrument.publisher.address,
        sha256=file.sha256,
        retrieved_on=file.retrieved_on,
        text_date=file.text_date,
        checked_to=max(days, default=None),
        notes={**parsed.notes, **file.notes, **left_out},
    )
    return DatedText(instrument, version, held, parsed)
