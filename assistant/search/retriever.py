"""From a question to the provisions that may answer it: citations first, then words and meaning together.

A question that names a provision goes straight to it. Otherwise the terms of the question, with the glossary's
names for the same things at lower weight, are looked up in the lexical index, its English meaning in the vectors,
and both rankings are fused (`hybrid.py`). A provision's restatement and its official text are one hit.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from assistant.law.citations import Citation, Citator
from assistant.law.holdings import Holdings, Reading
from assistant.law.provisions import Locator
from assistant.search.glossary import Glossary
from assistant.search.hybrid import Hit as ChunkHit
from assistant.search.hybrid import HybridIndex
from assistant.search.tokens import terms
from assistant.words import language_of

__all__ = ["OUTSIDE", "Found", "Hit", "PolicySearch"]

OUTSIDE = "outside"
"""The collection of questions that lie outside what is held; a chunk's id begins with it: "outside:hipaa?0"."""

_SYNONYM_WEIGHT = 0.3
_DEPTH = 300


@dataclass(frozen=True, slots=True)
class _Weights:
    """What each signal adds to the score of a chunk: the cosine; the BM25 score as a share of the question's idf;
    the share of that idf that the chunk has; and of a provision's chunks, what the second best adds."""

    cosine: float
    lexical: float
    coverage: float
    second: float


_WEIGHTS = {"en": _Weights(1.0, 0.3, 0.4, 0.1), "zh": _Weights(0.0, 0.3, 0.2, 0.1)}
"""By the language of the question: the model reads English only. Fitted on the dev half of the labelled questions
(`eval answers --split dev`); neighbouring values change the first three right by 2% at most."""

_QUESTION_WORDS = re.compile(
    "请问|什么情况下|什么时候|为什么|是什么|什么叫|什么|怎么样|怎么办|怎么|怎样|如何|是不是|是否|能不能|可不可以|可以|需不需要|要不要|需要|算不算"
    "|有没有|哪一条|哪条|哪些|哪个|哪里|多少|多久|多长时间|应该|一下|我们|我的|他们|[吗呢吧呀么]"
)
"""Chinese words that ask and say nothing of the subject; English ones are stop words of the index."""

