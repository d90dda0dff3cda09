"""What people wrote and what the law says, as HTML that shows it letter by letter.

No text goes through Markdown: `*`, `$`, `#` and a backquote are the law's own characters, and a question may hold
anything. Every text is escaped; the only tags are those written here. The answer's own marks are few, and read by
line: "> " quotes, "- " lists, an empty line ends a paragraph, [1] points at a citation.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from itertools import groupby

from assistant.answer.reply import Reply
from assistant.page.shared_desk import Opened
from assistant.page.sources import Source
from assistant.page.wording import label
from assistant.words import Lang, language_of, say, say_day

__all__ = [
    "answer_html",
    "inert",
    "prefixes",
    "provision_html",
    "question_html",
    "sources_html",
    "standing",
]

_MARK = re.compile(r"(?:(?<=\s)|(?<=\]))\[(\d{1,2})\](?=[\s\[.,;:（。；，]|$)")
"""A mark stands behind a space and before one or a stop: "[1](b)" and "x[1]" are somebody's words."""
_WHOLE = 2600
"""The longest official text, in characters, that a source shows whole; of a longer one it shows the quotation."""


def inert(text: str) -> str:
    """`text` for Streamlit's labels and messages, which read Markdown: as it is, and on one line.

    >>> inert("*a* $b$ [c](d)")
    '\\\\*a\\\\* \\\\$b\\\\$ \\\\[c\\\\]\\\\(d\\\\)'
    """
    escaped = re.sub(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])", r"\\\1", " ".join(text.split()))
    # An emoji's or an icon's name is read even behind a backslash; what is no space but divides words stops that.
    return re.sub(r"\\:(?=(?:\w|\\[+/_-])+\\[:\[])", r"\\:" + "\N{WORD JOINER}", escaped)


def question_html(text: str, turn: str) -> str:
    """A person's question, as it was written."""
    return f'<div class="policy policy-asked" id="asked-{turn}" lang="{language_of(text)}">{escape(text)}</div>'


def standing(reply: Reply, lang: Lang) -> str:
    """What kind of answer it is, in words: corrected, not answered, only restated, or plain."""
    if reply.corrections:
        return label("corrected", lang)
    if reply.abstained:
        return label("not_answered", lang)
    if reply.citations and all(citation.layer == "restatement" for citation in reply.citations):
        return label("answered_restated", lang)
    return label("answered", lang)


def answer_html(reply: Reply, lang: Lang, turn: str, *, shown: int | None = None) -> str:
    """The answer with its standing, `shown` characters of it (None: all). `lang`: of the page."""
    kind = "corrected" if reply.corrections else "declined" if reply.abstained else "plain"
    text = reply.answer if shown is None else reply.answer[:shown]
    taken = "".join(
        f'<p class="policy-says">{escape(label("taken", lang, says=correction.says))}</p>'
        for correction in reply.corrections
    )
    return (
        f'<div class="policy policy-answer policy-{kind}">'
        f'<p class="policy-standing" lang="{lang}">{escape(standing(reply, lang))}</p>{taken}'
        f"{_blocks(text, reply, turn)}</div>"
    )


