"""Misstatements that a question rests on, and what is right (`corpus/misstatements.yaml`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.marks import Mark, occurs
from assistant.law.provisions import Confidence, Locator
from assistant.law.strict_yaml import CorpusFileError
from assistant.words import Lang

__all__ = ["Misstatement", "load_misstatements", "misstatements_in", "said"]


@dataclass(frozen=True, slots=True)
class Misstatement:
    """An error that people repeat. `says` and `right`: in each language. `pinpoints`: where what is right stands.

    `marks`: what recognises it; `unless`: what shows that the speaker has it right.
    """

    id: str
    says: Mapping[str, str]
    right: Mapping[str, str]
    pinpoints: tuple[Locator, ...]
    confidence: Confidence
    marks: tuple[Mark, ...]
    unless: tuple[Mark, ...]


def load_misstatements(path: Path) -> tuple[Misstatement, ...]:
    """Every misstatement of the file. Raises CorpusFileError where an entry is not complete or stands twice."""
    document: Any = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    out: list[Misstatement] = []
    for entry in document["misstatements"]:
        try:
            pinpoint = entry["pinpoint"]
            out.append(
                Misstatement(
                    id=entry["id"],
                    says=entry["says"],
                    right=entry["right"],
                    pinpoints=tuple(Locator(p) for p in ([pinpoint] if isinstance(pinpoint, str) else pinpoint)),
                    confidence=entry["confidence"],
                    marks=_marks(entry["marks"]),
                    unless=_marks(entry.get("unless") or {}),
                )
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise CorpusFileError(path, None, f"{entry.get('id', entry)!r} is not complete: {error!r}") from None
    ids = [misstatement.id for misstatement in out]
    if len(set(ids)) < len(ids):
        raise CorpusFileError(path, None, f"stands twice: {', '.join(sorted({i for i in ids if ids.count(i) > 1}))}")
    return tuple(out)


def _marks(by_language: Mapping[str, Sequence[Mark]]) -> tuple[Mark, ...]:
    return tuple(mark for marks in by_language.values() for mark in marks)


def misstatements_in(text: str, known: Sequence[Misstatement]) -> tuple[Misstatement, ...]:
    """The misstatements that `text` rests on, in the order of the file."""
    return tuple(
        misstatement
        for misstatement in known
        if any(occurs(mark, text) for mark in misstatement.marks)
        and not any(occurs(mark, text) for mark in misstatement.unless)
    )


def said(misstatement: Misstatement, lang: Lang) -> tuple[str, str]:
    """The error and what is right, in that language or else in English."""
    return (
        misstatement.says.get(lang, misstatement.says["en"]),
        misstatement.right.get(lang, misstatement.right["en"]),
    )
