"""The glossary: a term in both languages, what else people call it, and the provision that defines it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.provisions import Locator
from assistant.law.strict_yaml import CorpusFileError

__all__ = ["Glossary", "Term", "load_glossary"]


@dataclass(frozen=True, slots=True)
class Term:
    """`name` and `also`: language to the term and to its other names. `defined`: where the law defines it."""

    name: dict[str, str]
    also: dict[str, tuple[str, ...]]
    defined: tuple[Locator, ...]

    def forms(self, language: str) -> tuple[str, ...]:
        """Every way to say it in that language, the law's own first."""
        own = (self.name[language],) if language in self.name else ()
        return (*own, *self.also.get(language, ()))


class Glossary:
    """Finds terms in a question, in either language."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)

    def find(self, text: str) -> tuple[Term, ...]:
        """The terms that `text` uses under any of their names, the longest reading where names overlap."""
        found: dict[int, Term] = {}
        for pattern, by_form in self._patterns:
            for match in pattern.finditer(text):
                for term in by_form[_fold(match.group())]:
                    found.setdefault(id(term), term)
        return tuple(found.values())

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], dict[str, list[Term]]], ...]:
        out = []
        for language, left, right in (("en", r"(?<![\w-])", r"(?:e?s)?(?![\w-])"), ("zh", "", "")):
            by_form: dict[str, list[Term]] = {}
            for term in self.terms:
                for form in term.forms(language):
                    by_form.setdefault(_fold(form), []).append(term)
            if by_form:
                longest = sorted(by_form, key=len, reverse=True)
                names = "|".join(re.escape(form).replace(r"\ ", r"[\s-]+") for form in longest)
                pattern = re.compile(f"{left}(?:{names}){right}", re.IGNORECASE)
                out.append((pattern, _Plurals(by_form)))
        return tuple(out)


class _Plurals(dict[str, list[Term]]):
    """Forms by their folded name; a plural finds its singular."""

    def __missing__(self, key: str) -> list[Term]:
        for ending in ("es", "s"):
            if key.endswith(ending) and key.removesuffix(ending) in self:
                return self[key.removesuffix(ending)]
        return []


def _fold(form: str) -> str:
    return re.sub(r"[\s-]+", " ", form.casefold())


def load_glossary(path: Path) -> Glossary:
    """The glossary of `path` (glossary.yaml). Raises CorpusFileError where an entry is not complete."""
    document: Any = strict_yaml.load(path.read_text(encoding="utf-8"), path)
    terms = []
    for entry in document["terms"]:
        try:
            defined = entry.get("defined") or ()
            terms.append(
                Term(
                    name=dict(entry["term"]),
                    also={language: tuple(forms) for language, forms in (entry.get("also") or {}).items()},
                    defined=tuple(Locator(path) for path in ([defined] if isinstance(defined, str) else defined)),
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CorpusFileError(path, None, f"{entry!r} is not complete: {error!r}") from None
    return Glossary(terms)
