"""The lines of a PDF: paragraphs put together again from the printed lines of its pages.

A PDF holds glyphs at places, no paragraphs. What makes a paragraph here: the leading (a wider gap ends it), the
size and weight of the type, an indent or a list mark after a full stop, and a last line that stops short. Text
is taken in the order in which the file draws it, which in print is the reading order, columns included.
"""

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.law.numerals import from_roman
from ingest.html_text import Line, folded, is_list_item
from ingest.parsed import UnreadableText

if TYPE_CHECKING:
    from pypdf import PdfReader

__all__ = ["lines_of_pdf"]

Read = TypeVar("Read")

_EDGE = 3
"""How many printed lines at the head and at the foot of a page may belong to a running head or foot."""

_OCR = "run text recognition (for example `ocrmypdf in.pdf out.pdf`) and add the result"
_PAGE_NUMBER = re.compile(r"[-–—\[( ]*(?:(?:page|p\.|第)\s*)?(\d{1,4})(?:\s*(?:of|/)\s*\d{1,4})?\s*页?[-–—\]) ]*", re.I)
_NUMBER = re.compile(r"\d+|^[ivxlcIVXLC]+$")
_LEADERS = re.compile(r"\s*(?:\.\s*){5,}")
_ENDS_SENTENCE = re.compile(r"[.!?:;。！？：；][\"'”’」』）)\]\d]*$")


@dataclass(frozen=True, slots=True)
class _Printed:
    """One printed line. `x`, `y`, `size`: in points, y upwards; `size` 0 where the file does not say."""

    text: str
    page: int
    x: float
    y: float
    size: float
    bold: bool


def lines_of_pdf(data: bytes) -> list[Line]:
    """The paragraphs and headings of a PDF, each with the page that it begins on.

    Running heads, running feet and page numbers are left out where they come again from page to page. A word
    parted at a line's end is joined, with its hyphen where the document writes it so elsewhere. A page that shows
    pictures alone gives a `gap`. Raises UnreadableText for a file that is broken or encrypted, and for one
    that has no text layer, or one that cannot be turned into characters.
    """
    reader = _opened(data)
    pages: list[list[_Printed]] = []
    gaps: list[int] = []
    for number in range(1, len(reader.pages) + 1):
        printed, pictures = _guarded(f"p. {number}", partial(_page, reader, number))
        pages.append(printed)
        if pictures and not printed:
            gaps.append(number)
    text = "".join(line.text for page in pages for line in page)
    if not text:
        raise UnreadableText("the whole file", f"no text layer (pages: {len(pages)}); if it shows text, {_OCR}")
    if len(re.findall("[\ufffd\ue000-\uf8ff]", text)) > 0.2 * len(text):
        raise UnreadableText("the whole file", f"its fonts do not say which characters they show: {_OCR}")
    body = [line for page in _without_running_lines(pages) for line in page]
    lines = _paragraphs(body)
    lines += [Line(f"p. {page} has no text layer: {_OCR}", "gap", page=page) for page in gaps]
    return sorted(lines, key=lambda line: line.page or 0)


def _opened(data: bytes) -> "PdfReader":
    from pypdf import PdfReader

    reader = _guarded("the whole file", lambda: PdfReader(BytesIO(data)))
    if reader.is_encrypted:
        problem = "encrypted: open it with its password, print it to a new PDF and add that"
        try:
            opened = reader.decrypt("")  # many publishers lock editing, not reading
        except Exception:
            raise UnreadableText("the whole file", problem) from None
        if not opened:
            raise UnreadableText("the whole file", problem)
    if not _guarded("the whole file", lambda: len(reader.pages)):
        raise UnreadableText("the whole file", "a PDF without pages: fetch or save it again")
    return reader


def _guarded(where: str, read: Callable[[], Read]) -> Read:
    """What `read` gives. pypdf meets broken files with errors of every kind; each means the same to a reader."""
    log = logging.getLogger("pypdf")
    level = log.level
    log.setLevel(logging.CRITICAL + 1)  # its remarks on a file are of no use to the person who adds it
    try:
        return read()
    except Exception as error:
        problem = (
            f"a broken PDF ({type(error).__name__}: {error}); fetch it again, or print it to a new PDF and add that"
        )
        raise UnreadableText(where, problem) from None
    finally:
        log.setLevel(level)


# Pages


