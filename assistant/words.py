"""The assistant's own words in English and Chinese (`words.yaml`), and days as each language writes them."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from assistant.law import strict_yaml

__all__ = ["Lang", "language_of", "say", "say_day"]

Lang = Literal["en", "zh"]


@cache
def _words() -> dict[str, dict[str, str]]:
    path = Path(__file__).with_name("words.yaml")
    words: dict[str, dict[str, str]] = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    return words


def say(key: str, lang: Lang, **values: str) -> str:
    """The words under `key` in that language, with `values` filled in. Raises KeyError for a key that is not there."""
    return _words()[key][lang].format(**values)


def say_day(day: date, lang: Lang) -> str:
    """A day in words.

    >>> say_day(date(2025, 10, 6), "en"), say_day(date(2025, 10, 6), "zh")
    ('6 Oct 2025', '2025年10月6日')
    """
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return f"{day.day} {months[day.month - 1]} {day.year}"


def language_of(text: str) -> Lang:
    """ "zh" where a text is mostly written in Chinese characters, else "en".

    >>> language_of("HGR条例第28条怎么规定？"), language_of("What does 条例 mean?")
    ('zh', 'en')
    """
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    latin_words = len([word for word in text.split() if any("a" <= char.lower() <= "z" for char in word)])
    return "zh" if han > 2 * latin_words else "en"
