"""The Code of Federal Regulations as the eCFR versioner API issues it (XML, one part).

Structure: DIV5 part, DIV6 subpart, DIV7 subject group (a heading only), DIV8 section; in a section P, NOTE,
CITA and tables. A paragraph's level is not marked: it follows from its labels (`assistant.law.outline`). One P
may open two levels at once, behind an italic heading: "(b) Examples—(1) Example 1." and "(a) Effect of license.
(1) No license". A number in brackets anywhere else is running text.
Source followed: the eCFR XML user guide of the Government Publishing Office (eCFR-XML-User-Guide).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.law.outline import CFR, UnreadableOutline, nest
from assistant.law.provisions import Kind, Locator, Provision
from ingest.parsed import ParsedText, UnreadableText

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["is_ecfr", "parse_ecfr"]

_HOLDS = {
    "DIV5": ("HEAD", "AUTH", "SOURCE", "DIV6", "DIV7", "DIV8"),
    "DIV6": ("HEAD", "DIV7", "DIV8"),
    "DIV7": ("HEAD", "DIV8"),
}
"""The elements that hold sections, and what is read of each."""
_LABEL = re.compile(r"\((\w{1,5})\)\s*")
_EXAMPLE = re.compile(r"Example (\d+)\.\s*")
_SECTION_HEAD = re.compile(r"§+\s*[\d.]+\s*(.*)", re.S)


@dataclass(frozen=True, slots=True)
class _Opening:
    """One label of one P: what it opens, and the words that belong to it."""

    label: str
    heading: str
    text: str


def is_ecfr(head: bytes) -> bool:
    """Whether a file that begins with `head` (some kilobytes) looks like eCFR XML."""
    return b"<DIV5" in head or b"<ECFR" in head or (b"<DIV8" in head and b'TYPE="SECTION"' in head)


def parse_ecfr(data: bytes, title: str) -> ParsedText:
    """Every provision of the parts in `data`, which belong to the CFR title numbered `title`.

    A reserved section gives a section without text. The Government-Related Location Data List gives one
    provision a row, text "lat, lon; lat, lon; …" as printed. Raises UnreadableText where the XML is broken,
    holds no section, or a paragraph label fits nowhere.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableText(f"line {error.lineno}", f"not well-formed XML: {error.msg}") from None
    parts = [root] if root.tag == "DIV5" else list(root.iter("DIV5"))
    if not parts:
        raise UnreadableText("line 1", "no part (DIV5) in it: fetch a whole part from the eCFR versioner API")
    provisions: list[Provision] = []
    notes: dict[str, str] = {}
    left_out: list[str] = []
    for part in parts:
        number = part.get("N", "")
        base = f"us/cfr/{title}/{number}"
        heading = _words(part.find("HEAD"))
        provisions.append(_provision(base, "instrument", "", heading=heading, label=f"Part {number}"))
        for name in ("AUTH", "SOURCE"):
            if (node := part.find(name)) is not None:
                notes[name.lower()] = _words(node.find("PSPACE"))
        for div in part.iter("DIV6", "DIV8"):
            heads = tuple(_words(above.find("HEAD")) for above in reversed(list(div.iterancestors(*_HOLDS))))
            if div.tag == "DIV6":
                path = f"{base}/subpart-{div.get('N', '').lower()}"
                head = _words(div.find("HEAD"))
                provisions.append(
                    _provision(path, "division", "", heading=head, label=f"Subpart {div.get('N')}", trail=heads)
                )
            else:
                provisions += _section(div, title, heads, notes)
        left_out += _left_out(part)
    if not any(p.kind == "section" for p in provisions):
        raise UnreadableText("the whole file", "no section (DIV8) in it")
    numbered = (replace(provision, order=place) for place, provision in enumerate(provisions))
    return ParsedText(_words(parts[0].find("HEAD")), tuple(numbered), notes, tuple(left_out))


def _left_out(part: "Element") -> list[str]:
    """What stands in the part, a subpart or a subject group and is no section: an appendix, an editorial note."""
    return [
        f"{holder.tag} {holder.get('N')}: {node.tag} {_words(node)[:80]}"
        for holder in part.iter(*_HOLDS)
        for node in holder
        if node.tag not in _HOLDS[holder.tag]
    ]


