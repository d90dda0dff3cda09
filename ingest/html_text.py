"""The lines of a web page: the text of its content, without what stands around it.

Written for the pages of publishers: gov.cn (`#UCAP-CONTENT`), cac.gov.cn (`#BodyLabel`), Chinese content
systems (`#zoom`, `.TRS_Editor`), federalregister.gov (`#fulltext_content_area`, and `full_text_html`, which is
the content alone), NIH guide notices (rows of `datalabel` and `datacolumn`), whitehouse.gov (WordPress
blocks). Any other page: its largest `article`, its `main`, else the body.

Here too is what every reader of files shares: the line, the folding of white space, the decoding of bytes, and
plain text, which pages hold in `pre`.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from ingest.parsed import UnreadableText

if TYPE_CHECKING:
    from lxml.html import HtmlElement as Element

__all__ = [
    "CELL_RULE",
    "Line",
    "LineKind",
    "decoded",
    "folded",
    "is_list_item",
    "lines_of_html",
    "lines_of_plain_text",
    "statute_text_of_html",
]

LineKind = Literal["heading", "paragraph", "item", "row", "note", "gap"]
"""`item`: of a list. `row`: of a table, its cells joined by `CELL_RULE`. `note`: a footnote. `gap`: no text, but
a place whose text could not be read (a scanned page); its words say which."""

CELL_RULE = " | "


@dataclass(frozen=True, slots=True)
class Line:
    """One block of text as a reader sees it, white space folded; never empty.

    `level`: 1 (outermost) to 6 for a heading, else 0. `page`: counted from 1; None where the file has no pages.
    """

    text: str
    kind: LineKind = "paragraph"
    level: int = 0
    page: int | None = None


# White space

_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NARROW_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_WIDE = "\u2e80-\u2fff\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_BREAK_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}])[ \t]*[\n\r\f\v\x85\u2028\u2029]\s*(?=[{_WIDE}])")
_SPACE = re.compile("[ \t\n\r\f\v\x85\u2028\u2029]+")


def folded(text: str) -> str:
    """`text` on one line: runs of white space as one space, invisible characters and outer spaces gone.

    A line break between Chinese characters is no space. A full-width space inside a line stays (it stands
    between an article's number and its words); an indent of them goes.

    >>> folded("\u3000\u3000第一条\u3000为了\\n有效 保护 ")
    '第一条\u3000为了有效 保护'
    """
    plain = _NARROW_SPACES.sub(" ", _INVISIBLE.sub("", text))
    return _SPACE.sub(" ", _BREAK_BETWEEN_WIDE.sub("", plain)).strip()


# Bytes

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030"}
_FIT_ANYTHING = frozenset({"ascii", "iso8859-1", "cp1252"})
_SAVE_AS_UTF8 = "save the file as UTF-8 and add it again"


def decoded(data: bytes, *declared: str | None) -> str:
    """The text in `data`, whose encoding may be `declared` (by a header, by the page itself).

    Order: a byte order mark; UTF-8 if every byte fits, whatever was declared; what was declared; GB18030 where the
    bytes have the shape of Chinese; Windows-1252. Raises UnreadableText for NUL bytes and other binary
    matter, for damaged UTF-8, and where no encoding fits: a wrong guess would put wrong words into quotations.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _text(_strictly(data[len(mark) :], encoding, len(mark)))
    nul = data.find(b"\0")
    if nul >= 0:
        raise UnreadableText(
            f"byte {nul + 1}",
            f"a NUL byte, so this is no text: it is another kind of file, or UTF-16 without its mark; {_SAVE_AS_UTF8}",
        )
    try:
        return _text(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        _reject_damaged_utf8(data, error)
    for name in declared:
        if (text := _as_declared(data, name)) is not None:
            return _text(text)
    if _looks_chinese(data):
        try:
            return _text(data.decode("gb18030"))
        except UnicodeDecodeError as error:
            raise UnreadableText(f"byte {error.start + 1}", f"neither UTF-8 nor GB18030; {_SAVE_AS_UTF8}") from None
    high = sum(byte > 0x7F for byte in data)
    if high > 0.3 * len(data):
        raise UnreadableText(
            "the whole text", f"an encoding not known here (nor UTF-8, GB18030, Windows-1252); {_SAVE_AS_UTF8}"
        )
    return _text(_strictly(data, "cp1252", 0))


def _strictly(data: bytes, encoding: str, skipped: int) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        place = f"byte {skipped + error.start + 1}"
        raise UnreadableText(place, f"not {encoding.upper()}, nor any encoding known here; {_SAVE_AS_UTF8}") from None


def _text(text: str) -> str:
    """`text`, unless it is binary matter that happened to decode."""
    controls = re.findall("[\x00-\x08\x0e-\x1f]", text)
    if len(controls) > 3 and len(controls) * 100 > len(text):
        place = text.index(controls[0])
        raise UnreadableText(
            f"character {place + 1}",
            f"{len(controls)} control characters: binary matter, not text; add the file in its own format",
        )
    return text


def _reject_damaged_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """Raises where `data` is UTF-8 but for a few bytes: another encoding would turn all the rest into junk."""
    text = data.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(1 for character in text if ord(character) > 0x7F) - wrong
    if right > 4 * wrong:
        raise UnreadableText(
            f"byte {error.start + 1}", f"damaged UTF-8 ({wrong} places); fetch the file again, or {_SAVE_AS_UTF8}"
        )


def _as_declared(data: bytes, name: str | None) -> str | None:
    try:
        codec = codecs.lookup(name or "").name
        if codec in _FIT_ANYTHING or codec.startswith("utf"):
            return None  # servers declare these unasked; the bytes decide
        return data.decode(_WIDER.get(codec, codec))
    except (LookupError, ValueError):
        return None


def _looks_chinese(data: bytes) -> bool:
    """Whether the bytes above 127 come in pairs that GB 2312 gives to common characters and punctuation."""
    high = sum(byte > 0x7F for byte in data)
    pairs = re.findall(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]", data)
    common = sum(0xA1 <= pair[0] <= 0xA3 or 0xB0 <= pair[0] <= 0xD7 for pair in pairs if pair[1] >= 0xA1)
    spaced = len(re.findall(rb"[\x80-\xff] (?=[\x80-\xff])", data))  # alphabets have spaces, Chinese has few
    return high > 1 and common * 2 > 0.7 * high and spaced * 20 < high


# Plain text

_ITEM = re.compile(
    r"(?:[•‣▪●○◦·*–—-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]|（[一二三四五六七八九十\d]+）|[一二三四五六七八九十]+、)\s*\S"
)
_ENDS_SENTENCE = re.compile(r"[.!?:;。！？：；…][\"'”’」』）)\]]*$")


def is_list_item(text: str) -> bool:
    """Whether a line opens with a bullet or a number of a list."""
    return _ITEM.match(text) is not None


def lines_of_plain_text(text: str) -> list[Line]:
    """The paragraphs of plain text, in order.

    An empty line or a form feed parts them. Inside a block, lines that a writer has wrapped at a margin are one
    paragraph, a new one opening at an indent or a list mark; otherwise each line is its own. A short line that
    stands alone, without a full stop and before further text, is a heading of level 2.
    """
    blocks = re.split(r"\n(?:[ \t\u3000]*\n)+", re.sub(r"\r\n?|\u2028|\u2029|\x85", "\n", text).replace("\f", "\n\n"))
    paragraphs = [_paragraphs(block.split("\n")) for block in blocks if block.strip()]
    out: list[Line] = []
    for place, block in enumerate(paragraphs):
        if len(block) == 1 and place + 1 < len(paragraphs) and _reads_as_heading(block[0]):
            out.append(Line(block[0], "heading", 2))
        else:
            out += [Line(words, "item" if is_list_item(words) else "paragraph") for words in block]
    return out


def _paragraphs(raw: list[str]) -> list[str]:
    wrapped = _is_wrapped(raw)
    groups: list[list[str]] = []
    indent, hanging = 0, False
    for line in raw:
        own = len(line) - len(line.lstrip())
        item = is_list_item(line.lstrip())
        if not groups or not wrapped or item or (own > indent and not hanging):
            groups.append([])
            hanging = item
        groups[-1].append(line)
        indent = own
    return [words for group in groups if (words := folded("\n".join(group)))]


def _is_wrapped(raw: list[str]) -> bool:
    lines = [line.strip() for line in raw if line.strip()]
    widths = [sum(2 if character > "\u2e80" else 1 for character in line) for line in lines]
    if len(lines) < 2 or not 40 <= max(widths) <= 120:
        return False
    full = sum(width >= 0.6 * max(widths) for width in widths[:-1])
    ended = sum(_ENDS_SENTENCE.search(line) is not None for line in lines[:-1])
    return 2 * full >= len(lines) - 1 and 10 * ended <= 7 * (len(lines) - 1)


def _reads_as_heading(text: str) -> bool:
    short = len(text.split()) <= 12 and len(text) <= (30 if re.search(f"[{_WIDE}]", text) else 90)
    closed = re.match(r"[(（•‣▪●·*–—-]", text) or re.search(r"[.,;:!?。，；：！？、]$", text)
    return short and not closed and re.search(r"\w", text) is not None


# Pages

_CONTENT_IDS = ("UCAP-CONTENT", "fulltext_content_area", "BodyLabel", "zoom", "zoomcon")
_CONTENT_CLASSES = (
    "pages_content",
    "TRS_Editor",
    "trs_editor_view",
    "body-content",
    "wp-block-post-content",
    "entry-content",
    "article-content",
)
_NEVER_TEXT = frozenset(
    "script style noscript template iframe object embed applet svg canvas audio video map button input select textarea "
    "link meta nav footer dialog".split()
)
_NEVER_TEXT_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "dialog"})
_FURNITURE = frozenset(
    "share sharing share2 bshare bdsharebuttonbox social breadcrumb breadcrumbs crumb crumbs nav navbar navigation "
    "topnav menu sidebar pagination pager toolbar footer cookie skiplink fenxiang".split()
)
_CONTAINERS = frozenset({"div", "section", "aside", "ul", "ol", "dl", "table", "td"})
_PRINTED_PAGE_MARKS = frozenset(
    "unprinted-element unprinted-element-wrapper printed-page printed-page-wrapper printed-page-inline "
    "printed-page-details back sr-only visually-hidden screen-reader-text".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body center caption dd details div dl dt fieldset figcaption figure form h1 h2 "
    "h3 h4 h5 h6 header hr legend li main ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_SITE_LINE = re.compile(
    r"(?:责任编辑|责编|编辑)[：:].{0,20}|(?:分享到|分享|打印|关闭窗口|【.{1,8}】|返回顶部|相关稿件|字号)[：:]?.{0,12}|扫一扫.{0,20}|"
    r"(?:Back to (?:Top|Citation)|Print this page|Share this page|Skip to (?:main )?content)",
    re.I,
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)")


