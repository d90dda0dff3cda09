"""The terms that a text is indexed and searched by: English stems, Chinese character bigrams, section numbers.

One analysis for texts and questions, and ours entirely: the index splits at blanks and does nothing else.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

__all__ = ["STOP_WORDS", "terms"]

STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are arent as at be because been before being below
    between both but by can cannot cant could couldnt did didnt do does doesnt doing dont down during each eg etc
    few for from further had hadnt has hasnt have havent having he her here hers herself him himself his how i ie
    if im in into is isnt it its itself ive me more most mustnt my myself no nor not of off on once only or other
    ought our ours ourselves out over own same shall shant she should shouldnt so some such than that thats the
    their theirs them themselves then there these they theyre this those through to too under until up upon very
    was wasnt we were werent what when where whether which while who whom whose why will with wont would wouldnt
    you your yours yourself yourselves
    """.split()
)
"""English words that say nothing of the subject; "us" is not among them, for "U.S." becomes it."""

_APOSTROPHES = dict.fromkeys(map(ord, "`´‘’‛ʼʹ′＇｀"), "'")  # before NFKC, which makes a blank of "´"
_HAN = re.compile("([々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)")
_TOKEN = re.compile(
    r"""
      (?P<label> \((?:[a-z]|([a-z])\2|[ivxl]+|\d\d?)\) )                       # (a), (aa), (iv), (2): outline labels
    | (?P<section> \d+(?:\.\d+)+[a-z]? | \d+[a-z]? (?=\([a-z0-9]) )             # 202.205, or 1705 before "(b)"
      (?P<path> (?:\((?:[a-z]{1,2}|[ivxl]+|\d\d?)\))* )                        # (a)(1)
    | (?P<number> \d{1,3}(?:,\d{3})+(?!\d) )                                   # 100,000
    | (?P<identifier> \b(?:[a-z]+-)*(?:[a-z]*\d[a-z0-9]*-[a-z0-9-]*[a-z0-9]|(?<=-)\d+)\b )  # not-od-25-083, covid-19
    | (?P<initials> (?<!\w)(?:[a-z]\.)+[a-z](?!\w) )                           # u.s, e.o
    | (?P<word> [^\W_]+ (?:'[^\W_]+)* )                                        # relevant, shari'a, person's
    """,
    re.VERBOSE,
)


def terms(text: str) -> list[str]:
    """The terms of `text`, in reading order, repeats kept.

    English is casefolded, stop words are dropped and the rest is stemmed (Snowball, Porter 2). A section number
    stays whole, and one with a path gives the whole path and each part of it from the left; an identifier with
    hyphens gives itself and its words. The labels of an outline, "(a)", give nothing. Chinese gives overlapping
    pairs of characters (a lone character: itself). Full-width forms are those of NFKC.

    >>> terms("Is `omic data covered by § 202.205(a)?")
    ['omic', 'data', 'cover', '202.205', '202.205(a)']
    >>> terms("人类遗传资源 100,000 U.S. persons")
    ['人类', '类遗', '遗传', '传资', '资源', '100000', 'us', 'person']
    """
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")  # soft hyphens, direction marks
    out: list[str] = []
    for i, run in enumerate(_HAN.split(text)):
        out.extend(_pairs(run) if i % 2 else (term for match in _TOKEN.finditer(run) for term in _terms_of(match)))
    return out


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(max(1, len(run) - 1))]


def _terms_of(match: re.Match[str]) -> Iterator[str]:
    token = match[0]
    match match.lastgroup:
        case "label":
            pass
        case "section" | "path":
            section, path = match["section"], match["path"]
            yield section
            for end in (i + 1 for i, c in enumerate(path) if c == ")"):
                yield section + path[:end]
        case "number":
            yield token.replace(",", "")
        case "identifier":
            yield token
            for part in token.split("-"):
                yield from _word(part)
        case "initials":
            yield from _word(token.replace(".", ""))
        case _:
            yield from _word(token.removesuffix("'s").replace("'", ""))


def _word(word: str) -> Iterator[str]:
    if word and word not in STOP_WORDS:
        yield _stem(word)


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    stem: str = _stemmer().stemWord(word)
    return stem


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english", 0)  # our cache is ahead of its own