_WITHIN_CITED, _WITHIN_NAMED = 0.5, 0.1
"""What a hit gains where the question cites the provision that it stands under, or names its instrument."""


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
    `words`: the question's own terms. `outside`: the topic outside what is held that is nearest, and its score,
    to be compared with those of the hits; None where none is near.
    """

    hits: tuple[Hit, ...]
    cited: tuple[tuple[Citation, Locator | None], ...]
    bare: bool
    words: frozenset[str]
    outside: tuple[str, float] | None = None


class PolicySearch:
    """Searches one store."""

    def __init__(self, holdings: Holdings, index: HybridIndex, citator: Citator, glossary: Glossary) -> None:
        self.holdings, self.index, self.citator, self.glossary = holdings, index, citator, glossary
        self._in_force_on: dict[date, Mapping[int, Locator]] = {}

    def search(self, question: str, as_of: date, k: int = 10) -> Found:
        """The `k` best provisions that were in force on `as_of`, best first."""
        citations = self.citator.find(question)
        examples = _examples_in(question) if citations else ()
        cited = tuple(place for citation in citations for place in self._places(citation, examples, as_of))
        rest = _without(question, citations)
        words = terms(rest)
        bare = bool(cited) and not _substance(words)
        if bare:
            direct = [self._direct(locator, as_of) for _, locator in cited if locator]
            return Found(tuple(hit for hit in direct if hit), cited, True, frozenset(words))
        hits, outside = self._ranked(question, as_of, [locator for _, locator in cited if locator])
        return Found(tuple(hits[:k]), cited, False, frozenset(words), outside)

    def _places(
        self, citation: Citation, examples: Sequence[str], as_of: date
    ) -> Iterator[tuple[Citation, Locator | None]]:
        """Where a citation is held; where the question names Examples of it, those."""
        place = self.held_at(citation.locator)
        if place is None or not examples:
            yield citation, place
            return
        below = {r.best.heading: r.locator for r in self.holdings.subtree(place, as_of) if r.best.kind == "example"}
        for name in examples:
            yield citation, below.get(name)

    def held_at(self, locator: Locator) -> Locator | None:
        """Where a cited provision is held, or None."""
        instrument = self.citator.instrument(locator)
        return self.holdings.resolve(locator, by_article=bool(instrument and instrument.below == "articles"))

    def _direct(self, locator: Locator, as_of: date) -> Hit | None:
        reading = self.holdings.reading(locator, as_of)
        return Hit(reading, 1.0, None, None, 1.0) if reading else None

    def _ranked(
        self, question: str, as_of: date, cited: Sequence[Locator]
    ) -> tuple[list[Hit], tuple[str, float] | None]:
        """The best provisions for a question, one hit for each locator, best first; and the nearest topic outside."""
        known = self.glossary.find(question)
        synonyms = {term.name[lang]: _SYNONYM_WEIGHT for term in known for lang in ("en", "zh") if lang in term.name}
        english = question if language_of(question) == "en" else " ".join(term.name.get("en", "") for term in known)
        in_force = self._in_force(as_of)
        found = self.index.search(
            _QUESTION_WORDS.sub(" ", question),
            _DEPTH,
            synonyms=synonyms,
            dense_query=english,
            allow=lambda id_: _topic(id_) is not None or _row(id_) in in_force,
        )
        weights = _WEIGHTS[language_of(question)]
        mass = sum(self.index.lexical.idf(term) for term in set(terms(_QUESTION_WORDS.sub(" ", question)))) or 1.0
        least_cosine = min((hit.cosine for hit in found if hit.cosine is not None), default=0.0)
        by_place: dict[Locator, list[tuple[float, ChunkHit]]] = {}
        outside = (0.0, "")
        for hit in found:
            score = weights.cosine * (least_cosine if hit.cosine is None else hit.cosine)
            score += weights.lexical * (hit.lexical or 0.0) / mass + weights.coverage * hit.coverage
            if topic := _topic(hit.id):
                outside = max(outside, (score, topic))
            else:
                by_place.setdefault(in_force[_row(hit.id)], []).append((score, hit))
        named = {citation.locator for citation in self.citator.find(question, loose=True)}
        hits = [self._hit(locator, scored, cited, named, as_of, weights.second) for locator, scored in by_place.items()]
        ranked = sorted((hit for hit in hits if hit), key=lambda hit: -hit.score)
        return ranked, (outside[1], outside[0]) if outside[1] else None

    def _hit(
        self,
        locator: Locator,
        scored: Sequence[tuple[float, ChunkHit]],
        cited: Sequence[Locator],
        named: Set[Locator],
        as_of: date,
        second: float,
    ) -> Hit | None:
        """One hit for a provision from the chunks that found it."""
        reading = self.holdings.reading(locator, as_of)
        if reading is None:
            return None
        scores = sorted((score for score, _ in scored), reverse=True)
        total = scores[0] + (second * scores[1] if len(scores) > 1 else 0.0)
        instrument = self.citator.instrument(locator)
        if any(f"{locator}/".startswith(f"{path}/") for path in cited):
            total += _WITHIN_CITED
        elif instrument and instrument.id in named:
            total += _WITHIN_NAMED
        chunks = [chunk for _, chunk in scored]
        return Hit(
            reading,
            total,
            max((chunk.lexical for chunk in chunks if chunk.lexical is not None), default=None),
            max((chunk.cosine for chunk in chunks if chunk.cosine is not None), default=None),
            max(chunk.coverage for chunk in chunks),
        )

    def _in_force(self, as_of: date) -> Mapping[int, Locator]:
        """The ids of the provisions in force on that day, with their locators."""
        if as_of not in self._in_force_on:
            self._in_force_on[as_of] = {
                id_: provision.locator for id_, provision in self.holdings.all() if provision.in_force(as_of)
            }
        return self._in_force_on[as_of]


def _topic(chunk: str) -> str | None:
    """The topic of a chunk that is a question outside what is held, or None."""
    return chunk.removeprefix(f"{OUTSIDE}:").partition("?")[0] if chunk.startswith(f"{OUTSIDE}:") else None


def _row(chunk: str) -> int:
    """The provision that a chunk belongs to; a question that it is asked by has its number behind a "?"."""
    return int(chunk.partition("?")[0])


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


def _examples_in(question: str) -> tuple[str, ...]:
    """The Examples that a question names: "Example 9", "examples 1 and 2"."""
    names: list[str] = []
    for match in re.finditer(r"\bexamples? (\d{1,2}(?:(?:, | and | or )\d{1,2})*)", question, re.IGNORECASE):
        names += [f"Example {number}" for number in re.findall(r"\d+", match.group(1))]
    return tuple(names)