def _section(div: "Element", title: str, trail: tuple[str, ...], notes: dict[str, str]) -> list[Provision]:
    """The section itself, its paragraphs, notes and table rows, in order."""
    number = div.get("N", "")
    path = f"us/cfr/{title}/{number}"
    match = _SECTION_HEAD.match(_words(div.find("HEAD")))
    heading = match.group(1).strip() if match else _words(div.find("HEAD"))
    lead: list[str] = []
    openings: list[_Opening] = []
    after: list[Provision] = []
    below = (*trail, heading)
    for node in div:
        if node.tag == "P":
            opened = list(_openings(node))
            if opened:
                openings += opened
            elif openings:
                raise UnreadableText(f"§ {number}", f"an unlabelled paragraph after ({openings[-1].label})")
            else:
                lead.append(_words(node))
        elif node.tag == "NOTE":
            text = " ".join(_words(paragraph) for paragraph in node.iter("P"))
            notes_before = sum(provision.kind == "note" for provision in after)
            place = f"{path}/note-{notes_before + 1}" if notes_before else f"{path}/note"
            after.append(_provision(place, "note", text, label=_words(node.find("HED")), trail=below))
        elif node.tag == "CITA":
            notes[path] = _words(node)
        elif node.tag == "DIV":
            tables_before = sum(provision.kind == "table" for provision in after)
            after += _table(node, f"{path}/table-{tables_before + 1}", below)
        elif node.tag != "HEAD":
            raise UnreadableText(f"§ {number}", f"an element {node.tag} that this reader does not know")
    section = _provision(path, "section", " ".join(lead), label=f"§ {number}", heading=heading, trail=trail)
    return [section, *_paragraphs(openings, path, below, number), *after]


def _paragraphs(openings: list[_Opening], path: str, trail: tuple[str, ...], number: str) -> list[Provision]:
    try:
        places = nest([opening.label for opening in openings], CFR)
    except UnreadableOutline as error:
        raise UnreadableText(f"§ {number}", str(error)) from None
    headings: dict[tuple[str, ...], str] = {}
    out = []
    for opening, place in zip(openings, places, strict=True):
        headings[place] = opening.heading
        above = tuple(h for depth in range(1, len(place)) if (h := headings.get(place[:depth], "")))
        example = _EXAMPLE.match(opening.text)
        out.append(
            _provision(
                "/".join((path, *place)),
                "example" if example else "paragraph",
                opening.text,
                label=f"({opening.label})",
                heading=f"Example {example.group(1)}" if example else opening.heading,
                trail=(*trail, *above),
            )
        )
    return out


def _openings(paragraph: "Element") -> Iterator[_Opening]:
    """What a P opens: nothing where it has no label, else one level, or two behind an italic heading."""
    words = _words(paragraph)
    first = _LABEL.match(words)
    if not first:
        return
    rest = words[first.end() :]
    italic = paragraph.find("I")
    leads = italic is not None and _LABEL.fullmatch(_squeeze(paragraph.text or "") + " ") is not None
    heading = _words(italic) if leads else ""
    if not (heading and rest.startswith(heading)):
        yield _Opening(first.group(1), "", rest)
        return
    behind = rest[len(heading) :]
    if heading.count("“") > heading.count("”") and behind.startswith("”"):
        heading, behind = f"{heading}”", behind[1:]
    dash = re.match(r"\s*—?\s*", behind)
    assert dash is not None
    second = _LABEL.match(behind[dash.end() :])
    title = "" if _EXAMPLE.fullmatch(heading + " ") else re.sub(r"\.(”?)$", r"\1", heading)
    if second and (dash.group().strip() or heading.endswith((".", ".”"))):
        yield _Opening(first.group(1), title, heading + dash.group().rstrip())
        inner = behind[dash.end() + second.end() :]
        yield _Opening(second.group(1), _second_heading(paragraph, inner), inner)
    else:
        yield _Opening(first.group(1), title, rest)


def _second_heading(paragraph: "Element", inner: str) -> str:
    italics = paragraph.findall("I")
    if len(italics) > 1:
        heading = _words(italics[1])
        if inner.startswith(heading) and heading.endswith(".") and not _EXAMPLE.fullmatch(heading + " "):
            return heading.rstrip(".")
    return ""


def _table(node: "Element", place: str, trail: tuple[str, ...]) -> list[Provision]:
    """The table's caption with its header row, then a provision a row, named by its first cell."""
    caption = _words(node.find(".//CAPTION"))
    out: list[Provision] = []
    header: list[str] = []
    for row in node.iter("TR"):
        cells = [_words(cell) for cell in row.iter("TD", "TH")]
        if not cells or not cells[0].isdigit():
            header += cells
            continue
        label = f"{header[0]} {cells[0]}" if header else cells[0]
        out.append(
            _provision(f"{place}/{cells[0]}", "area", "; ".join(cells[1:]), label=label, trail=(*trail, caption))
        )
    return [_provision(place, "table", "; ".join(header), label=caption, trail=trail), *out]


def _provision(
    path: str, kind: Kind, text: str, *, label: str = "", heading: str = "", trail: tuple[str, ...] | list[str] = ()
) -> Provision:
    return Provision(Locator(path), kind, text, label=label, heading=heading, trail=tuple(trail))


def _words(node: "Element | None") -> str:
    """The words of an element, markup dropped, white space folded."""
    return "" if node is None else _squeeze("".join(map(str, node.itertext())))


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
