"""Marks: patterns in data that recognise a sentence by the words that must occur in it together.

A mark is a list of groups, and every group must occur; a group is a list of alternatives. English alternatives are
whole words or phrases in lower case, "genom*" with any ending; Chinese ones occur anywhere.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["Mark", "occurs"]

Mark = Sequence[Sequence[str]]


def occurs(mark: Mark, text: str) -> bool:
    """Whether every group of the mark occurs in `text`.

    >>> occurs([["100 or more", "at least 100"], ["genom*"]], "Is it bulk from 100 or more genomes?")
    True
    """
    folded = " ".join(text.casefold().replace("’", "'").replace("“", '"').replace("”", '"').split())
    return bool(mark) and all(any(_pattern(word).search(folded) for word in group) for group in mark)


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    escaped = re.escape(word.casefold()).replace(r"\*", r"[\w'-]*").replace(r"\ ", r"\s+")
    left = r"(?<![\w$])(?<!\d[,.])" if word[:1].isascii() and word[:1].isalnum() else ""
    right = r"(?![\w])" if word[-1:].isascii() and word[-1:].isalnum() else ""
    return re.compile(left + escaped + right, re.ASCII)
