"""Chinese statutes, as plain text or Markdown: 编 章 节 条 款 项 目, and decisions in numbered items (一、（一）1.).

An article (条) holds unnumbered paragraphs (款), counted by position; a paragraph may hold items （一）, an
item subitems 1. Every article has its 款 below it, also when there is only one, and no words of its own.
A paragraph after a list of items is the next 款, unless the list goes on after it: then it belongs to the
item before it. A document without articles (a decision) has numbered items, whose unnumbered lines belong to
the item that is open. An annex is `.../annex-1`, with its items below it.
Sources followed: 立法法 (2023), art. 65, on 编、章、节、条、款、项、目 and their numbering; for decisions
GB/T 9704-2012, 7.3.3.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.law.numerals import chinese, from_chinese
from assistant.law.provisions import Kind, Locator, Provision
from ingest.parsed import ParsedText, UnreadableText

__all__ = ["is_chinese_statute", "parse_chinese_statute"]

_HAN = "零〇○一二三四五六七八九十百千"
_ANY = _HAN + "0-9０-９"
_ARTICLE = re.compile(rf"(第([{_ANY}]+)条(?:之([{_HAN}]+))?)(.*)", re.S)
_REFERENCE = re.compile(
    rf"\s*(?:第[{_ANY}]+[款项]|[、，；。：]|(?:至|和|与|及|以及|或|或者)第[{_ANY}]+条|(?:的|之)?规定(?:的|，|，)"
    r"|的规定|中的|所[列称]|(?:修)?改为)"
)
"""What follows "第七条" where it is mentioned and not opened: no article begins so."""
_DIVISION = re.compile(rf"(第([{_ANY}]+)(分?编|章|节))(?:\s+(.*)|(.*))")
_UNITS = {"编": "part", "分编": "subpart", "章": "chapter", "节": "section"}
_LISTS = {
    "一、": re.compile(rf"([{_HAN}]+)、(?![{_HAN}])"),
    "（一）": re.compile(rf"[（(]([{_HAN}]+)[）)](?!、|[至和][（(]|项(?:[、，]|所列|规定|至第|和第))"),
    "1.": re.compile(r"([0-9０-９]{1,3})(?:[.．](?![0-9０-９])|、)"),
    "（1）": re.compile(r"[（(]([0-9０-９]{1,3})[）)]"),
}
_ANNEX = re.compile(rf"(附([件录表])\s*([{_ANY}]*))(?:[：:]\s*|\s+|$)(.*)")
_ANNEX_LIST = re.compile(r"附件?[：:]\s*\S")
_ANNEXES = {"件": "annex", "录": "appendix", "表": "schedule"}
_CONTENTS = re.compile(r"目\s*录")
_PREAMBLE_HEAD = re.compile(r"[序前]\s*言")
_SUPPLEMENTARY = re.compile(r"附\s*则")
_DATE = r"[0-9０-９〇零一二三四五六七八九十]{4}年.{1,3}月.{1,3}日"
_PROMULGATION = re.compile(
    rf"{_DATE}$|.*{_DATE}.*(?:通过|公布|发布|颁布|修订|修正|修改|批准|印发|施行|会议)|.*令$|.*令第?\S{{1,12}}号|第\S{{1,8}}号$"
    r"|(?:\S{0,14}部\s*长|总\s*理|主\s*席|\S{0,14}主\s*任|\S{0,14}局\s*长)\s+\S.{0,8}$"
)
_CLOSING = re.compile(r"本(?:决定|通知|公告|规定|办法)自|此外，")
_PAGE_FOOT = re.compile(rf"（此件|责任编辑|来源[：:]|[【\[]|扫一扫|{_DATE}$")
_GAP = re.compile(r"[〔［\[【（(]\s*MISSING\b[^〕］\]】）)]*[〕］\]】）)]")
_STOPS = tuple("。；：！？.;:!?")
_ENDED = (*_STOPS, *"”’）》〕)")


@dataclass(frozen=True, slots=True)
class _Line:
    """`number`: in the file, from 1. `level`: of a Markdown heading, else 0."""

    words: str
    number: int
    indented: bool
    after_blank: bool
    level: int = 0

    @property
    def starts(self) -> bool:
        """Whether its place on the page says that a paragraph begins."""
        return self.indented or self.after_blank or self.level > 0


@dataclass(frozen=True, slots=True)
class _Label:
    """A list label: its style (a key of `_LISTS`), its number, as printed, and the words behind it."""

    style: str
    number: int
    printed: str
    rest: str


@dataclass(frozen=True, slots=True)
class _Article:
    """The opening of an article: its number, 之 number or 0, label as printed, words on the same line."""

    number: int
    added: int
    label: str
    rest: str

    @property
    def path(self) -> str:
        return f"{self.number}-{self.added}" if self.added else str(self.number)

    def follows(self, earlier: "_Article") -> bool:
        if self.added:
            return (self.number, self.added) == (earlier.number, earlier.added + 1)
        return self.number == earlier.number + 1


@dataclass(frozen=True, slots=True)
class _Division:
    """A heading of a 编, 章 or 节. `unit`: its word in a path."""

    unit: str
    number: int
    label: str
    heading: str

    @property
    def path(self) -> str:
        return f"{self.unit}-{self.number}" if self.number else self.unit

    @property
    def words(self) -> str:
        return f"{self.label} {self.heading}".strip()


_OpenLists = tuple[tuple[str, int], ...]
"""The lists that are open, outermost first: the style of each, and the number it has reached."""
_RANKS = ("supplementary-provisions", *_UNITS.values())


def is_chinese_statute(head: bytes | str) -> bool:
    """Whether a file that begins with `head` (some kilobytes, UTF-8) reads as a Chinese statute or decision.

    A statute opens an article or a chapter on a line of its own; a decision says so in its first line and has
    numbered items.
    """
    text = head if isinstance(head, str) else head.decode("utf-8", errors="ignore")
    if re.match(r"\s*(?:<\?xml|<!doctype|<html)", text, re.I):
        return False
    lines = _lines(text)
    if any(_article(line.words) or (line.level and _division(line.words)) for line in lines):
        return True
    titled = bool(lines) and re.search(r"决定|决议|修正案", lines[0].words) is not None
    return titled and any(_label(line.words) for line in lines[1:])


def parse_chinese_statute(text: str, base: Locator) -> ParsedText:
    """Every provision of one Chinese statute or decision, below the path `base`.

    `base` itself is the instrument: its title, its preamble, and for a decision the sentences that are in no item.
    `notes["promulgation"]`: the lines on adoption and amendment. HTML comments and tables of contents are dropped;
    a second text in the same file, page furniture and words marked as missing are named in `left_out`.
    Raises UnreadableText where no article and no item is found, or numbers of articles, chapters or items jump or
    repeat, so that nothing is ever cited by a wrong number.
    """
    lines, left_out = _one_text(_lines(text))
    first = next((i for i, line in enumerate(lines) if _article(line.words) or _label(line.words)), None)
    if first is None:
        raise UnreadableText("the whole file", "no article (第…条) and no numbered item in it")
    is_statute = _article(lines[first].words) is not None
    lines, dropped = _without_contents(lines, first)
    start = next(i for i, line in enumerate(lines) if _opens(line, is_statute))
    title, promulgation, own = _front(lines[:start])
    lines, foot = _without_foot(lines[start:])
    body, annexes, listed = _annexes(lines)
    if annexes:
        body, date = _without_foot(body)
        foot = [*date, *foot]
    trail = (title,) if title else ()
    if is_statute:
        provisions, unplaced = _statute(body, base, trail)
    else:
        closing, provisions = _items(body, base, trail, "section")
        own, unplaced = own + closing, []
    for annex in annexes:
        provisions += _annex(annex, base, trail)
    whole = Provision(base, "instrument", "\n\n".join([*own, *listed]), heading=title)
    numbered = tuple(replace(p, order=i, language="zh") for i, p in enumerate([whole, *provisions]))
    left_out += [*dropped, *unplaced, *foot, *_doubts(body)]
    left_out += [f"{p.locator}: words are missing in the file: {p.text}" for p in numbered if _GAP.search(p.text)]
    notes = {"promulgation": "\n".join(promulgation)} if promulgation else {}
    return ParsedText(title, numbered, notes, tuple(left_out))


def _lines(text: str) -> list[_Line]:
    """The lines that hold words, comments and markup dropped, broken at <br>."""
    text = re.sub(r"<!--.*?-->", lambda comment: "\n" * comment.group().count("\n"), text, flags=re.S)
    text = re.sub(r"[\ufeff\u200b]|\*\*", "", text)
    out: list[_Line] = []
    blank = True
    for number, row in enumerate(re.split(r"\r\n|[\n\r\u2028]", text), 1):
        for piece in re.split(r"<br\s*/?>", row, flags=re.I):
            words = piece.strip().lstrip("#").strip()
            if words:
                level = len(piece.strip()) - len(piece.strip().lstrip("#"))
                out.append(_Line(words, number, piece[0].isspace(), blank, level))
            blank = not words
    return out


def _number(numeral: str) -> int:
    return int(numeral) if numeral.isdecimal() else from_chinese(numeral) or 0


def _article(words: str) -> _Article | None:
    """The article that a line opens, or None where it opens none or only mentions one."""
    match = _ARTICLE.match(words)
    if not match or _REFERENCE.match(match.group(4)):
        return None
    added = _number(match.group(3)) if match.group(3) else 0
    return _Article(_number(match.group(2)), added, match.group(1), match.group(4).strip())


def _division(words: str) -> _Division | None:
    """The 编, 章 or 节 that a line heads, or None where it is a sentence."""
    if _SUPPLEMENTARY.fullmatch(words):
        return _Division(_RANKS[0], 0, "", _closed_up(words))
    match = _DIVISION.fullmatch(words)
    if not match or len(words) > 60 or words.endswith((*_STOPS, "，", "、")):
        return None
    heading = _closed_up(match.group(4) or match.group(5) or "")
    return _Division(_UNITS[match.group(3)], _number(match.group(2)), match.group(1), heading)


def _closed_up(heading: str) -> str:
    """A heading without the space that spreads two characters over a line ("总　则")."""
    return re.sub(r"^(\S)\s+(\S)$", r"\1\2", heading)


def _label(words: str) -> _Label | None:
    """The list label that a line begins with, or None."""
    for style, pattern in _LISTS.items():
        if match := pattern.match(words):
            return _Label(style, _number(match.group(1)), match.group().strip(), words[match.end() :].strip())
    return None


def _opens(line: _Line, is_statute: bool) -> bool:
    if is_statute:
        return (_article(line.words) or _division(line.words)) is not None
    return _label(line.words) is not None


def _said(line: _Line, why: str) -> str:
    return f"line {line.number} ({why}): {line.words}"


def _one_text(lines: list[_Line]) -> tuple[list[_Line], list[str]]:
    """The lines of the first text, and what a second one, under a title of its own, leaves out."""
    begun = False
    for place, line in enumerate(lines):
        structural = _article(line.words) or _division(line.words) or _label(line.words)
        if line.level == 1 and begun and not structural and not _annex_head(line.words):
            return lines[:place], [_said(other, "another text in the same file") for other in lines[place:]]
        begun = begun or structural is not None
    return lines, []


def _without_contents(lines: list[_Line], first: int) -> tuple[list[_Line], list[str]]:
    """The lines without a table of contents before place `first`, and what stood in it that is no heading."""
    heads = [(i, found.path) for i, line in enumerate(lines[:first]) if (found := _division(line.words))]
    marks = [i for i, line in enumerate(lines[:first]) if _CONTENTS.fullmatch(line.words)]
    if not heads or (len({path for _, path in heads}) == len(heads) and not marks):
        return lines, []
    start = min([heads[0][0], *marks])
    again = [i for i, path in heads[1:] if path == heads[0][1]]
    end = again[0] if again else heads[-1][0] + 1
    odd = [line for line in lines[start:end] if not _division(line.words) and not _CONTENTS.fullmatch(line.words)]
    return lines[:start] + lines[end:], [_said(line, "in the table of contents") for line in odd]


def _front(lines: Sequence[_Line]) -> tuple[str, list[str], list[str]]:
    """The title, the promulgation lines and the preamble, from what stands before the body."""
    candidates = [i for i, line in enumerate(lines) if _could_be_title(line.words)]
    titles = [i for i, line in enumerate(lines) if line.level == 1][:1] or candidates[-1:]
    titles = [i for i in candidates if titles and _same_title(lines, i, titles[0])] or titles
    promulgation: list[str] = []
    preamble: list[str] = []
    for place, line in enumerate(lines):
        if place not in titles:
            formal = _PROMULGATION.match(line.words) or (place in candidates and line.level == 0)
            (promulgation if formal else preamble).append(line.words)
    return "".join(lines[i].words for i in titles), promulgation, preamble


def _same_title(lines: Sequence[_Line], place: int, title: int) -> bool:
    """Whether the line at `place` is the title's, or a part of it that the page sets apart."""
    on_its_line = lines[place].number == lines[title].number
    return on_its_line or (place == title - 1 and lines[place].words == "中华人民共和国")


