"""The page's own words in English and Chinese (`words.yaml` beside this file)."""

from functools import cache
from pathlib import Path

from assistant.law import strict_yaml
from assistant.words import Lang

__all__ = ["STARTERS", "label"]

STARTERS = {
    "for_researchers": ("starter_bulk", "starter_paper"),
    "for_counsel": ("starter_ownership", "starter_vendor"),
    "for_writers": ("starter_review", "starter_biosecure"),
}
"""Kinds of user, and the questions that each may start with."""


@cache
def _labels() -> dict[str, dict[str, str]]:
    path = Path(__file__).with_name("words.yaml")
    labels: dict[str, dict[str, str]] = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    return labels


def label(key: str, lang: Lang, **values: str) -> str:
    """The words under `key` in that language, with `values` filled in. Raises KeyError where there are none."""
    return _labels()[key][lang].format(**values)