def _page(reader: "PdfReader", number: int) -> tuple[list[_Printed], bool]:
    """The printed lines of a page in drawing order, and whether the page shows pictures."""
    page = reader.pages[number - 1]
    pieces: list[tuple[str, float, float, float, bool]] = []

    def hear(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs((tm[2] or tm[3]) * (cm[1] if tm[2] else cm[3])) or 1.0
        bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
        pieces.append((text, x, y, round(size * scale, 1), bold))

    page.extract_text(visitor_text=hear)
    resources = page.get("/Resources") or {}
    drawn = resources.get_object().get("/XObject") if hasattr(resources, "get_object") else None
    return list(_printed(pieces, number)), bool(drawn)


def _printed(pieces: Sequence[tuple[str, float, float, float, bool]], page: int) -> Iterator[_Printed]:
    """Pieces put together to printed lines: a line ends at a line break in a piece."""
    line: list[tuple[str, float, float, float, bool]] = []
    for text, *place in [*pieces, ("\n", 0.0, 0.0, 0.0, False)]:
        parts = text.split("\n")
        for end, part in enumerate(parts):
            if end and line:
                words = folded(re.sub("\u00ad\\s*$", "-", "".join(piece[0] for piece in line)))
                inked = [piece for piece in line if piece[0].strip()]
                if words and inked:
                    size = max(inked, key=lambda piece: len(piece[0]))[3]
                    _, x, y, _, _ = inked[0]
                    yield _Printed(words, page, x, y, size, all(piece[4] for piece in inked))
                line = []
            if part:
                line.append((part, *place))  # type: ignore[arg-type]


# Running heads and feet


def _without_running_lines(pages: list[list[_Printed]]) -> list[list[_Printed]]:
    """The pages without what comes again at their edges, and without bare page numbers there."""
    running = _running(pages)
    leading = _leading([line for page in pages for line in page])
    out = []
    for page in pages:
        first = _running_lines(page, running, leading)
        last = len(page) - _running_lines(page[first:][::-1], running, leading)
        out.append(page[first:last])
    return out


def _running_lines(edge: list[_Printed], running: set[int], leading: dict[float, float]) -> int:
    """How many lines from the edge inwards are running lines: they come again, and are set apart from the text."""
    count = 0
    while count < min(_EDGE, len(edge)) and id(edge[count]) in running:
        count += 1
    count = 1 if count == len(edge) > 1 else count
    while 0 < count < len(edge) and not _stands_apart(edge[count - 1], edge[count], leading):
        count -= 1
    return count


def _stands_apart(one: _Printed, other: _Printed, leading: dict[float, float]) -> bool:
    """Whether two lines are set apart on the page, as a running head is from the text."""
    return one.size != other.size or not 0 < abs(one.y - other.y) <= 1.3 * leading.get(one.size, 0)


def _running(pages: list[list[_Printed]]) -> set[int]:
    """The identities of the lines that come again: the same words, their numbers the same or counting the pages."""
    body = _body_size([line for page in pages for line in page])
    alike: defaultdict[tuple[bool, str], list[_Printed]] = defaultdict(list)
    for page in pages:
        for at_head, edge in ((True, page[:_EDGE]), (False, page[-_EDGE:])):
            for line in (line for line in edge if line.size <= 1.12 * body):  # a larger one is a heading
                alike[at_head, _NUMBER.sub("#", line.text)].append(line)
    found: set[int] = set()
    ahead = {0}  # by how much the printed page numbers run ahead of the pages
    for lines in sorted(alike.values(), key=len, reverse=True):
        often = 3 * len(lines) >= len(pages)
        counts = _counting(lines)
        if counts is None or len(lines) < 2:
            continue
        if often or (counts and (len(lines) >= 3 or counts <= ahead)):
            found |= {id(line) for line in lines}
            ahead |= counts
    return found | {id(line) for lines in alike.values() for line in lines if _is_page_number(line, ahead)}


def _counting(lines: list[_Printed]) -> set[int] | None:
    """By how much the numbers that count the pages run ahead of them; None where a number does neither.

    Each number in running lines stays the same, or grows with the page.
    """
    numbers = [[_value(number) for number in _NUMBER.findall(line.text)] for line in lines]
    counts: set[int] = set()
    for column in zip(*numbers, strict=True):
        ahead = {number - line.page for number, line in zip(column, lines, strict=True)}
        if len(set(column)) > 1:
            if len(ahead) > 1:
                return None
            counts |= ahead
    return counts


def _value(number: str) -> int:
    return int(number) if number.isdigit() else from_roman(number.lower()) or 0


def _is_page_number(line: _Printed, ahead: set[int]) -> bool:
    match = _PAGE_NUMBER.fullmatch(line.text)
    return match is not None and int(match.group(1)) - line.page in ahead


# Paragraphs


def _paragraphs(printed: list[_Printed]) -> list[Line]:
    words = Counter(re.findall(r"\w+(?:-\w+)*", " ".join(line.text for line in printed).lower()))
    leading = _leading(printed)
    width = _widths(printed)
    body = _body_size(printed)
    larger = sorted({line.size for line in printed if line.size > 1.12 * body}, reverse=True)
    groups: list[list[_Printed]] = []
    for line in printed:
        if groups and not _begins(groups[-1][-1], line, leading, width):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_line(group, larger, words) for group in groups]