def _could_be_title(words: str) -> bool:
    plain = len(words) <= 60 and not words.endswith((*_STOPS, "，")) and not words.startswith(("（", "("))
    return plain and not _PROMULGATION.match(words) and not _PREAMBLE_HEAD.fullmatch(words)


def _annexes(lines: list[_Line]) -> tuple[list[_Line], list[list[_Line]], list[str]]:
    """The body, the annexes, and the sentence that lists the annexes.

    An annex number that comes twice stands first in the list and then over the annex.
    """
    heads = [(i, _annex_path(match)) for i, line in enumerate(lines) if (match := _annex_head(line.words))]
    starts = sorted({path: i for i, path in heads}.values())
    end = starts[0] if starts else len(lines)
    listings = [i for i, line in enumerate(lines[:end]) if _annex_head(line.words) or _ANNEX_LIST.match(line.words)]
    body = lines[: listings[0]] if listings else lines[:end]
    annexes = [lines[i:j] for i, j in pairwise([*starts, len(lines)])]
    return body, annexes, [line.words for line in lines[len(body) : end]]


def _annex_head(words: str) -> re.Match[str] | None:
    return None if _ANNEX_LIST.match(words) or words.endswith(_STOPS) else _ANNEX.fullmatch(words)


def _annex_path(head: re.Match[str]) -> str:
    """ "annex-2" for 附件2, "schedule-1" for 附表."""
    _, kind, numeral, _ = head.groups()
    return f"{_ANNEXES[kind]}-{_number(numeral) if numeral else 1}"


