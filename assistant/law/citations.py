"""Citations read and printed: text to locator and back, by the forms of `corpus/citations.yaml`.

Finding citations in running text and resolving them to a provision that is held are two steps: here is only
the first. A citation that is well formed but of no known instrument is still read; who resolves it says that
there is none.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.instruments import Instrument, load_instruments
from assistant.law.numerals import chinese, from_chinese
from assistant.law.provisions import Locator
from assistant.law.strict_yaml import CorpusFileError

__all__ = ["Citation", "Citator", "NotACitation", "load_citator"]


class NotACitation(ValueError):
    """A text is no citation in any form that is known. `text` is what was given, `examples` are forms that are."""

    def __init__(self, text: str, examples: Sequence[str] = ()) -> None:
        self.text, self.examples = text, tuple(examples)
        hint = f" Write it for example as {'; '.join(examples)}." if examples else ""
        super().__init__(f"{text!r} is not a citation that I can read.{hint}")


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation found in a text: where (code points, end exclusive) and what it points to."""

    start: int
    end: int
    locator: Locator


@dataclass(frozen=True, slots=True)
class _Form:
    id: str
    path: str
    part: str
    printed: str
    bluebook: str
    fields: Mapping[str, str]
    below: str
    read: tuple[str, ...]
    upper: frozenset[str]
    thousands: frozenset[str]
    examples: tuple[tuple[str, Locator], ...]


# How the levels under a section are written. Each style: what it looks like in text, its labels, and its print.

_BRACKETS = r"(?:\s?\((?:[a-zA-Z]{1,5}|\d{1,3})\))*"
_ROW = r"(?:,? ?(?:note|table \d+(?:,? Area ID \d+)?))?"
_ARTICLE_ZH = (
    r"第(?P<{p}zh>[一二三四五六七八九十百千零〇\d]+)条(?:之(?P<{p}zhsub>[一二三四五六七八九十\d]+))?"
    r"(?:第(?P<{p}zhpara>[一二三四五六七八九十\d]+)款)?(?:第?[（(]?(?P<{p}zhitem>[一二三四五六七八九十\d]+)[）)]?项)?"
)
_ARTICLE_EN = (
    r"\bart(?:icle|\.)? ?(?P<{p}en>\d{{1,4}}(?:-\d)?)(?:\((?P<{p}enpara>\d+)\))?"
    r"(?:,? para(?:graph|\.)? ?\(?(?P<{p}enpara2>\d+)\)?)?(?:,? item ?\(?(?P<{p}enitem>\d+)\)?)?"
)
_SECTIONS = r"(?:,? ?(?:§{{1,2}}|sec(?:tion|\.)|s\.) ?(?P<{p}sec>\d{{1,4}}[a-z]?){brackets})?"
_POINTS = r"(?:,? ?(?:point|no\.) ?(?P<{p}point>\d+)|第(?P<{p}zhpoint>[一二三四五六七八九十百\d]+)点)?"


def _brackets(text: str) -> list[str]:
    return re.findall(r"\(\s*(\w+)\s*\)", text)


def _print_bracketed(labels: Sequence[str]) -> str:
    if labels[:1] == ["note"]:
        return ", note"
    if labels and labels[0].startswith("table-"):
        row = f", Area ID {labels[1]}" if len(labels) > 1 else ""
        return f", table {labels[0].removeprefix('table-')}{row}"
    return "".join(f"({label})" for label in labels)


def _read_bracketed(text: str) -> list[str]:
    if re.search(r"note\s*$", text):
        return ["note"]
    if row := re.search(r"table (\d+)(?:,? Area ID (\d+))?\s*$", text):
        return [f"table-{row.group(1)}", *filter(None, [row.group(2)])]
    return _brackets(text)


