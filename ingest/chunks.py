"""Provisions made into what is indexed and embedded: a chunk is one provision.

A chunk never holds two provisions, so every hit has its own pinpoint; it carries its headings, and a short item
its lead-in, as context. Chinese text is indexed but not embedded: the model reads English.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.law.outside import Topic
from assistant.law.printing import heading_of
from assistant.law.provisions import Layer, Locator, Provision, jurisdiction, lineage
from assistant.search.hybrid import Chunk
from assistant.search.retriever import OUTSIDE

__all__ = ["chunks", "outside_chunks"]

Asked = Mapping[Locator, Sequence[tuple[str, str]]]
"""The questions that a provision answers, as (language, question)."""

_SHORT = 30
_LEAD = 40


def chunks(provisions: Iterable[Provision], asked: Asked) -> Iterator[Chunk]:
    """The chunks of all provisions that have words, listed areas apart, and of the questions they are asked by.

    The id is the provision's place, from 1; of a question, its place and number: "17", "17?0".
    """
    rows = list(provisions)
    leads = {(row.layer, row.source, row.locator): row.text for row in rows}
    for place, row in enumerate(rows, 1):
        if row.kind == "area" or not row.text:
            continue
        yield Chunk(
            id=str(place),
            text=row.text,
            context=_context(row, leads),
            group=_section(row),
            collection=jurisdiction(row.locator),
            dense=row.language == "en",
        )
        if row.layer == "restatement":
            for number, (language, question) in enumerate(asked.get(row.locator, ())):
                yield Chunk(
                    id=f"{place}?{number}",
                    text=question,
                    group=_section(row),
                    collection=jurisdiction(row.locator),
                    dense=language == "en",
                )


def outside_chunks(topics: Iterable[Topic]) -> Iterator[Chunk]:
    """The questions that lie outside, each with its topic: "outside:hipaa?0"."""
    for topic in topics:
        for number, (language, question) in enumerate(topic.asked):
            name = f"{OUTSIDE}:{topic.id}"
            yield Chunk(
                f"{name}?{number}", question, group=f"{name}?{number}", collection=OUTSIDE, dense=language == "en"
            )


def _section(provision: Provision) -> str:
    """What a provision's neighbours are: those of its section or article, in either layer."""
    levels = provision.locator.split("/")
    return "/".join(levels[: 4 if levels[1] in ("cfr", "usc") else 3 if levels[0] == "cn" else 4])


def _context(provision: Provision, leads: Mapping[tuple[Layer, str, Locator], str]) -> str:
    context = heading_of(provision)
    if len(provision.text.split()) < _SHORT and provision.kind in ("paragraph", "note"):
        above = (leads.get((provision.layer, provision.source, path)) for path in lineage(provision.locator)[1:])
        lead = next((text for text in above if text), "")
        context = f"{context}: {' '.join(lead.split()[:_LEAD])}" if lead else context
    return context