def _without_foot(lines: list[_Line]) -> tuple[list[_Line], list[str]]:
    """The lines without the date and page furniture that close them."""
    end = len(lines)
    while end and _PAGE_FOOT.match(lines[end - 1].words):
        end -= 1
    return lines[:end], [_said(line, "after the end of the text") for line in lines[end:]]


def _doubts(lines: Sequence[_Line]) -> list[str]:
    """Lines that may go on with the paragraph before them, in a text that indents its paragraphs."""
    indents = any(line.indented for line in lines if _article(line.words) or _label(line.words))
    return [
        _said(line, "begins without indent after a full stop: read as a new paragraph")
        for before, line in pairwise(lines)
        if indents and not line.starts and before.words.endswith(_ENDED)
        if not (_article(line.words) or _division(line.words) or _label(line.words))
    ]


def _statute(lines: list[_Line], base: Locator, trail: tuple[str, ...]) -> tuple[list[Provision], list[str]]:
    """Divisions, articles and what is below them; and the lines that stand under no article."""
    heads = [i for i, line in enumerate(lines) if _opens(line, is_statute=True)]
    out: list[Provision] = []
    unplaced: list[str] = []
    divisions: list[_Division] = []
    earlier: _Article | None = None
    for start, end in pairwise([*heads, len(lines)]):
        head, below = lines[start], [line for line in lines[start + 1 : end] if not line.level]
        unplaced += [_said(line, "a heading of no division") for line in lines[start + 1 : end] if line.level]
        above = (*trail, *(d.words for d in _open(divisions)))
        if (article := _article(head.words)) is not None:
            _check_article(article, earlier, trail)
            earlier = article
            first = [replace(head, words=article.rest)] if article.rest else []
            out += _article_provisions(article, [*first, *below], base, above)
        elif (division := _division(head.words)) is not None:
            if not division.heading and below and not below[0].words.endswith(_STOPS):
                division = replace(division, heading=_closed_up(below.pop(0).words))
            _check_division(division, divisions)
            divisions.append(division)
            out.append(_division_provision(_open(divisions), base, trail))
            unplaced += [_said(line, "under a heading, in no article") for line in below]
    return out, unplaced