class Citator:
    """Reads and prints citations of the instruments given. Build one with `load_citator`."""

    def __init__(self, forms: Sequence[_Form], instruments: Sequence[Instrument]) -> None:
        self._forms = tuple(forms)
        self.instruments: Mapping[Locator, Instrument] = {i.id: i for i in instruments}

    # -- instruments

    def instrument(self, locator: str) -> Instrument | None:
        """The instrument that a locator belongs to, or None where it is of none that is known."""
        path = str(locator)
        for form in self._forms:
            if match := self._path_pattern(form).fullmatch(path):
                part = form.part.format_map(_Fields(match.groupdict()))
                if found := self.instruments.get(Locator(part)):
                    return found
                page = self._page(form, match)
                if page:
                    return page
        while path:
            if found := self.instruments.get(Locator(path)):
                return found
            path = path.rpartition("/")[0]
        return None

    def _page(self, form: _Form, match: re.Match[str]) -> Instrument | None:
        if "page" not in form.fields:
            return None
        volume = Locator(match.string.rpartition("/")[0])
        page = int(match["page"])
        for instrument in self.instruments.values():
            if instrument.pages and instrument.pages[0] == volume and page in range(*_closed(instrument.pages)):
                return instrument
        return None

    # -- printing

    def printed(self, locator: str, *, language: str = "en", sole_paragraph: bool = False) -> str:
        """The citation of a locator as the assistant prints it, in English or ("zh") Chinese.

        `sole_paragraph`: the article has one paragraph, which Chinese print leaves out.
        Raises NotACitation where the locator has no known form.
        """
        return self._print(str(locator), language, sole_paragraph, lambda form: form.printed, {})

    def bluebook(self, locator: str, *, year: str) -> str:
        """The citation for a footnote, after the Bluebook's forms for statutes and regulations (B12, T1)."""
        text = self._print(str(locator), "en", False, lambda form: form.bluebook, {"year": year})
        return text if "{year}" not in text else text.replace("{year}", year)

    def _print(
        self, path: str, language: str, sole: bool, template: Callable[[_Form], str], more: Mapping[str, str]
    ) -> str:
        for form in self._forms:
            if match := self._path_pattern(form).fullmatch(path):
                fields = dict(match.groupdict())
                labels = [part for part in (fields.pop("below", None) or "").split("/") if part]
                shown = {k: _shown(form, k, v) for k, v in fields.items() if v is not None}
                below = _print_below(form.below, labels, language, sole)
                return template(form).format_map(_Fields({**shown, "below": below, **more}))
        if path.startswith("user/"):
            return _print_own(path)
        instrument = self.instrument(path)
        if instrument is None:
            raise NotACitation(path)
        labels = [part for part in path.removeprefix(instrument.id).split("/") if part]
        name = instrument.short.get("zh" if language == "zh" else "en", instrument.names.get("en", instrument.id))
        if language == "zh" and "zh" in instrument.names:
            name = f"《{instrument.names['zh']}》"
        return name + _print_below(instrument.below, labels, language, sole)

    def _path_pattern(self, form: _Form) -> re.Pattern[str]:
        return self._path_patterns[form.id]

    @cached_property
    def _path_patterns(self) -> Mapping[str, re.Pattern[str]]:
        return {form.id: _compile_path(form) for form in self._forms}

    # -- reading

    def parse(self, text: str) -> Locator:
        """The locator of a citation that fills the whole of `text`, or of a locator itself.

        Raises NotACitation where `text` is neither.
        """
        stripped = " ".join(text.split()).strip("。.;,，；")
        if self._is_path(stripped):
            return Locator(stripped)
        for citation in self.find(stripped):
            if citation.start == 0 and citation.end == len(stripped):
                return citation.locator
        bare = re.sub(r"\s*\((?:Example \d+)\)$", "", stripped)
        if bare != stripped:
            return self.parse(bare)
        raise NotACitation(text, [form.examples[0][0] for form in self._forms if form.examples])

    def _is_path(self, text: str) -> bool:
        if "/" not in text or " " in text:
            return False
        return any(p.fullmatch(text) for p in self._path_patterns.values()) or self.instrument(text) is not None

    def find(self, text: str, *, loose: bool = False) -> tuple[Citation, ...]:
        """Every citation in `text`, in order, the longest reading where two overlap.

        `loose`: an instrument's name counts however it is written, "the doj rule"; else only as its proper name.

        >>> from corpus import FOLDER
        >>> [c.locator for c in load_citator(FOLDER).find("See 28 CFR 202.205(a) and E.O. 14117, § 2(a)(iii).")]
        ['us/cfr/28/202.205/a', 'us/eo/14117/2/a/iii']
        """
        found = sorted(self._candidates(text, loose), key=lambda c: (c.start, -c.end))
        out: list[Citation] = []
        for citation in found:
            if not out or citation.start >= out[-1].end:
                out.append(citation)
        return tuple(out)

    def _candidates(self, text: str, loose: bool) -> Iterator[Citation]:
        for form, pattern in self._read_patterns:
            for match in pattern.finditer(text):
                if locator := self._locator(form, match):
                    end = match.start() + len(match.group().rstrip())
                    yield Citation(match.start(), end, locator)
        for pattern, below in self._name_patterns:
            for match in pattern.finditer(text):
                citation = self._named(match, below)
                if loose or citation.locator not in self.instruments or self._names_it(match):
                    yield citation

    def _names_it(self, match: re.Match[str]) -> bool:
        """Whether a name without a provision is meant as one: "the Criminal Law" is, "criminal law" is not."""
        name = match["name"] or match["name2"]
        return any(name == known for known in self._exact_names) or not name.isascii()

    @cached_property
    def _exact_names(self) -> frozenset[str]:
        return frozenset(n for i in self.instruments.values() for n in _names(i))

    def _named(self, match: re.Match[str], below: str) -> Citation:
        instrument = self._by_alias[_fold(match["name"] or match["name2"])]
        labels = _read_below(below, match, "a") or _read_below(below, match, "b")
        path = "/".join((instrument.id, *labels))
        return Citation(match.start(), match.start() + len(match.group().rstrip()), Locator(path))

    def _locator(self, form: _Form, match: re.Match[str]) -> Locator | None:
        fields = {k: v for k, v in match.groupdict().items() if v is not None}
        fields = {k: v.replace(",", "") if k in form.thousands else v.lower() if k in form.upper else v
                  for k, v in fields.items()}  # fmt: skip
        if "title" in form.fields and "title" not in fields:
            title = self._title_of_part(fields.get("part", ""))
            if title is None:
                return None
            fields["title"] = title
        labels = _read_below(form.below, match, "a")
        below = "".join(f"/{label}" for label in labels)
        return Locator(form.path.format_map(_Fields({**fields, "below": below})))

    def _title_of_part(self, part: str) -> str | None:
        """The CFR title of a bare section such as § 202.205: that of the one known part with its number."""
        titles = [i.id.split("/")[2] for i in self.instruments.values() if re.fullmatch(rf"us/cfr/\d+/{part}", i.id)]
        return titles[0] if len(titles) == 1 else None

    @cached_property
    def _read_patterns(self) -> tuple[tuple[_Form, re.Pattern[str]], ...]:
        return tuple((form, _compile_reading(form, reading)) for form in self._forms for reading in form.read)

    @cached_property
    def _by_alias(self) -> Mapping[str, Instrument]:
        out: dict[str, Instrument] = {}
        for instrument in self.instruments.values():
            for name in _names(instrument):
                out.setdefault(_fold(name), instrument)
        return out

    @cached_property
    def _name_patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """One pattern for each style below, over the names of all instruments that are cited by name."""
        out = []
        for style in sorted({i.below for i in self.instruments.values()}):
            names = {n for i in self.instruments.values() if i.below == style for n in _names(i)}
            if names:
                out.append((_compile_names(sorted(names, key=len, reverse=True), style), style))
        return tuple(out)