def lines_of_html(data: bytes, encoding: str | None = None) -> list[Line]:
    """The lines of the page's content, in order; the page's title first, where the content does not open with it.

    `encoding`: what the HTTP header declared, if anything; the page's own declaration and the bytes are heard too.
    `<br>` ends a line, but not in a heading or a cell. Navigation, share bars, footers, hidden elements and page
    marks of the printed edition are left out; the numbers that a browser puts before list items are not in the
    file and so not here. Raises UnreadableText where there is no text, or the bytes are none.
    """
    from lxml import html

    head = data[:4096]
    marks = [match.group(1).decode("ascii") for mark in (_META_CHARSET, _XML_ENCODING) if (match := mark.search(head))]
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded(data, encoding, *marks))
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    try:
        page = html.document_fromstring(text, parser=parser)
    except (ValueError, html.etree.ParserError) as error:
        raise UnreadableText("the whole page", f"no HTML that can be read ({error}); save the page again") from None
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":  # the parser has left out what follows
            raise UnreadableText(
                f"line {entry.line}", f"{entry.message}; save the page again from a browser, or as PDF"
            )
    for element in page.iter():  # what XML does not allow would stop every change of the tree
        element.text, element.tail = _legal(element.text), _legal(element.tail)
    titles = _titles(page)
    _drop_furniture(page)
    content = _content(page)
    lines = [line for line in _lines(content) if not _SITE_LINE.fullmatch(line.text)]
    if not lines:
        raise UnreadableText(
            "the whole page", "no text in it: the page may be filled in by a script; save it from a browser, or as PDF"
        )
    return _with_title(titles, lines)