def _rank(division: _Division) -> int:
    return _RANKS.index(division.unit)


def _open(divisions: Sequence[_Division]) -> tuple[_Division, ...]:
    """Of the divisions read so far, those that are open, outermost first."""
    out: list[_Division] = []
    for division in divisions:
        out = [*(other for other in out if _rank(other) < _rank(division)), division]
    return tuple(out)


def _division_provision(divisions: tuple[_Division, ...], base: Locator, trail: tuple[str, ...]) -> Provision:
    *above, own = divisions
    path = Locator("/".join([base, *(d.path for d in divisions)]))
    return Provision(
        path, "division", "", label=own.label, heading=own.heading, trail=(*trail, *(d.words for d in above))
    )


def _check_division(division: _Division, seen: Sequence[_Division]) -> None:
    """Raises UnreadableText where a heading neither follows the last of its unit nor begins anew under a higher one."""
    since: list[_Division] = []
    for other in reversed(seen):
        if other.unit == division.unit:
            restarted = division.number == 1 and any(_rank(d) < _rank(division) for d in since)
            if division.number == other.number + 1 or restarted:
                return
            raise UnreadableText(
                division.words, f"comes after {other.words}: a heading is missing, repeated or misnumbered"
            )
        since.append(other)
    if division.number > 1:
        raise UnreadableText(division.words, "is the first of its kind: the headings before it are missing")