class _Fields(dict[str, str]):
    """Named fields for `str.format_map`; one that is not there stays as it is."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _print_own(path: str) -> str:
    """A user's own document: its name and the passage."""
    _, name, *passage = path.split("/")
    return name + (f", passage {passage[0]}" if passage else "")


def _closed(pages: tuple[Locator, int, int]) -> tuple[int, int]:
    return pages[1], pages[2] + 1


def _shown(form: _Form, name: str, value: str) -> str:
    return value.upper() if name in form.upper else value


def _names(instrument: Instrument) -> set[str]:
    return {n for n in (*instrument.names.values(), *instrument.short.values(), *instrument.aliases) if n}


def _fold(name: str) -> str:
    return re.sub(r"\s+", " ", name.casefold().replace("’", "'")).strip()


def _print_below(style: str, labels: Sequence[str], language: str, sole: bool) -> str:
    labels = list(labels)
    if not labels:
        return ""
    if style == "bracketed":
        return _print_bracketed(labels)
    if style == "sections":
        return f", § {labels[0]}" + _print_bracketed(labels[1:])
    if style == "points":
        return f", point {labels[0]}" if language == "en" else f"第{chinese(int(labels[0]))}点"
    if style == "articles":
        return _print_article_zh(labels, sole) if language == "zh" else _print_article_en(labels)
    return "/" + "/".join(labels)


