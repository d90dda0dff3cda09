"""A provision: the unit that everything cites, finds and shows."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NewType

__all__ = ["Confidence", "Kind", "Language", "Layer", "Locator", "Provision", "jurisdiction", "lineage", "parent"]

Locator = NewType("Locator", str)
"""The path id of a provision, for example `us/cfr/28/202.205/a`. Forms and printing: `citations.py`."""

Kind = Literal[
    "instrument", "division", "section", "paragraph", "example", "note", "table", "area", "passage"
]  # fmt: skip
"""`instrument`: the whole text's own lead (title, preamble). `division`: a subpart or chapter, heading only.
`section`: a section or article. `paragraph`: anything labelled or counted below it. `area`: one row of the
Government-Related Location Data List. `passage`: a run of a user's own document, which has no paragraphs."""

Layer = Literal["official", "restatement"]
Language = Literal["en", "zh"]
Confidence = Literal["held", "known", "reported", "gap"]


@dataclass(frozen=True, slots=True)
class Provision:
    """One provision of one text, without the provisions below it.

    `label`: as printed, "(a)", "Example 9", "第二十八条", or "". `heading`: its own heading, or "".
    `trail`: the headings above it, outermost first. `text`: its own words, without the label.
    `order`: its place in the text, from 0. `in_force_from` (inclusive) and `in_force_to` (exclusive): the
    interval of this wording; None is open. `source`: the id of the held text that it came from.
    """

    locator: Locator
    kind: Kind
    text: str
    label: str = ""
    heading: str = ""
    trail: tuple[str, ...] = ()
    order: int = 0
    layer: Layer = "official"
    language: Language = "en"
    in_force_from: date | None = None
    in_force_to: date | None = None
    confidence: Confidence = "held"
    source: str = ""

    def in_force(self, as_of: date) -> bool:
        """Whether this wording is the law of that day."""
        started = self.in_force_from is None or self.in_force_from <= as_of
        return started and (self.in_force_to is None or as_of < self.in_force_to)


def parent(locator: Locator) -> Locator:
    """The path one level up; "" above the first level.

    >>> parent(Locator("us/cfr/28/202.205/a"))
    'us/cfr/28/202.205'
    """
    return Locator(locator.rpartition("/")[0])


def lineage(locator: Locator) -> tuple[Locator, ...]:
    """The locator itself and every path above it, nearest first."""
    out = [locator]
    while out[-1] and "/" in out[-1]:
        out.append(parent(out[-1]))
    return tuple(out)


def jurisdiction(locator: Locator) -> str:
    """The first word of the path: "us", "cn", or "user" for a text that a user added."""
    return locator.partition("/")[0]