def _body_size(printed: list[_Printed]) -> float:
    """The size in which most characters are set."""
    sizes: Counter[float] = Counter()
    for line in printed:
        sizes[line.size] += len(line.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


def _leading(printed: list[_Printed]) -> dict[float, float]:
    """The usual distance of two lines, for each size of type."""
    gaps: defaultdict[float, Counter[float]] = defaultdict(Counter)
    for above, below in pairwise(printed):
        gap = above.y - below.y
        if above.page == below.page and above.size == below.size and 0 < gap < 4 * max(above.size, 6):
            gaps[above.size][round(gap * 2) / 2] += 1
    return {size: min(counts, key=lambda gap: (-counts[gap], gap)) for size, counts in gaps.items()}


def _widths(printed: list[_Printed]) -> dict[int, int]:
    """How many characters the fuller lines of each page hold."""
    lengths: defaultdict[int, list[int]] = defaultdict(list)
    for line in printed:
        lengths[line.page].append(len(line.text))
    return {page: sorted(found)[(9 * len(found)) // 10] for page, found in lengths.items()}


def _begins(above: _Printed, line: _Printed, leading: dict[float, float], width: dict[int, int]) -> bool:
    """Whether a paragraph begins with `line`, which comes after `above`."""
    if abs(above.size - line.size) > 0.12 * max(above.size, line.size) or above.bold != line.bold:
        # A change of type inside a sentence is no new paragraph.
        return above.y != line.y and not (line.text[0].islower() and not _ENDS_SENTENCE.search(above.text))
    ended = _ENDS_SENTENCE.search(above.text) is not None
    if above.page != line.page or line.y > above.y:
        return ended or is_list_item(line.text) or _is_heading([above])
    gap = above.y - line.y
    if gap > 1.3 * leading.get(line.size, gap):
        return True
    indented = line.x - above.x > 0.7 * max(line.size, 6)
    short = len(above.text) < 0.75 * width[above.page]
    return ended and (is_list_item(line.text) or short or indented)


def _is_heading(group: list[_Printed]) -> bool:
    text = " ".join(line.text for line in group)
    return all(line.bold for line in group) and len(text) <= 120 and not re.search(r"[.,;。，；]$", text)


def _line(group: list[_Printed], larger: list[float], words: Counter[str]) -> Line:
    text = group[0].text
    for line in group[1:]:
        text = _joined(text, line.text, words)
    size, page = group[0].size, group[0].page
    if _LEADERS.search(text):  # of a table of contents
        return Line(_LEADERS.sub(" … ", text), page=page)
    if size in larger and len(text) <= 200:
        return Line(text, "heading", min(larger.index(size) + 1, 5), page)
    if _is_heading(group):
        return Line(text, "heading", 6, page)
    return Line(text, "item" if is_list_item(text) else "paragraph", page=page)


def _joined(text: str, more: str, words: Counter[str]) -> str:
    """Two printed lines of one paragraph as one; a hyphen at the break stays if the word is written with it."""
    parted = re.search(r"(\w+)[-\u2010]$", text)
    rest = re.match(r"\w+", more)
    if parted and rest:
        left, right = parted.group(1).lower(), rest.group().lower()
        keeps = words[f"{left}-{right}"] > words[left + right] or left[-1].isdigit() or not rest.group()[0].islower()
        return (text if keeps else text[:-1]) + more
    if text.endswith(("—", "/", "-")):
        return text + more
    return folded(f"{text}\n{more}")