def _print_article_en(labels: list[str]) -> str:
    if not labels[0][0].isdigit():
        return ", " + ", ".join(label.replace("-", " ") for label in labels)
    names = (" art. {}", ", para. {}", ", item ({})", ", sub-item {}")
    return "".join(name.format(label) for name, label in zip(names, labels, strict=False))


def _print_article_zh(labels: list[str], sole: bool) -> str:
    if not labels[0][0].isdigit():
        return "".join(labels)
    number, _, sub = labels[0].partition("-")
    out = f"第{chinese(int(number))}条" + (f"之{chinese(int(sub))}" if sub else "")
    if len(labels) > 1 and not (sole and labels[1] == "1"):
        out += f"第{chinese(int(labels[1]))}款"
    if len(labels) > 2:
        out += f"第（{chinese(int(labels[2]))}）项"
    return out + "".join(f"第{label}目" for label in labels[3:])


def _below_pattern(style: str, prefix: str) -> str:
    if style == "bracketed":
        return f"(?P<{prefix}brackets>{_BRACKETS}{_ROW})"
    if style == "sections":
        return _SECTIONS.format(p=prefix, brackets=f"(?P<{prefix}brackets>{_BRACKETS})")
    if style == "articles":
        en, zh = _ARTICLE_EN.format(p=prefix), _ARTICLE_ZH.format(p=prefix)
        return rf"(?:,? ?(?:{en})|[》」]? ?(?:{zh}))?"
    if style == "points":
        return _POINTS.format(p=prefix)
    return ""


def _read_below(style: str, match: re.Match[str], prefix: str) -> list[str]:
    groups = {k.removeprefix(prefix): v for k, v in match.groupdict().items() if v and k.startswith(prefix)}
    if style == "bracketed":
        return _read_bracketed(groups.get("brackets", ""))
    if style == "sections":
        section = groups.get("sec") or groups.get("leadsec")
        return [section, *_brackets(groups.get("brackets", "") or groups.get("leadbrackets", ""))] if section else []
    if style == "points":
        if "zhpoint" in groups:
            return [_digits(groups["zhpoint"])]
        return [groups["point"]] if "point" in groups else []
    if style == "articles":
        return _read_article(groups)
    return []


def _read_article(groups: Mapping[str, str]) -> list[str]:
    """Article, paragraph, item. Where an item is cited without its paragraph, that is the first and only one."""
    if "en" in groups:
        para, item = groups.get("enpara") or groups.get("enpara2"), groups.get("enitem")
        number: str = groups["en"]
    elif "zh" in groups:
        sub = groups.get("zhsub")
        number = _digits(groups["zh"]) + (f"-{_digits(sub)}" if sub else "")
        para, item = (_digits(v) if (v := groups.get(k)) else None for k in ("zhpara", "zhitem"))
    else:
        return []
    if item:
        return [number, para or "1", item]
    return [number, para] if para else [number]