def _check_article(article: _Article, earlier: _Article | None, trail: tuple[str, ...]) -> None:
    """Raises UnreadableText where an article is not the next one. An excerpt may begin where its title says."""
    if earlier is None:
        if (article.number, article.added) != (1, 0) and article.label not in "".join(trail):
            raise UnreadableText(article.label, "is the first article of the file: the articles before it are missing")
    elif not article.follows(earlier):
        raise UnreadableText(
            article.label, f"comes after {earlier.label}: an article is missing, repeated or misnumbered"
        )


def _article_provisions(
    article: _Article, lines: list[_Line], base: Locator, trail: tuple[str, ...]
) -> list[Provision]:
    """The article, its 款, their 项 and 目. `lines`: all its words, without its own label."""
    words = _paragraphs(lines)
    labels = [_label(line) for line in words]
    texts: dict[tuple[int, ...], list[str]] = {}
    printed: dict[tuple[int, ...], str] = {}
    open_lists: _OpenLists = ()
    count = 0
    for place, (line, label) in enumerate(zip(words, labels, strict=True)):
        if label is None:
            following = next((later for later in labels[place + 1 :] if later), None)
            goes_on = following is not None and following.number > 1 and _next_in(open_lists, following) is not None
            if not goes_on and not (open_lists and texts[(count, *_numbers(open_lists))] == [""]):
                count, open_lists = count + 1, ()
            texts.setdefault((count, *_numbers(open_lists)), []).append(line)
            continue
        open_lists = _placed(open_lists, label, article.label)
        count = count or 1
        texts.setdefault((count,), [])
        path = (count, *_numbers(open_lists))
        texts[path], printed[path] = [label.rest], label.printed
    if not words:
        raise UnreadableText(article.label, "has no words")
    if count > 1:
        printed |= {(number,): f"第{chinese(number)}款" for number in range(1, count + 1)}
    own = Locator(f"{base}/{article.path}")
    return [
        Provision(own, "section", "", label=article.label, trail=trail),
        *_below(own, texts, printed, trail, "paragraph"),
    ]


