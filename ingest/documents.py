"""A user's own file as passages that can be found and cited.

HTML, PDF, Word, Markdown and plain text. What the file holds is data: nothing in it is executed, fetched or
obeyed, and a link in it is words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from assistant.law.provisions import Language, Locator, Provision
from ingest.docx_text import UNPACKED_BYTES, lines_of_docx
from ingest.html_text import CELL_RULE, Line, decoded, folded, lines_of_html, lines_of_plain_text
from ingest.parsed import ParsedText, UnreadableText
from ingest.pdf_text import lines_of_pdf

__all__ = ["LEAST_WORDS", "MAX_BYTES", "MOST_WORDS", "Format", "format_of", "parse_document", "plain_text"]

MAX_BYTES = 50_000_000
LEAST_WORDS, MOST_WORDS = 60, 220
"""The size of a passage. Below the first a paragraph is joined with its neighbours, above the second it is split."""

Format = Literal["html", "pdf", "docx", "markdown", "text"]

_FOREIGN = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file, or one locked with a password: save it as .docx or PDF"),
    (b"{\\rtf", "an RTF file: save it as .docx or PDF"),
    (b"\x89PNG", "a picture: run text recognition on it and add the text or the PDF"),
    (b"\xff\xd8\xff", "a picture: run text recognition on it and add the text or the PDF"),
    (b"GIF8", "a picture: run text recognition on it and add the text or the PDF"),
    (b"II*\x00", "a picture: run text recognition on it and add the text or the PDF"),
    (b"MM\x00*", "a picture: run text recognition on it and add the text or the PDF"),
    (b"\x1f\x8b", "a gzip archive: unpack it and add the files in it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it and add the files in it"),
    (b"Rar!", "a RAR archive: unpack it and add the files in it"),
    (b"MZ", "a program, not a document"),
    (b"\x7fELF", "a program, not a document"),
)


def parse_document(
    data: bytes, name: str, base: Locator, *, max_bytes: int = MAX_BYTES, unpacked_bytes: int = UNPACKED_BYTES
) -> ParsedText:
    """The passages of a user's file, at `base`/1, `base`/2, … in order, each of about 60 to 220 words.

    `name`: the file's name, for its format where the content does not say, and for the title. Paragraphs joined
    to one passage stay on lines of their own. `trail`: the headings above; `label`: the page ("p. 3"), else the
    nearest heading. A passage is in one language and below one heading, so some are short. `unpacked_bytes`: what
    a Word document may unpack to. Raises UnreadableText for a file that is too large, empty, broken, encrypted,
    without text, or not of these formats.
    """
    if len(data) > max_bytes:
        raise UnreadableText(
            name, f"{len(data):,} bytes, more than the {max_bytes:,} allowed: split it, or add the pages that matter"
        )
    if not data.strip():
        raise UnreadableText(name, "an empty file: save or download it again")
    try:
        lines, left_out = _lines(data, name, unpacked_bytes)
    except UnreadableText as error:
        raise UnreadableText(f"{name}, {error.where}", error.problem) from None
    passages = list(_passages([line for line in lines if line.kind != "gap"]))
    if not passages:
        raise UnreadableText(name, "no text in it: nothing to add")
    provisions = tuple(_provision(passage, base, place) for place, passage in enumerate(passages))
    left_out += tuple(line.text for line in lines if line.kind == "gap")
    first = next((line.text for line in lines[:5] if line.kind == "heading"), "")
    return ParsedText(first or PurePath(name).stem, provisions, left_out=left_out)


def plain_text(data: bytes, name: str) -> str:
    """A file's words for the parsers of laws: a line for each block of a page, PDF or Word document.

    Text and Markdown are given as they are. Raises UnreadableText as `parse_document` does, and for a PDF of which
    a page cannot be read: a law with a gap is not taken for the law.
    """
    try:
        if format_of(data, name) in ("markdown", "text"):
            return decoded(data)
        lines, _ = _lines(data, name, UNPACKED_BYTES)
    except UnreadableText as error:
        raise UnreadableText(f"{name}, {error.where}", error.problem) from None
    for line in lines:
        if line.kind == "gap":
            raise UnreadableText(name, line.text)
    return "\n".join(line.text for line in lines) + "\n"


def format_of(data: bytes, name: str) -> Format:
    """The format by the content, else by the name. Raises UnreadableText for a format that is not read."""
    for magic, problem in _FOREIGN:
        if data.startswith(magic) and (b"\0" in data[:4096] or magic == b"{\\rtf"):
            raise UnreadableText("its first bytes", problem)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "docx"
    ending = PurePath(name).suffix.lower()
    head = data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if re.match(rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", head, re.S):
        return "html"
    if head.startswith(b"<?xml"):
        raise UnreadableText("line 1", "XML of an unknown kind: save it as HTML, PDF or plain text")
    if ending in (".html", ".htm", ".xhtml") and re.search(rb"<[a-z][^>]*>", head):
        return "html"
    if ending in (".md", ".markdown") or (ending != ".txt" and re.search(rb"^#{1,6} \S", head, re.M)):
        return "markdown"
    return "text"


def _lines(data: bytes, name: str, unpacked_bytes: int) -> tuple[list[Line], tuple[str, ...]]:
    """The lines of a file, and what of it is left out."""
    kind = format_of(data, name)
    if kind == "pdf":
        return lines_of_pdf(data), ()
    if kind == "docx":
        return lines_of_docx(data, unpacked_bytes=unpacked_bytes), ()
    if kind == "html":
        return lines_of_html(data), ()
    text = decoded(data)
    if kind == "text":
        return lines_of_plain_text(text), ()
    front = re.match(r"---[ \t]*\r?\n.*?\r?\n---[ \t]*(?:\r?\n|$)", text, re.S)
    left_out = (f"lines 1 to {front.group().count(chr(10))}: the front matter",) if front else ()
    return list(_markdown(text[front.end() :] if front else text)), left_out


# Markdown

_FENCE = re.compile(r"\s{0,3}(?:```+|~~~+)")
_ATX = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{2,})\s*$")
_RULE = re.compile(r"\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_MARK = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+")
_TAGS = "a|abbr|b|big|br|center|code|details|div|em|font|hr|i|img|kbd|li|ol|p|s|small|span|strong|sub|summary|sup|u|ul"


def _markdown(text: str) -> Iterator[Line]:
    """The blocks of Markdown, without its marks. Front matter is not looked for."""
    open_lines: list[str] = []
    kind: Literal["paragraph", "item"] = "paragraph"
    fence = ""

    def close() -> list[Line]:
        words = _inline("\n".join(open_lines))
        open_lines.clear()
        return [Line(words, kind)] if words else []

    for raw in [*re.sub(r"<!--.*?-->", "", text, flags=re.S).splitlines(), ""]:
        mark = _FENCE.match(raw)
        if fence or mark:
            if mark and not fence:
                yield from close()
                fence = mark.group().strip()[:3]
            elif mark and raw.strip().startswith(fence):
                fence = ""
            elif folded(raw):
                yield Line(folded(raw))
            continue
        line = re.sub(r"^\s{0,3}(?:>\s?)+", "", raw)
        heading, underline = _ATX.match(line), _UNDERLINE.match(line)
        if heading:
            yield from close()
            kind = "paragraph"
            if words := _inline(heading.group(2)):
                yield Line(words, "heading", len(heading.group(1)))
        elif underline and open_lines and kind == "paragraph" and "|" not in line:
            words = _inline("\n".join(open_lines))
            open_lines.clear()
            yield Line(words, "heading", 1 if "=" in underline.group(1) else 2)
        elif not line.strip() or _RULE.match(line) or _TABLE_RULE.match(line):
            yield from close()
            kind = "paragraph"
        elif line.lstrip().startswith("|") and line.rstrip().endswith("|"):
            yield from close()
            cells = [words for cell in re.split(r"(?<!\\)\|", line.strip().strip("|")) if (words := _inline(cell))]
            if cells:
                yield Line(CELL_RULE.join(cells), "row")
        elif mark := _MARK.match(line):
            yield from close()
            kind = "item"
            numbered = re.match(r"\s*\d", line) is not None
            open_lines.append(line.strip() if numbered else line[mark.end() :])
        else:
            open_lines.append(line)
    yield from close()


def _inline(text: str) -> str:
    """The words of inline Markdown: emphasis, code marks, links, pictures and tags taken off."""
    text = re.sub(r"!?\[([^\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)", r"\1", text)
    text = re.sub(r"<((?:https?|mailto):[^>\s]+)>", r"\1", text)
    text = re.sub(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", " ", text, flags=re.I)
    text = re.sub(r"(?<!\\)(`+)(?!`)(.+?)(?<!`)\1(?!`)", r"\2", text, flags=re.S)
    for marks in (r"\*\*\*", r"\*\*", r"\*", "__", "_", "~~"):
        text = re.sub(rf"(?<![\\\w*_]){marks}(?=[^\s*_])(.+?)(?<=[^\s\\]){marks}(?![\w*_])", r"\1", text, flags=re.S)
    return folded(re.sub(r"\\([\\`*_{}\[\]()#+.!|<>~-])", r"\1", text))


# Passages


@dataclass(frozen=True, slots=True)
class _Passage:
    """Paragraphs that stand together. `pages`: the first and the last, or none."""

    paragraphs: tuple[str, ...]
    trail: tuple[str, ...]
    language: Language
    pages: tuple[int, ...]
    is_note: bool = False

    @property
    def words(self) -> int:
        return sum(_count_words(paragraph) for paragraph in self.paragraphs)


def _provision(passage: _Passage, base: Locator, place: int) -> Provision:
    first, last = (passage.pages[0], passage.pages[-1]) if passage.pages else (0, 0)
    page = f"p. {first}" if first == last else f"pp. {first}–{last}"
    return Provision(
        Locator(f"{base}/{place + 1}"),
        "passage",
        "\n".join(passage.paragraphs),
        label=page if first else (passage.trail[-1] if passage.trail else ""),
        trail=passage.trail,
        order=place,
        language=passage.language,
    )


def _passages(lines: Sequence[Line]) -> Iterator[_Passage]:
    """The lines as passages. A heading that has nothing below it is a passage of its own words."""
    trail: list[tuple[int, str]] = []
    section: list[_Passage] = []
    bare: Line | None = None
    for line in [*lines, Line("", "heading", 1)]:
        if line.kind != "heading":
            section += _pieces(line, tuple(text for _, text in trail))
            bare = None
            continue
        yield from _joined(section)
        section = []
        if bare is not None and line.level <= bare.level:
            above = tuple(text for _, text in trail[:-1])
            yield from _pieces(bare, above)
        trail = [(level, text) for level, text in trail if level < line.level] + [(line.level, line.text)]
        bare = line


def _pieces(line: Line, trail: tuple[str, ...]) -> list[_Passage]:
    """A line as passages of one language, none above `MOST_WORDS`."""
    pages = (line.page,) if line.page else ()
    return [_Passage((text,), trail, _language(text), pages, line.kind == "note") for text in _split(line.text)]


def _joined(section: Sequence[_Passage]) -> list[_Passage]:
    """Passages of one section, small ones joined with those that follow, a small last one with the one before."""
    out: list[_Passage] = []
    for piece in section:
        before = out[-1] if out else None
        if before and before.words < LEAST_WORDS and _fits(before, piece):
            out[-1] = _together(before, piece)
        else:
            out.append(piece)
    if len(out) > 1 and out[-1].words < LEAST_WORDS and _fits(out[-2], out[-1]):
        out[-2:] = [_together(out[-2], out[-1])]
    return out


def _fits(one: _Passage, other: _Passage) -> bool:
    alike = one.language == other.language and one.is_note == other.is_note
    return alike and one.words + other.words <= MOST_WORDS


def _together(one: _Passage, other: _Passage) -> _Passage:
    return _Passage(one.paragraphs + other.paragraphs, one.trail, one.language, one.pages + other.pages, one.is_note)


def _language(text: str) -> Language:
    """Chinese where Chinese characters outnumber the words of other scripts, which it writes in between."""
    return "zh" if _han(text) > len(_OTHER_WORDS.findall(text)) else "en"


_OTHER_WORDS = re.compile(r"[^\W\u3400-\u9fff\uf900-\ufaff]+(?:['’.-][^\W\u3400-\u9fff\uf900-\ufaff]+)*")


def _han(text: str) -> int:
    return len(re.findall("[\u3400-\u9fff\uf900-\ufaff]", text))


def _count_words(text: str) -> int:
    """Words as a reader counts them; a Chinese word is taken as 1.6 characters, a long string as several words."""
    return sum(1 + len(word) // 40 for word in _OTHER_WORDS.findall(text)) + round(_han(text) / 1.6)


_STOP = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[A-Z\"'“‘(\[\d])|(?<=[。！？；])[”’）」』]*(?=[^”’）」』])")
_CLAUSE = re.compile(r"(?<=[;:,])\s+|(?<=[，、；：])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:[A-Za-z]|[A-Z]\.[A-Z]|(?:[A-Z]\.)+[A-Z]|No|Nos|Sec|Secs|Art|Arts|para|paras|Pub|Stat|Reg|Fed|Inc|Ltd|Co|"
    r"Corp|Dr|Prof|Mr|Ms|Mrs|vs|v|cf|e\.g|i\.e|al|etc|Fig|Figs|vol|pp|p|ch|approx)\.$"
)


def _split(text: str) -> list[str]:
    """`text` in pieces of at most `MOST_WORDS` and about equal size, parted at sentence ends if there are any."""
    total = _count_words(text)
    if total <= MOST_WORDS:
        return [text]
    parts = _parted(text, _STOP)
    parts = [
        clause for part in parts for clause in ([part] if _count_words(part) <= MOST_WORDS else _parted(part, _CLAUSE))
    ]
    parts = [run for part in parts for run in _runs(part)]
    aim = total / -(-total // MOST_WORDS)
    out = [""]
    for part in parts:
        size = _count_words(out[-1])
        if out[-1] and (size + _count_words(part) > MOST_WORDS or size >= aim):
            out.append("")
        out[-1] += part
    return [piece.strip() for piece in out]


def _parted(text: str, stop: re.Pattern[str]) -> list[str]:
    """`text` cut behind each stop; the pieces put together are `text` again."""
    out, start = [], 0
    for match in stop.finditer(text):
        if not _ABBREVIATION.search(text[max(start, match.end() - 20) : match.end()].rstrip()):
            out.append(text[start : match.end()])
            start = match.end()
    return [*out, text[start:]]


def _runs(text: str) -> list[str]:
    """`text` cut into runs of at most `MOST_WORDS` where nothing else parts it."""
    words = re.findall(r"\s*[\u3400-\u9fff\uf900-\ufaff]|\s*[^\s\u3400-\u9fff\uf900-\ufaff]{1,40}|\s+$", text)
    out, size = [""], 0.0
    for word in words:
        own = _han(word) / 1.6 or _count_words(word)
        if size + own > MOST_WORDS - 1:
            out.append("")
            size = 0.0
        out[-1] += word
        size += own
    return out
