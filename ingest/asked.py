"""The questions that people ask, provision by provision (`corpus/asked`): indexed with what they ask for.

The law's words are far from people's. A provision is therefore also found by questions that it answers, written
for it in English and Chinese; they are searched, never shown.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.provisions import Locator
from assistant.law.strict_yaml import CorpusFileError

__all__ = ["read_asked"]


def read_asked(corpus: Path) -> Mapping[Locator, tuple[tuple[str, str], ...]]:
    """Locator to its questions as (language, question), "en" or "zh".

    Raises CorpusFileError for an entry that is no mapping of language to questions, or a locator in two files.
    """
    out: dict[Locator, tuple[tuple[str, str], ...]] = {}
    for path in sorted((corpus / "asked").glob("*.yaml")):
        entries: Any = strict_yaml.load(path.read_text(encoding="utf-8"), path) or {}
        for locator, by_language in entries.items():
            if locator in out:
                raise CorpusFileError(path, None, f"{locator} has questions in another file already")
            if not isinstance(by_language, dict) or not set(by_language) <= {"en", "zh"}:
                raise CorpusFileError(path, None, f"{locator}: write en: [...] and zh: [...]")
            out[Locator(locator)] = tuple(
                (language, question) for language, questions in by_language.items() for question in questions
            )
    return out