def _legal(text: str | None) -> str | None:
    return text and re.sub("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", re.sub("[\x0b\x0c]", " ", text))


def statute_text_of_html(data: bytes, encoding: str | None = None) -> str:
    """The page's content as plain text, a line for each line of the law, for the statute parser.

    Raises UnreadableText as `lines_of_html`.
    """
    return "\n".join(line.text for line in lines_of_html(data, encoding)) + "\n"


def _titles(page: "Element") -> list[str]:
    """What the page says its title is, best first."""
    found = [meta.get("content", "") for meta in page.iter("meta") if meta.get("name", "").lower() == "articletitle"]
    headings = [_flat(heading) for heading in page.iter("h1") if not _inside_furniture(heading)]
    found += headings if len(headings) == 1 else []
    for title in page.xpath("/html/head/title"):
        parts = [part for part in re.split(r"\s+[|–—-]\s+|_|\s*::\s*", _flat(title)) if part.strip()]
        found += [max(parts, key=len)] if parts else []
    return [words for title in found if (words := folded(title))]


def _with_title(titles: list[str], lines: list[Line]) -> list[Line]:
    if not titles:
        return lines
    bare = re.sub(r"\s", "", titles[0])
    opening = ["", *(re.sub(r"\s", "", line.text) for line in lines[:10])]
    if any(bare in before + after for before, after in pairwise(opening)):
        return lines
    return [Line(titles[0], "heading", 1), *lines]