def _digits(text: str) -> str:
    return text if text.isdigit() else str(from_chinese(text))


def _compile_path(form: _Form) -> re.Pattern[str]:
    pattern = re.escape(form.path).replace(r"\{", "{").replace(r"\}", "}")
    pattern = pattern.replace("{below}", r"(?P<below>(?:/[\w.-]+)*)" if form.below != "none" else "")
    for name, field in form.fields.items():
        pattern = pattern.replace("{" + name + "}", f"(?P<{name}>{field})", 1)
    return re.compile(pattern)


def _compile_reading(form: _Form, reading: str) -> re.Pattern[str]:
    pattern = reading.replace("{below}", _below_pattern(form.below, "a"))
    leading = r"(?:§{1,2}|\bsec(?:tion|\.)) ?(?P<aleadsec>\d{1,4}[a-z]?)(?P<aleadbrackets>" + _BRACKETS + ")"
    pattern = pattern.replace("{leading}", leading)
    for name, field in form.fields.items():
        shape = r"\d{1,3}(?:,\d{3})+|" + field if name in form.thousands else field
        pattern = pattern.replace("{" + name + "}", f"(?P<{name}>{shape})", 1)
    edge = r"(?<![\w.])" if reading[0] in "{(" and not reading.startswith("(?<") else ""
    return re.compile(edge + pattern.replace(" ", r"\s"), re.IGNORECASE)


def _compile_names(names: Sequence[str], style: str) -> re.Pattern[str]:
    alternatives = "|".join(_name_pattern(name) for name in names)
    pattern = rf"《?(?:中华人民共和国)?(?P<name>{alternatives})》?{_below_pattern(style, 'a')}"
    if style == "articles":
        leading = _ARTICLE_EN.format(p="b")
        pattern = rf"(?:{pattern}|{leading},? of (?:the )?(?P<name2>{alternatives}))"
    else:
        pattern = f"{pattern}(?P<name2>(?!))?"
    return re.compile(pattern.replace(" ", r"\s"), re.IGNORECASE)


def _name_pattern(name: str) -> str:
    pattern = re.escape(name).replace(r"\ ", " ").replace("'", "['’]")
    start = r"(?<![A-Za-z0-9])" if name[0].isascii() and name[0].isalnum() else ""
    end = r"(?![A-Za-z0-9])" if name[-1].isascii() and name[-1].isalnum() else ""
    return start + pattern + end


def load_citator(corpus: Path) -> Citator:
    """The citator over `citations.yaml` and `sources.yaml` in the folder `corpus`.

    Raises CorpusFileError where either cannot be used.
    """
    return Citator(_load_forms(corpus / "citations.yaml"), load_instruments(corpus / "sources.yaml"))


def _load_forms(path: Path) -> tuple[_Form, ...]:
    document: Any = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    try:
        return tuple(
            _Form(
                id=entry["id"],
                path=entry["path"],
                part=entry.get("part", entry["path"].replace("{below}", "")),
                printed=entry["printed"],
                bluebook=entry["bluebook"],
                fields=entry["fields"],
                below=entry["below"],
                read=(_printed_reading(entry["printed"]), *entry["read"]),
                upper=frozenset(entry.get("upper", ())),
                thousands=frozenset(entry.get("thousands", ())),
                examples=tuple((text, Locator(locator)) for text, locator in entry["examples"]),
            )
            for entry in document["forms"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusFileError(path, None, f"a form is incomplete: {error}") from None


def _printed_reading(printed: str) -> str:
    """The printed form as a reading, so that what is printed can always be read."""
    return re.sub(r"([.()§])", r"\\\1", printed)
