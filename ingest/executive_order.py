"""Executive orders as plain text: the White House release, or the text of the Federal Register.

The two differ in small things: "Sec. 2." or "Section 2.", lines of any length or wrapped at 80 columns, a
front of title and date lines, page marks, the block that closes the order. Labels nest a, i, A; which of two
readings a letter like (i) has is for `assistant.law.outline`.
Source followed: 1 CFR 19.1 (form of Executive orders); layout as in the releases themselves.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.law.outline import EXECUTIVE_ORDER, UnreadableOutline, nest
from assistant.law.provisions import Locator, Provision
from ingest.parsed import ParsedText, UnreadableText

__all__ = ["is_executive_order", "parse_executive_order"]

_SECTION = re.compile(r"((?:Section|Sec\.?)\s*(\d+)\s*\.)\s*(.*)", re.S)
_LABEL = re.compile(r"\((\w{1,4})\)\s*")
_HEADING = re.compile(r"(?P<heading>.+?)(?<!\.[A-Z])\.(?:\s+|$)")
_SMALL_WORDS = frozenset("a an and as at by for from in into of on or over the their to under upon with within".split())
_PREAMBLE = re.compile(r"By the (?:authority|power)|By virtue of|Pursuant to|WHEREAS|I, [A-Z]")
_NUMBERED = re.compile(r"Executive Order \d+ of ")
_CLOSING = re.compile(r"THE WHITE HOUSE\b|\(Presidential Sig\.?\)|[A-Z][A-Z .,'’-]{4,60}$")
_PAGE_MARK = re.compile(r"\[\[Page [A-Z\d]+\]\]$")
_UNFINISHED = re.compile(r"[^.;:—”\")]$")
_WRAPPED_AT = 100
"""Columns that no line exceeds in a text whose lines are wrapped."""


@dataclass(frozen=True, slots=True)
class _Section:
    """A section as printed: label, number, heading or "", and its paragraphs, heading and label taken off."""

    label: str
    number: int
    heading: str
    paragraphs: tuple[str, ...]


def is_executive_order(head: bytes | str) -> bool:
    """Whether a file that begins with `head` (some kilobytes, UTF-8) reads as an executive order in plain text."""
    text = head if isinstance(head, str) else head.decode("utf-8", errors="ignore")
    words = " ".join(text.split())
    return "authority vested in me as President" in words and re.match(r"\s*<", text) is None


def parse_executive_order(text: str, base: Locator) -> ParsedText:
    """Every provision of one executive order, below the path `base`, which itself holds the preamble.

    Unlabelled paragraphs of a section are its own text, with a blank line between. `title` is "" where the
    release prints none. `notes["signature"]`: the block that closes the order; `notes["front"]`: what stands
    before the preamble. Raises UnreadableText where there is no section, a section is out of order, a label
    fits nowhere, or an unlabelled paragraph follows a labelled one, so that its place is not known.
    """
    paragraphs = _paragraphs(text)
    starts = [i for i, paragraph in enumerate(paragraphs) if _SECTION.match(paragraph)]
    if not starts:
        raise UnreadableText("the whole file", 'no section ("Section 1." or "Sec. 2.") in it')
    end = next((i for i in range(starts[-1] + 1, len(paragraphs)) if _CLOSING.match(paragraphs[i])), len(paragraphs))
    title, front, preamble = _front(paragraphs[: starts[0]])
    trail = (title,) if title else ()
    out = [Provision(base, "instrument", "\n\n".join(preamble), heading=title)]
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], end], strict=True), 1):
        section = _section(paragraphs[start:stop])
        if section.number != number:
            raise UnreadableText(f"section {section.number}", f"stands where section {number} is expected")
        out += _provisions(section, base, trail)
    notes = {"front": "\n".join(front), "signature": "\n".join(paragraphs[end:])}
    numbered = tuple(replace(provision, order=place) for place, provision in enumerate(out))
    return ParsedText(title, numbered, {name: words for name, words in notes.items() if words})


def _paragraphs(text: str) -> list[str]:
    """The paragraphs, white space folded: a line each, or in a wrapped text a block each; page marks dropped."""
    lines = [" ".join(line.split()) for line in text.lstrip("\ufeff").splitlines()]
    if any(len(line) > _WRAPPED_AT for line in lines):
        return [line for line in lines if line and not _PAGE_MARK.match(line)]
    out: list[str] = []
    broken = False
    for block in re.split(r"\n{2,}", "\n".join(lines).strip()):
        words = " ".join(line for line in block.split("\n") if not _PAGE_MARK.match(line))
        if words and broken and _UNFINISHED.search(out[-1]):
            out[-1] += f" {words}"
        elif words:
            out.append(words)
        broken = bool(out) and _PAGE_MARK.search(block.strip()) is not None
    return out


def _front(paragraphs: Sequence[str]) -> tuple[str, list[str], list[str]]:
    """The title or "", the lines before the preamble without it, and the preamble."""
    begin = next((i for i, paragraph in enumerate(paragraphs) if _PREAMBLE.match(paragraph)), 0)
    front = list(paragraphs[:begin])
    place = next((i + 1 for i, line in enumerate(front) if _NUMBERED.match(line)), 0)
    named = next((i for i, line in enumerate(front) if line.startswith("Executive Order on ")), place)
    title = front.pop(named) if named < len(front) else ""
    return title, front, list(paragraphs[begin:])


def _section(paragraphs: Sequence[str]) -> _Section:
    match = _SECTION.match(paragraphs[0])
    assert match is not None
    label, number, rest = match.groups()
    heading = _HEADING.match(rest)
    if heading and _is_titled(heading["heading"]):
        return _Section(label, int(number), heading["heading"], (rest[heading.end() :], *paragraphs[1:]))
    return _Section(label, int(number), "", (rest, *paragraphs[1:]))


def _is_titled(words: str) -> bool:
    """Whether words are capitalized as a heading is, so that the first sentence of a section is not one.

    >>> _is_titled("Assessing Risks Associated with Human ‘omic Data"), _is_titled("The Secretary shall report")
    (True, False)
    """
    return all(word[0].isupper() or not word[0].isalpha() or word in _SMALL_WORDS for word in words.split())


def _provisions(section: _Section, base: Locator, trail: tuple[str, ...]) -> list[Provision]:
    """The section with its own text, and its paragraphs, in order."""
    where = f"section {section.number}"
    own: list[str] = []
    opened: list[tuple[str, str]] = []
    for paragraph in filter(None, section.paragraphs):
        labels, words = _labels(paragraph)
        if labels:
            opened += [(label, "") for label in labels[:-1]] + [(labels[-1], words)]
        elif opened:
            raise UnreadableText(where, f"an unlabelled paragraph after ({opened[-1][0]}): {words[:60]}")
        else:
            own.append(words)
    try:
        places = nest([label for label, _ in opened], EXECUTIVE_ORDER)
    except UnreadableOutline as error:
        raise UnreadableText(where, str(error)) from None
    path = Locator(f"{base}/{section.number}")
    below = (*trail, section.heading) if section.heading else trail
    whole = Provision(path, "section", "\n\n".join(own), label=section.label, heading=section.heading, trail=trail)
    return [
        whole,
        *(
            Provision(Locator("/".join([path, *place])), "paragraph", words, label=f"({label})", trail=below)
            for (label, words), place in zip(opened, places, strict=True)
        ),
    ]


def _labels(paragraph: str) -> tuple[list[str], str]:
    """The labels that open a paragraph, mostly one or none, and the words behind them."""
    labels: list[str] = []
    while match := _LABEL.match(paragraph):
        labels.append(match.group(1))
        paragraph = paragraph[match.end() :]
    return labels, paragraph
