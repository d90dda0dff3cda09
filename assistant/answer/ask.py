"""A question answered: composed where the texts held answer it, declined in a sentence or two where they do not."""

from collections.abc import Sequence
from datetime import date

from assistant.answer.citing import print_citation
from assistant.answer.compose import compose
from assistant.answer.lookup import absent, not_that_day
from assistant.answer.reply import Reply
from assistant.search.retriever import Found, Hit, PolicySearch
from assistant.words import Lang, say

__all__ = ["answer_question", "is_answered"]

_COSINE = 0.42
_COVERAGE = 0.5


def answer_question(search: PolicySearch, question: str, as_of: date, lang: Lang, *, dated: bool) -> Reply:
    """The reply to `question` under the law of `as_of`; `dated`: the user named that day.

    A citation that leads nowhere is said first, for no other provision answers for it.
    """
    if not any(char.isalnum() for char in question):
        return Reply(say("ask_something", lang), True)
    found = search.search(question, as_of)
    nowhere = [citation.locator for citation, place in found.cited if place is None]
    if nowhere:
        return Reply(" ".join(absent(search.citator, search.holdings, path, lang) for path in nowhere), True)
    if found.bare and not found.hits:
        places = [place for _, place in found.cited if place]
        return Reply(
            " ".join(not_that_day(search.citator, search.holdings, place, as_of, lang) for place in places), True
        )
    if not found.bare and not is_answered(found.hits):
        return _declined(search, found, lang)
    return compose(found.words, found, search.holdings, search.citator, as_of, lang, dated=dated)


def is_answered(hits: Sequence[Hit]) -> bool:
    """Whether the best provisions say what was asked: near enough in meaning, or in the words that matter."""
    if not hits:
        return False
    best = hits[0]
    cosine = max((hit.cosine or 0.0 for hit in hits[:3]), default=0.0)
    return cosine >= _COSINE or best.coverage >= _COVERAGE


def _declined(search: PolicySearch, found: Found, lang: Lang) -> Reply:
    citations = [print_citation(search.citator, search.holdings, h.reading.best, lang) for h in found.hits[:2]]
    names = []
    for text in search.holdings.texts():
        instrument = search.citator.instruments.get(text.instrument)
        if instrument:
            names.append(instrument.short.get(lang, instrument.short["en"]))
    parts = [say("declined", lang)]
    if citations:
        parts.append(say("try_instead", lang, citations=("；" if lang == "zh" else "; ").join(citations)))
    shown = list(dict.fromkeys(names))[:6]
    if shown:
        parts.append(say("covers", lang, names=("、" if lang == "zh" else ", ").join(shown)))
    return Reply(" ".join(parts), True)