def _items(lines: list[_Line], base: Locator, trail: tuple[str, ...], kind: Kind) -> tuple[list[str], list[Provision]]:
    """The lines that are in no numbered item, and the items of a decision or an annex. `kind`: of the outermost."""
    own: list[str] = []
    texts: dict[tuple[int, ...], list[str]] = {}
    printed: dict[tuple[int, ...], str] = {}
    open_lists: _OpenLists = ()
    closed = True
    for line in _paragraphs(lines):
        article, label = _article(line), _label(line)
        if article is not None and article.number == 1:
            raise UnreadableText(
                article.label, "an article in a text of numbered items: make two files of the two texts"
            )
        if label is None:
            closed = closed or _CLOSING.match(line) is not None
            (own if closed else texts[_numbers(open_lists)]).append(line)
            continue
        open_lists = _placed(open_lists, label, trail[-1] if trail else base)
        path = _numbers(open_lists)
        texts[path], printed[path], closed = [label.rest], label.printed, False
    return own, _below(base, texts, printed, trail, kind)


def _annex(lines: list[_Line], base: Locator, trail: tuple[str, ...]) -> list[Provision]:
    """The annex, heading and words in no item, and its items."""
    match = _ANNEX.fullmatch(lines[0].words)
    assert match is not None
    label, _, _, heading = match.groups()
    below = lines[1:]
    if not heading and below and _could_be_title(below[0].words) and not _label(below[0].words):
        heading, below = below[0].words, below[1:]
    own = Locator(f"{base}/{_annex_path(match)}")
    words, items = _items(below, own, (*trail, f"{label} {heading}".strip()), "paragraph")
    return [Provision(own, "section", "\n\n".join(words), label=label, heading=heading, trail=trail), *items]


def _paragraphs(lines: Sequence[_Line]) -> list[str]:
    """The paragraphs of some lines: a line that begins none goes on where the line before it broke off."""
    out: list[str] = []
    for line in lines:
        opens = line.starts or (_article(line.words) or _label(line.words)) is not None
        if out and not opens and not out[-1].endswith(_ENDED):
            out[-1] += line.words
        else:
            out.append(line.words)
    return out


def _numbers(lists: _OpenLists) -> tuple[int, ...]:
    return tuple(number for _, number in lists)


def _next_in(open_lists: _OpenLists, label: _Label) -> _OpenLists | None:
    """The open lists once `label` is read: it goes on with one of them, or begins one; None where it does neither."""
    for depth, (style, number) in enumerate(open_lists):
        if style == label.style:
            return (*open_lists[:depth], (style, label.number)) if label.number == number + 1 else None
    return (*open_lists, (label.style, 1)) if label.number == 1 else None


def _placed(open_lists: _OpenLists, label: _Label, where: str) -> _OpenLists:
    """`_next_in`, raising UnreadableText where the label is at no place."""
    if (found := _next_in(open_lists, label)) is None:
        raise UnreadableText(where, f"{label.printed} is not the next of its list: an item is missing or misnumbered")
    return found


def _below(
    base: Locator,
    texts: dict[tuple[int, ...], list[str]],
    printed: dict[tuple[int, ...], str],
    trail: tuple[str, ...],
    kind: Kind,
) -> list[Provision]:
    """A provision for each path of `texts`, in order. `kind`: of the outermost."""
    return [
        Provision(
            Locator("/".join([base, *map(str, path)])),
            kind if len(path) == 1 else "paragraph",
            "\n\n".join(filter(None, words)),
            label=printed.get(path, ""),
            trail=trail,
        )
        for path, words in texts.items()
    ]
