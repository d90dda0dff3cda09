"""The figures in a sentence: numbers, percentages and dates, in digits, English words or Chinese numerals.

Two sentences that say the same amount differently give the same figure: "1,000", "one thousand" and 一千;
"50%", "50 percent" and 百分之五十; "October 6, 2025", "6 October 2025" and 2025年10月6日. The labels of
provisions ("§ 202.205(a)", "Example 9", 第二十八条) are not figures: pass the spans of citations as `skip`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.law.numerals import from_chinese

__all__ = ["Figure", "figures"]

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {w: value for value, w in enumerate(_SMALL)} | {w: 10 * place for place, w in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_HAN_SCALES = {"千": 1000, "万": 10_000, "亿": 100_000_000}
_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "(?P<month>" + "|".join(rf"{name[:3]}(?:{name[3:]})?\.?" for name in _MONTHS) + ")"
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))

_DATES = (
    re.compile(rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})\b", re.IGNORECASE),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH},? (?P<year>\d{{4}})\b", re.IGNORECASE),
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
    re.compile(r"(?P<year>\d{4}) ?年 ?(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2}) ?日"),
)
_LABELS = re.compile(
    r"§{1,2} ?\d+[a-z]?(?:\.\d+)?(?!\d)"
    r"|\bExamples? \d+(?:(?:,| and| or| to|–|-) ?\d+)*"
    r"|\b(?:paragraphs?|subparts?|sections?|articles?|arts?\.|item|point|para\.|parts?|title|chapter|annex|No\.|Nos\.)"
    r"\s\(?[\dA-Z][\w.]*\)?"
    r"|\b(?:Order|table|Area ID)\s\d[\w.]*"
    r"|\((?:\d{1,2}|[a-z]{1,4}|[A-Z])\)"
    r"|第[一二三四五六七八九十百千零〇\d]+[编章节条款项号届]|[（(][一二三四五六七八九十]+[）)]",
)
_DIGITS = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<sign>[-−])?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<scale>\s?(?:thousand|million|billion|[千万亿])(?![a-z]))?"
    r"(?P<percent>\s?(?:%|％|per\s?cent\b))?",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(
    rf"\b(?:{_WORD})(?:(?:-|\s(?:and\s)?)(?:{_WORD}))*\b(?P<percent>\s?per\s?cent\b)?", re.IGNORECASE
)
_ADVERBS = {"twice": 2, "thrice": 3}
_HAN_PERCENT = re.compile(r"百分之(?P<number>[一二三四五六七八九十百零〇两\d.]+)")
_HAN_UNIT = "个|人|例|年|月|日|天|倍|元|份|代|次|家|名|周|小时|岁|余|多|以上|以下|项"
_HAN = re.compile(rf"(?P<number>[一二三四五六七八九十百千万亿零〇两]+)(?=[ ]?(?:{_HAN_UNIT}))")


@dataclass(frozen=True, slots=True, order=True)
class Figure:
    """One amount or day: `value` is a plain decimal number, or a day as 2025-10-06."""

    kind: Literal["number", "percent", "date"]
    value: str

    def __str__(self) -> str:
        return f"{self.value}%" if self.kind == "percent" else self.value


def figures(text: str, *, skip: Iterable[tuple[int, int]] = (), ones: bool = True) -> frozenset[Figure]:
    """The figures of `text`. `skip`: spans (code points) that are not read, such as citations.

    `ones`: whether the word "one" (and 一) counts; it is mostly an article, so it counts on the side that is
    compared with and not on the side that makes the claim.

    >>> sorted(map(str, figures("more than 1,000 U.S. persons, fifty percent, by October 6, 2025")))
    ['1000', '2025-10-06', '50%']
    """
    blank = list(text)
    for start, end in skip:
        blank[start:end] = " " * (end - start)
    out: set[Figure] = set()
    rest = "".join(blank)
    for pattern in _DATES:
        rest = pattern.sub(lambda match: _keep_date(match, out), rest)
    rest = _LABELS.sub(" ", rest)
    rest = _HAN_PERCENT.sub(lambda match: _keep(out, "percent", _han(match["number"])), rest)
    rest = _DIGITS.sub(lambda match: _keep_digits(match, out), rest)
    rest = _IN_WORDS.sub(lambda match: _keep_words(match, out, ones), rest)
    for word, value in _ADVERBS.items():
        if re.search(rf"\b{word}\b", rest, re.IGNORECASE):
            _keep(out, "number", Decimal(value))
    for match in _HAN.finditer(rest):
        amount = _han(match["number"])
        if amount is not None and (ones or amount != 1):
            _keep(out, "number", amount)
    return frozenset(out)


def _keep(out: set[Figure], kind: Literal["number", "percent", "date"], value: Decimal | None) -> str:
    if value is not None:
        out.add(Figure(kind, f"{value.normalize():f}"))
    return " "


def _keep_date(match: re.Match[str], out: set[Figure]) -> str:
    month = match["month"]
    number = int(month) if month.isdigit() else 1 + [name[:3] for name in _MONTHS].index(month[:3].lower())
    out.add(Figure("date", f"{match['year']}-{number:02d}-{int(match['day']):02d}"))
    return " "


def _keep_digits(match: re.Match[str], out: set[Figure]) -> str:
    value = Decimal(match["number"].replace(",", ""))
    scale = (match["scale"] or "").strip().lower()
    value *= _SCALES.get(scale, _HAN_SCALES.get(scale, 1))
    if match["sign"] and match["percent"] is None and match["scale"] is None and match["sign"] == "−":
        value = -value
    return _keep(out, "percent" if match["percent"] else "number", value)


def _keep_words(match: re.Match[str], out: set[Figure], ones: bool) -> str:
    words = [word for word in re.split(r"[\s-]+", match.group().lower()) if word in _WORDS or word in _SCALES]
    total, group = 0, 0
    for word in words:
        if word in _WORDS:
            group += _WORDS[word]
        elif word == "hundred":
            group = (group or 1) * 100
        else:
            total, group = total + (group or 1) * _SCALES[word], 0
    value = total + group
    if words == ["one"] and not ones:
        return " "
    return _keep(out, "percent" if match["percent"] else "number", Decimal(value))


def _han(text: str) -> Decimal | None:
    if re.fullmatch(r"[\d.]+", text):
        return Decimal(text)
    value = from_chinese(text)
    return None if value is None else Decimal(value)
