"""The lines of a Word document (.docx): headings, paragraphs, lists, tables, then its footnotes and endnotes.

Read from the XML (ECMA-376, WordprocessingML) rather than from python-docx's paragraphs, which leave out what
stands in tracked insertions, content controls and text boxes. Tracked deletions are not text.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ingest.html_text import CELL_RULE, Line, folded
from ingest.parsed import UnreadableText

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["UNPACKED_BYTES", "lines_of_docx"]

UNPACKED_BYTES = 200_000_000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTES = {
    f"{_W}footnoteReference": "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes",
    f"{_W}endnoteReference": "http://schemas.openxmlformats.org/officeDocument/2006/relationships/endnotes",
}
_NO_TEXT = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}txbxContent", _FALLBACK})
_OTHER_OFFICE = {
    "xl/workbook.xml": "an Excel workbook",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "content.xml": "an OpenDocument file",
    "META-INF/container.xml": "an EPUB book",
}


def lines_of_docx(data: bytes, *, unpacked_bytes: int = UNPACKED_BYTES) -> list[Line]:
    """The lines of the document's body in order, then its notes, each behind the mark it has in the text: "[1]".

    Numbers that Word works out for list items and headings are not in the file, and so not here; nor are page
    numbers, headers and footers. Raises UnreadableText for a file that is broken, is no Word document, or says
    that it unpacks to more than `unpacked_bytes`.
    """
    from docx import Document

    _check_package(data, unpacked_bytes)
    try:
        document: Any = Document(BytesIO(data))
        body: Element = document.element.body
        levels = _heading_levels(document)
        marks: dict[tuple[str, str], int] = {}
        lines = list(_blocks(body, levels, marks))
        lines += _notes(document.part, marks)
    except Exception as error:  # python-docx and lxml meet broken packages with errors of many kinds
        raise UnreadableText(
            "the whole file",
            f"a broken Word document ({type(error).__name__}: {error}); open it in Word and save it again",
        ) from None
    if not lines:
        raise UnreadableText(
            "the whole file",
            "a Word document without text; if it holds pictures of text, save it as PDF and run text recognition",
        )
    return lines


def _check_package(data: bytes, unpacked_bytes: int) -> None:
    try:
        members = zipfile.ZipFile(BytesIO(data)).infolist()
    except Exception as error:  # zipfile, too, meets broken archives with errors of many kinds
        raise UnreadableText("the whole file", f"a broken .docx ({error}); save or download it again") from None
    names = {member.filename for member in members}
    if "word/document.xml" not in names:
        kind = next((words for name, words in _OTHER_OFFICE.items() if name in names), "a zip archive")
        raise UnreadableText("the whole file", f"{kind}, not a Word document: save it as .docx or PDF and add that")
    unpacked = sum(member.file_size for member in members)
    if unpacked > unpacked_bytes:
        raise UnreadableText(
            "the whole file",
            f"it unpacks to {unpacked:,} bytes, more than the {unpacked_bytes:,} allowed: "
            "take out its pictures, or save the text alone as a new document",
        )


def _heading_levels(document: Any) -> dict[str, int]:
    """The heading level of each style that has one, by style id."""
    levels = {}
    for style in document.styles.element.findall(f"{_W}style"):
        name = style.find(f"{_W}name")
        match = re.fullmatch(r"(?:heading (\d)|(title))", name.get(f"{_W}val", "").lower() if name is not None else "")
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        if match:
            levels[style.get(f"{_W}styleId", "")] = min(int(match.group(1) or 1), 6)
        elif outline is not None and outline.get(f"{_W}val", "9").isdigit() and int(outline.get(f"{_W}val", "9")) < 9:
            levels[style.get(f"{_W}styleId", "")] = min(int(outline.get(f"{_W}val", "9")) + 1, 6)
    return levels


def _blocks(parent: "Element", levels: dict[str, int], marks: dict[tuple[str, str], int]) -> Iterator[Line]:
    """The paragraphs and tables below `parent`; content controls and the like are looked through."""
    for child in parent:
        if child.tag == f"{_W}p":
            if text := _words(child, marks):
                yield _paragraph(child, text, levels)
            for box in child.iter(f"{_W}txbxContent"):
                own = next(box.iterancestors(f"{_W}p")) is child
                if own and next(box.iterancestors(_FALLBACK), None) is None:
                    yield from _blocks(box, levels, marks)
        elif child.tag == f"{_W}tbl":
            yield from _rows(child, levels, marks)
        elif child.tag not in _NO_TEXT:
            yield from _blocks(child, levels, marks)


def _paragraph(paragraph: "Element", text: str, levels: dict[str, int]) -> Line:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    name = style.get(f"{_W}val", "") if style is not None else ""
    level = levels.get(name, 0)
    if outline is not None and (own := outline.get(f"{_W}val", "9")).isdigit():
        level = min(int(own) + 1, 6) if int(own) < 9 else 0
    if level:
        return Line(text, "heading", level)
    listed = paragraph.find(f"{_W}pPr/{_W}numPr") is not None or name.startswith("List")
    return Line(text, "item" if listed else "paragraph")


def _rows(table: "Element", levels: dict[str, int], marks: dict[tuple[str, str], int]) -> Iterator[Line]:
    """A line a row; a row with one filled cell gives that cell's own blocks (a frame, a title over the columns)."""
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue  # a row of a table in a cell is in that cell's words
        cells = [
            list(_blocks(cell, levels, marks))
            for cell in row.iter(f"{_W}tc")
            if next(cell.iterancestors(f"{_W}tr")) is row
        ]
        filled = [lines for lines in cells if lines]
        if len(filled) == 1:
            yield from filled[0]
        elif filled:
            yield Line(CELL_RULE.join(" ".join(line.text for line in lines) for lines in filled), "row")


def _words(paragraph: "Element", marks: dict[tuple[str, str], int]) -> str:
    """The paragraph's words; a note's mark stands where the note is called. `marks` gains each note called."""
    out: list[str] = []

    def read(element: "Element") -> None:
        for child in element:
            if child.tag in _NO_TEXT:
                continue
            if child.tag == f"{_W}t":
                out.append(child.text or "")
            elif child.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
                out.append(" ")
            elif child.tag == f"{_W}noBreakHyphen":
                out.append("-")
            elif child.tag in _NOTES:
                key = (_NOTES[child.tag], child.get(f"{_W}id", ""))
                out.append(f"[{marks.setdefault(key, len(marks) + 1)}]")
            elif child.tag != f"{_W}pPr":
                read(child)

    read(paragraph)
    return folded("".join(out))


def _notes(part: Any, marks: dict[tuple[str, str], int]) -> Iterator[Line]:
    """The notes that the text calls, in the order of their marks."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    words: dict[tuple[str, str], str] = {}
    for relation in _NOTES.values():
        for held in [link.target_part for link in part.rels.values() if link.reltype == relation]:
            for note in etree.fromstring(held.blob, parser):
                text = " ".join(line for paragraph in note.iter(f"{_W}p") if (line := _words(paragraph, {})))
                words[relation, note.get(f"{_W}id", "")] = text
    for key, mark in sorted(marks.items(), key=lambda item: item[1]):
        if text := words.get(key, ""):
            yield Line(f"[{mark}] {text}", "note")
