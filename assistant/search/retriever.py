"""From a question to the provisions that may answer it: citations first, then words and meaning together.

A question that names a provision goes straight to it. Otherwise the terms of the question, with the glossary's
names for the same things at lower weight, are looked up in the lexical index, its English meaning in the vectors,
and both rankings are fused (`hybrid.py`). A provision's restatement and its official text are one hit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.law.citations import Citation, Citator
from assistant.law.holdings import Holdings, Reading
from assistant.law.provisions import Locator
from assistant.search.glossary import Glossary, Term
from assistant.search.hybrid import Hit as ChunkHit
from assistant.search.hybrid import HybridIndex
from assistant.search.tokens import terms
from assistant.words import language_of

__all__ = ["Found", "Hit", "PolicySearch"]

_SYNONYM_WEIGHT = 0.4
_WITHIN_CITED = 0.5
"""What a hit gains where the question names the provision that it stands under."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One provision that may answer. `score`: higher is better, comparable within one search only.

    `lexical`: BM25 score or None. `cosine`: similarity of meaning, -1 to 1, or None where not embedded.
    `coverage`: the share, 0 to 1, of the question's words, weighted by rarity, that the provision has.
    """

    reading: Reading
    score: float
    lexical: float | None
    cosine: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave. `cited`: citations in the question, with the place where each is held, or None.

    `bare`: whether the question is no more than its citations ("What does § 202.205(a) say?").
    `words`: the question's own terms.
    """

    hits: tuple[Hit, ...]
    cited: tuple[tuple[Citation, Locator | None], ...]
    bare: bool
    words: frozenset[str]


class PolicySearch:
    """Searches one store."""

    def __init__(self, holdings: Holdings, index: HybridIndex, citator: Citator, glossary: Glossary) -> None:
        self.holdings, self.index, self.citator, self.glossary = holdings, index, citator, glossary
        self._in_force_on: dict[date, Mapping[int, Locator]] = {}

    def search(self, question: str, as_of: date, k: int = 10) -> Found:
        """The `k` best provisions that were in force on `as_of`, best first."""
        cited = tuple((citation, self.held_at(citation.locator)) for citation in self.citator.find(question))
        rest = _without(question, [citation for citation, _ in cited])
        known = self.glossary.find(rest)
        words = terms(rest)
        bare = bool(cited) and not _substance(words)
        if bare:
            direct = [self._direct(locator, as_of) for _, locator in cited if locator]
            return Found(tuple(hit for hit in direct if hit), cited, True, frozenset(words))
        hits = self._ranked(rest if _substance(words) else question, known, as_of, 4 * k)
        hits = _favour([locator for _, locator in cited if locator], hits)
        return Found(tuple(hits[:k]), cited, False, frozenset(words))

    def held_at(self, locator: Locator) -> Locator | None:
        """Where a cited provision is held, or None."""
        instrument = self.citator.instrument(locator)
        return self.holdings.resolve(locator, by_article=bool(instrument and instrument.below == "articles"))

    def _direct(self, locator: Locator, as_of: date) -> Hit | None:
        reading = self.holdings.reading(locator, as_of)
        return Hit(reading, 1.0, None, None, 1.0) if reading else None

    def _ranked(self, question: str, known: Sequence[Term], as_of: date, depth: int) -> list[Hit]:
        """The best provisions for a question, one hit for each locator."""
        synonyms = {form: _SYNONYM_WEIGHT for term in known for lang in ("en", "zh") for form in term.forms(lang)}
        english = question if language_of(question) == "en" else " ".join(term.name.get("en", "") for term in known)
        in_force = self._in_force(as_of)
        found = self.index.search(
            question, depth, synonyms=synonyms, dense_query=english, allow=lambda id_: _row(id_) in in_force
        )
        best: dict[Locator, Hit] = {}
        for hit in found:
            locator = in_force[_row(hit.id)]
            former = best.get(locator)
            if former is None:
                reading = self.holdings.reading(locator, as_of)
                if reading:
                    best[locator] = Hit(reading, hit.score, hit.lexical, hit.cosine, hit.coverage)
            else:
                best[locator] = _merged(former, hit)
        return sorted(best.values(), key=lambda hit: -hit.score)

    def _in_force(self, as_of: date) -> Mapping[int, Locator]:
        """The ids of the provisions in force on that day, with their locators."""
        if as_of not in self._in_force_on:
            self._in_force_on[as_of] = {
                id_: provision.locator for id_, provision in self.holdings.all() if provision.in_force(as_of)
            }
        return self._in_force_on[as_of]


def _row(chunk: str) -> int:
    """The provision that a chunk belongs to; a question that it is asked by has its number behind a "?"."""
    return int(chunk.partition("?")[0])


def _merged(one: Hit, other: ChunkHit) -> Hit:
    """One provision found by its restatement and by its official text: the better of each signal."""
    return Hit(
        one.reading,
        max(one.score, other.score),
        max(filter(None, (one.lexical, other.lexical)), default=None),
        max(filter(None, (one.cosine, other.cosine)), default=None),
        max(one.coverage, other.coverage),
    )


def _without(text: str, citations: Sequence[Citation]) -> str:
    out, last = [], 0
    for citation in citations:
        out.append(text[last : citation.start])
        last = citation.end
    return " ".join([*out, text[last:]])


_EMPTY = frozenset(
    "say cite provid text mean read show quot section articl paragraph exampl rule law regul state tell see full "
    "exact word content provis pleas give me explain summar".split()
)


def _substance(words: Sequence[str]) -> bool:
    """Whether words of a question are left that say more than "what does it say?"."""
    return any(word not in _EMPTY and not word.isdigit() for word in words)


def _favour(cited: Sequence[Locator], hits: Sequence[Hit]) -> list[Hit]:
    if not cited:
        return list(hits)
    top = max((hit.score for hit in hits), default=0.0)

    def score(hit: Hit) -> float:
        within = any(f"{hit.reading.locator}/".startswith(f"{path}/") for path in cited)
        return hit.score + (_WITHIN_CITED * top if within else 0.0)

    return sorted(hits, key=lambda hit: -score(hit))