def prefixes(text: str, steps: int) -> Iterator[int]:
    """How many characters to show, step by step, ending between words and last with all of them.

    >>> list(prefixes("How many people", 2))
    [9, 15]
    """
    ends = [match.end() for match in re.finditer(r"[⺀-鿿]{1,4}[。，；：、）》]?|[^\s⺀-鿿]+\s*|\s+", text)]
    size = max(1, -(-len(ends) // steps))
    yield from ends[size - 1 : -1 : size]
    yield len(text)


def _blocks(text: str, reply: Reply, turn: str) -> str:
    out = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        for kind, lines in groupby(_lines(paragraph), key=lambda line: line[0]):
            rows = [line[1] for line in lines]
            if kind == "quote":
                out.append(_quote(rows, reply, turn))
            elif kind == "item":
                items = "".join(f'<li lang="{language_of(row)}">{_inline(row, reply, turn)}</li>' for row in rows)
                out.append(f"<ul>{items}</ul>")
            else:
                footing = any(row.endswith(say("not_advice", lang)) for row in rows for lang in ("en", "zh"))
                style = ' class="policy-footing"' if footing else ""
                words = "<br>".join(_inline(row, reply, turn) for row in rows)
                out.append(f'<p{style} lang="{language_of(" ".join(rows))}">{words}</p>')
    return "".join(out)


def _lines(paragraph: str) -> list[tuple[str, str]]:
    """The lines of a paragraph with their kinds; a plain line after an item goes on with the item."""
    out: list[tuple[str, str]] = []
    for line in paragraph.splitlines():
        if line.startswith(">"):
            out.append(("quote", line[1:].removeprefix(" ")))
        elif line.startswith("- "):
            out.append(("item", line[2:]))
        elif line.strip() and out and out[-1][0] == "item":
            out[-1] = ("item", f"{out[-1][1]}\n{line}")
        elif line.strip():
            out.append(("text", line))
    return out


def _quote(rows: Sequence[str], reply: Reply, turn: str) -> str:
    """Official words; a [1] is a mark only behind them, elsewhere it is the law's own."""
    *before, last = rows
    mark = re.search(r" (?:\[\d{1,2}\])+$", last)
    words, marks = (last[: mark.start()], mark.group()) if mark else (last, "")
    lines = "".join(_law_line(row) for row in (*before, words) if row.strip())
    return f'<blockquote lang="{language_of(" ".join(rows))}">{lines}{_inline(marks, reply, turn)}</blockquote>'


def _law_line(line: str, quoted: tuple[int, int] | None = None) -> str:
    """One line of a provision, set in as deep as it stands; `quoted`: the span of it that is marked."""
    depth = min((len(line) - len(line.lstrip(" "))) // 2, 5)
    start, end = quoted or (0, 0)
    words = escape(line)
    if end > start:
        words = f"{escape(line[:start])}<mark>{escape(line[start:end])}</mark>{escape(line[end:])}"
    return f'<p class="policy-in{depth}">{words.strip()}</p>'


def _inline(text: str, reply: Reply, turn: str) -> str:
    out, last = [], 0
    for match in _MARK.finditer(text):
        number = int(match[1])
        if not 1 <= number <= len(reply.citations):
            continue
        name = escape(reply.citations[number - 1].citation, quote=True)
        out.append(escape(text[last : match.start()]))
        out.append(
            f'<a class="policy-mark" href="#source-{turn}-{number}" title="{name}" '
            f'aria-label="[{number}] {name}">[{number}]</a>'
        )
        last = match.end()
    return "".join((*out, escape(text[last:]))).replace("\n", "<br>")


def sources_html(sources: Sequence[Source], lang: Lang, turn: str) -> str:
    """The cited provisions, each of which opens."""
    entries = "".join(_source(source, lang, turn, number) for number, source in enumerate(sources, 1))
    title = escape(label("sources", lang))
    return f'<div class="policy policy-sources" lang="{lang}"><h3>{title}</h3>{entries}</div>'


def _source(source: Source, lang: Lang, turn: str, number: int) -> str:
    cited = source.cited
    layer = label("layer_official" if cited.quote else "layer_restatement", lang)
    heading = f"{escape(cited.heading)} · " if cited.heading else ""
    return (
        f'<details><summary><span class="policy-number">[{number}]</span>'
        f'<span class="policy-name"><strong>{escape(cited.citation)}</strong>'
        f'<span class="policy-heading">{heading}<em>{escape(layer)}</em></span></span></summary>'
        f'<div class="policy-opened" id="source-{turn}-{number}" tabindex="-1">'
        f"{_official(source, lang)}{_restated(cited.restatement, lang)}"
        f'<p class="policy-footing">{escape(_text_and_day(source, lang))}</p>'
        f"{_actions(source, lang)}</div></details>"
    )


def _official(source: Source, lang: Lang) -> str:
    quote, whole = source.cited.quote, source.official
    if not quote:
        return f'<p class="policy-footing">{escape(label("not_held", lang))}</p>'
    if len(whole) > _WHOLE or quote not in whole:
        whole, title = quote, label("official_part", lang) if quote != whole else label("official", lang)
    else:
        title = label("official" if whole.strip() == quote.strip() else "official_marked", lang)
    start = whole.index(quote)
    marked = (start, start + len(quote)) if whole.strip() != quote.strip() else None
    return f"<h4>{escape(title)}</h4>{_law(whole, source.cited.language, marked)}"


def _law(text: str, language: str, marked: tuple[int, int] | None = None) -> str:
    lines, place = [], 0
    for line in text.split("\n"):
        span = None
        if marked:
            span = (max(marked[0] - place, 0), min(marked[1] - place, len(line)))
        if line.strip():
            lines.append(_law_line(line, span))
        place += len(line) + 1
    return f'<blockquote lang="{language}">{"".join(lines)}</blockquote>'


def _restated(text: str | None, lang: Lang) -> str:
    if not text:
        return ""
    lines = _lines_of(text)
    return f'<h4>{escape(label("restatement", lang))}</h4><div class="policy-restated" lang="en">{lines}</div>'


def _text_and_day(source: Source, lang: Lang) -> str:
    """Which text it is, of which day, and for which day of the law it was looked up."""
    cited = source.cited
    parts = []
    if cited.text_date:
        parts.append(label("text_of", lang, day=say_day(cited.text_date, lang)))
    if cited.checked_to and cited.checked_to != cited.text_date:
        parts.append(label("checked_to", lang, day=say_day(cited.checked_to, lang)))
    if cited.confidence != "held":
        parts.append(label(f"confidence_{cited.confidence}", lang))
    parts.append(label("law_of", lang, day=say_day(cited.as_of, lang)))
    return " · ".join(parts)


def _actions(source: Source, lang: Lang) -> str:
    cited = source.cited
    whole = _opener(cited.locator, cited.as_of, label("whole", lang))
    citation = source.bluebook if lang == "en" else cited.citation
    return f'<div class="policy-actions">{_copy(citation, lang)}{whole}{_publisher(source.address, lang)}</div>'


def _copy(citation: str, lang: Lang) -> str:
    """A citation that a click selects, and a button that copies it."""
    text, done = escape(citation, quote=True), escape(label("copied", lang), quote=True)
    named = escape(label("copy_this", lang, citation=citation), quote=True)
    return (
        f'<span class="policy-copy"><code>{escape(citation)}</code>'
        f'<button type="button" data-copy="{text}" data-done="{done}" aria-label="{named}">'
        f"{escape(label('copy', lang))}</button></span>"
    )


def _opener(locator: str, as_of: date, words: str) -> str:
    path = escape(locator, quote=True)
    return f'<a href="?cite={path}" data-open="{path}" data-day="{as_of.isoformat()}">{escape(words)}</a>'


def _publisher(address: str, lang: Lang) -> str:
    if not address:
        return ""
    words = escape(label("publisher", lang))
    return f'<a href="{escape(address, quote=True)}" target="_blank">{words}</a>'


def provision_html(opened: Opened, lang: Lang) -> str:
    """A whole provision: where it stands, its official words and our restatement, its days, its citations."""
    found = opened.provision
    best, held = found.reading.best, found.text
    days = []
    if best.in_force_from:
        days.append(label("in_force_from", lang, day=say_day(best.in_force_from, lang)))
    if best.in_force_to:
        days.append(label("in_force_to", lang, day=say_day(best.in_force_to, lang)))
    if held and held.checked_to:
        days.append(label("checked_to", lang, day=say_day(held.checked_to, lang)))
    if best.confidence != "held":
        days.append(label(f"confidence_{best.confidence}", lang))
    days.append(label("law_of", lang, day=say_day(found.as_of, lang)))
    above = ""
    if opened.above:
        words = label("up_to", lang, citation=opened.above[1])
        above = f'<p class="policy-up">{_opener(opened.above[0], found.as_of, words)}</p>'
    official = (
        f"<h4>{escape(label('official', lang))}</h4>{_law(found.official, best.language)}"
        if found.official
        else f'<p class="policy-footing">{escape(label("not_held", lang))}</p>'
    )
    file = (
        f'<p class="policy-footing policy-file">SHA-256 {escape(held.sha256)}<br>{escape(held.url)}</p>'
        if held and held.sha256
        else ""
    )
    copies = "".join(_copy(text, lang) for text in dict.fromkeys((found.citation, found.bluebook)))
    return (
        f'<div class="policy policy-provision" lang="{lang}">{above}'
        f'<p class="policy-trail">{escape(found.heading)}</p>'
        f"{official}{_restated(found.restated, lang)}{_neighbours(opened, lang)}"
        f'<p class="policy-footing">{escape(" · ".join(days))}</p>'
        f'<h4>{escape(label("citation", lang))}</h4><div class="policy-actions">{copies}'
        f"{_publisher(opened.address, lang)}</div>{file}"
        f'<p class="policy-footing">{escape(say("not_advice", lang))}</p></div>'
    )


def _neighbours(opened: Opened, lang: Lang) -> str:
    """The provision among the paragraphs next to it, itself marked."""
    if opened.above is None or len(opened.around) < 2:
        return ""
    texts = "".join(
        f'<div class="policy-own">{_lines_of(text)}</div>' if own else _lines_of(text) for text, own in opened.around
    )
    title = escape(label("in_its_place", lang, citation=opened.above[1]))
    language = opened.provision.reading.best.language
    return (
        f'<details class="policy-place"><summary>{title}</summary>'
        f'<blockquote lang="{language}">{texts}</blockquote></details>'
    )


def _lines_of(text: str) -> str:
    return "".join(_law_line(line) for line in text.split("\n") if line.strip())
