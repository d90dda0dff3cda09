"""Provisions cut into what is indexed and embedded: a chunk is one provision, or a window of a long one.

A chunk never holds two provisions, so every hit has its own pinpoint; it carries its headings, and a short item
its lead-in, as context. Chinese text is indexed but not embedded: the model reads English.
"""

from collections.abc import Iterable, Iterator, Mapping

from assistant.law.printing import heading_of
from assistant.law.provisions import Layer, Locator, Provision, jurisdiction, lineage
from assistant.law.sentences import sentences
from assistant.search.hybrid import Chunk

__all__ = ["chunks"]

_WINDOW = 170
"""Words of a window: with its context it stays within the 256 tokens that the model reads."""
_SHORT = 30
_LEAD = 40


def chunks(provisions: Iterable[Provision]) -> Iterator[Chunk]:
    """The chunks of all provisions that have words, listed areas apart. The id is the provision's place, from 1,
    and the window's: "17.0", "17.1"."""
    rows = list(provisions)
    leads = {(row.layer, row.source, row.locator): row.text for row in rows}
    for place, row in enumerate(rows, 1):
        if row.kind in ("area", "division") or not row.text:
            continue
        context = _context(row, leads)
        for window, text in enumerate(_windows(row.text)):
            yield Chunk(
                id=f"{place}.{window}",
                text=text,
                context=context,
                group=row.source,
                order=place,
                collection=jurisdiction(row.locator),
                dense=row.language == "en",
            )


def _context(provision: Provision, leads: Mapping[tuple[Layer, str, Locator], str]) -> str:
    context = heading_of(provision)
    if len(provision.text.split()) < _SHORT and provision.kind in ("paragraph", "note"):
        above = (leads.get((provision.layer, provision.source, path)) for path in lineage(provision.locator)[1:])
        lead = next((text for text in above if text), "")
        context = f"{context}: {' '.join(lead.split()[:_LEAD])}" if lead else context
    return context


def _windows(text: str) -> Iterator[str]:
    words: list[str] = []
    for sentence in sentences(text):
        size = len(sentence.split())
        if words and len(words) + size > _WINDOW:
            yield " ".join(words)
            words = []
        words += sentence.split()
    if words:
        yield " ".join(words)