def _inside_furniture(element: "Element") -> bool:
    return any(_is_never_text(above) for above in [element, *element.iterancestors()])


def _is_never_text(element: "Element") -> bool:
    """Whether the page itself says that an element is not read as text."""
    if element.tag in _NEVER_TEXT or element.get("role") in _NEVER_TEXT_ROLES:
        return True
    if "hidden" in element.attrib or element.get("aria-hidden") == "true":
        return True
    if re.search(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", element.get("style", ""), re.I):
        return True
    return bool(_PRINTED_PAGE_MARKS.intersection(element.get("class", "").split()))


def _looks_like_furniture(element: "Element") -> bool:
    """Whether its names say share bar, menu and the like, and its text is short or mostly links, as theirs is."""
    names = f"{element.get('class', '')} {element.get('id', '')}".lower()
    named = element.tag in _CONTAINERS and _FURNITURE.intersection(re.findall(r"[a-z0-9]+", names))
    if not (named or element.tag == "header"):
        return False
    if element.tag == "header" and next(element.iter("h1"), None) is not None:
        return False
    links = sum(_size(link) for link in element.iter("a"))
    return _size(element) < 300 or links > 0.4 * _size(element)


def _drop_furniture(page: "Element") -> None:
    """Takes out of the tree what is not text. Names alone do not take out the half of a page."""
    for element in [inner for inner in page.iterdescendants() if _is_never_text(inner)]:
        if element.tag != "body":
            element.drop_tree()
    half = _size(page) / 2
    for element in [inner for inner in page.iterdescendants() if _looks_like_furniture(inner)]:
        if element.tag != "body" and _size(element) <= half:
            element.drop_tree()


def _content(page: "Element") -> "Element":
    """The element that holds the page's text: by name where a publisher is known for it, else by size."""
    body = page.find("body")
    whole = page if body is None else body
    for name in _CONTENT_IDS:
        for element in whole.iter():
            if element.get("id") == name and _size(element) >= 20:
                return element
    by_class = [[e for e in whole.iter() if name in e.get("class", "").split()] for name in _CONTENT_CLASSES]
    by_tag = [[e for e in whole.iter() if name in (e.tag, e.get("role"))] for name in ("article", "main")]
    for found in by_class + by_tag:
        largest = max(found, key=_size, default=None)
        if largest is not None and _size(largest) >= 0.4 * _size(whole):
            return largest
    return whole


def _lines(content: "Element") -> Iterator[Line]:
    """The blocks below `content`. Iterative: a page may nest deeper than Python recurses."""
    from lxml import etree

    walk: Any = etree.iterwalk(content, events=("start", "end"))
    words: list[str] = []
    inside: list[Element] = [content]

    def close() -> list[Line]:
        text = folded("".join(words))
        words.clear()
        return [_line(text, inside)] if text else []

    for event, element in walk:
        if event == "end":
            if element.tag in _BLOCKS and element is not content:
                yield from close()
                inside.pop()
            if element is not content:
                words.append(element.tail or "")
            continue
        if element.tag == "br":
            if _heading_level(inside[-1]):
                words.append("\n")
            else:
                yield from close()
        elif element.tag in _BLOCKS and element is not content:
            yield from close()
            inside.append(element)
            own = _own_lines(element)
            if own is not None:
                yield from own
                walk.skip_subtree()
                continue
        words.append(element.text or "")
    yield from close()


def _own_lines(element: "Element") -> list[Line] | None:
    """The lines of an element that is read as a whole: a table row, a labelled row, preformatted text."""
    if element.tag == "pre":
        return lines_of_plain_text("".join(element.itertext()))
    if element.tag == "tr":
        cells = [cell for cell in element if cell.tag in ("td", "th")]
    elif "row" in element.get("class", "").split() and any("datalabel" in child.get("class", "") for child in element):
        cells = list(element)
    else:
        return None
    texts = [words for cell in cells if (words := _flat(cell))]
    if len(texts) < 2 or any(_is_layout(cell) for cell in cells):
        return None
    return [Line(CELL_RULE.join(texts), "row")]


def _is_layout(cell: "Element") -> bool:
    """Whether a cell holds a part of the page rather than a value."""
    parts = sum(
        element.tag in ("p", "div", "li", "h1", "h2", "h3", "h4", "table") for element in cell.iterdescendants()
    )
    return parts > 6 or next(cell.iterdescendants("table"), None) is not None


def _line(text: str, inside: list["Element"]) -> Line:
    level = _heading_level(inside[-1]) or _bold_level(inside[-1], text)
    if level:
        return Line(text, "heading", level)
    for element in reversed(inside):
        if element.tag == "li":
            return Line(text, "item")
        if "footnote" in element.get("class", "").split():
            return Line(text, "note")
    return Line(text)


def _heading_level(element: "Element") -> int:
    """1 to 6 for h1 to h6, and for a block of class `heading1` to `heading6` (NIH notices); else 0."""
    if match := re.fullmatch(r"h([1-6])", str(element.tag)):
        return int(match.group(1))
    match = re.search(r"\bheading([1-6])\b", element.get("class", ""))
    return int(match.group(1)) if match else 0


def _bold_level(element: "Element", text: str) -> int:
    """6 for a short paragraph that is bold from end to end, as writers mark headings; else 0."""
    bold = "".join(_flat(child) for child in element.iterchildren("b", "strong"))
    same = re.sub(r"\s", "", bold) == re.sub(r"\s", "", text)
    return 6 if element.tag in ("p", "div") and same and _reads_as_heading(text) else 0


def _flat(element: "Element") -> str:
    """All words of an element on one line; a block or a `<br>` parts words."""
    from lxml import etree

    words: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if inner.tag in _BLOCKS or inner.tag == "br":
            words.append("\n")
        if event == "start":
            words.append(inner.text or "")
        elif inner is not element:
            words.append(inner.tail or "")
    return folded("".join(words))


def _size(element: "Element") -> int:
    """How many characters of text an element holds."""
    return sum(len(text.strip()) for text in element.itertext())
