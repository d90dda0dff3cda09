"""A question answered: corrected where it rests on an error, composed where the texts held answer it, else declined.

In this order: a request that is declined for what it asks; a citation that leads nowhere; a misstatement; words to
be quoted that are not held; a question nearer to a topic outside than to any provision; an answer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answer.citing import print_citation
from assistant.answer.compose import compose, compose_correction
from assistant.answer.corrections import Misstatement, misstatements_in
from assistant.answer.lookup import absent, not_that_day
from assistant.answer.refusals import refusal_of
from assistant.answer.reply import Reply
from assistant.law.outside import Topic
from assistant.law.provisions import Locator
from assistant.search.retriever import Found, PolicySearch
from assistant.words import Lang, language_of, say

__all__ = ["Knowledge", "answer_question", "is_answered"]

_LEAST = {"en": 0.6, "zh": 0.085}
_MARGIN = {"en": 0.1, "zh": 0.03}
_SURE = {"en": 0.85, "zh": 0.2}
"""By the language of the question: the least score of an answer; by how much it must exceed the nearest topic outside;
and the score from which that topic is named. Fitted on the dev half of the labelled questions, where all but one of
the answerable are above the first two."""

_VERBATIM = re.compile(
    r"\bquot(?:e|ing)\b|verbatim|word[- ]for[- ]word|\bfull text\b|exact (?:words|wording|text)|原文|全文|逐字", re.I
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What an answer draws on beside the search: errors that people repeat, and topics that lie outside."""

    misstatements: Sequence[Misstatement]
    outside: Mapping[str, Topic]


def answer_question(
    search: PolicySearch, knowledge: Knowledge, question: str, as_of: date, lang: Lang, *, dated: bool
) -> Reply:
    """The reply to `question` under the law of `as_of`; `dated`: the user named that day."""
    if not any(char.isalnum() for char in question):
        return Reply(say("ask_something", lang), True)
    if refusal := refusal_of(question):
        return Reply(say(refusal, lang), True)
    found = search.search(question, as_of)
    if nowhere := _nowhere(search, found, question, lang):
        return Reply(nowhere, True)
    if found.bare and not found.hits:
        places = [place for _, place in found.cited if place]
        return Reply(" ".join(not_that_day(search.citator, search.holdings, p, as_of, lang) for p in places), True)
    if wrong := misstatements_in(question, knowledge.misstatements):
        return compose_correction(wrong, found, search.holdings, search.citator, as_of, lang)
    if not found.bare and not is_answered(found, question):
        return _declined(search, knowledge, found, question, lang)
    if _VERBATIM.search(question) and found.hits[0].reading.official is None:
        return _not_quoted(search, found, lang)
    return compose(found, search.holdings, search.citator, as_of, lang, dated=dated)


def is_answered(found: Found, question: str) -> bool:
    """Whether some provision is near enough, and nearer than any topic outside."""
    if not found.hits:
        return False
    language = language_of(question)
    best = found.hits[0].score
    outside = found.outside[1] if found.outside else 0.0
    return best >= _LEAST[language] and best >= outside + _MARGIN[language]


def _nowhere(search: PolicySearch, found: Found, question: str, lang: Lang) -> str:
    """What a citation that leads nowhere points at, in words; "" where every citation leads somewhere."""
    out: list[str] = []
    for citation, place in found.cited:
        if place is not None:
            continue
        held = search.held_at(citation.locator)
        if held is None:
            out.append(absent(search.citator, search.holdings, citation.locator, lang))
        else:
            example = re.search(r"\bexamples? [\d, and]+", question, re.IGNORECASE)
            name = example.group().strip(" ,") if example else ""
            out.append(say("no_such_example", lang, example=name, citation=search.citator.printed(held)))
    return " ".join(dict.fromkeys(out))


def _declined(search: PolicySearch, knowledge: Knowledge, found: Found, question: str, lang: Lang) -> Reply:
    """That nothing held answers; what it is about, where known; what is nearest, and what can be answered."""
    topic = knowledge.outside.get(found.outside[0]) if found.outside else None
    sure = found.outside is not None and found.outside[1] >= _SURE[language_of(question)]
    parts = []
    if topic is not None and sure:
        parts.append(say("outside", lang, topic=topic.name.get(lang, topic.name["en"])))
        if topic.look:
            parts.append(say("look_there", lang, place=topic.look.get(lang, topic.look["en"])))
    else:
        parts.append(say("declined", lang))
        if found.hits:
            nearest = found.hits[0].reading.best
            citation = print_citation(search.citator, search.holdings, nearest, lang)
            parts.append(say("try_instead", lang, citations=citation))
    parts.append(say("covers", lang))
    return Reply(" ".join(parts), True)


def _not_quoted(search: PolicySearch, found: Found, lang: Lang) -> Reply:
    best = found.hits[0].reading.best
    instrument = search.citator.instrument(Locator(best.locator))
    name = instrument.short.get(lang, instrument.short["en"]) if instrument else best.locator
    citation = print_citation(search.citator, search.holdings, best, lang)
    url = instrument.publisher.address if instrument else ""
    return Reply(say("not_quoted", lang, name=name, citation=citation, url=url), True)
