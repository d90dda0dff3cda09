"""An answer without a model: composed from restatements and exact words, every sentence cited.

The most direct provision first, in plain words and, where the official text is held, in its own; then what else
is in point, and the law's own Examples nearest to the question. Nothing is said that no provision bears.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answer.citing import best_run, cite_reading, print_citation, quote_for, rests_on
from assistant.answer.corrections import Misstatement, said
from assistant.answer.reply import Claim, Correction, Reply, ReplyCitation, RestsOn
from assistant.law.citations import Citator
from assistant.law.holdings import Holdings, Reading
from assistant.law.printing import full_text
from assistant.law.provisions import Locator, lineage
from assistant.law.sentences import sentences
from assistant.search.retriever import Found, Hit
from assistant.words import Lang, say, say_day

__all__ = ["compose", "compose_correction"]

_NEAR = 0.8
"""The share of the best score that a further provision needs to be shown."""
_MOST = 4
_EXAMPLES = 2
_LONG = 90
_FEW = 200


@dataclass(slots=True)
class _Draft:
    """An answer while it is written: paragraphs, claims and the citations in the order of first use."""

    holdings: Holdings
    citator: Citator
    as_of: date
    lang: Lang
    wanted: set[str]
    paragraphs: list[str]
    claims: list[Claim]
    citations: list[ReplyCitation]

    def cite(self, reading: Reading) -> int:
        """The place of the citation of `reading`, added where it is new."""
        for place, citation in enumerate(self.citations):
            if citation.locator == reading.locator:
                return place
        quote = quote_for(self.holdings, reading, self.as_of, self.wanted)
        self.citations.append(cite_reading(self.citator, self.holdings, reading, self.as_of, self.lang, quote))
        return len(self.citations) - 1

    def say(self, text: str, reading: Reading) -> str:
        """`text` with its mark, each sentence of it a claim."""
        place = self.cite(reading)
        self.claims += [Claim(sentence, (place,)) for sentence in sentences(text)]
        return f"{text} [{place + 1}]"


def compose(
    found: Found,
    holdings: Holdings,
    citator: Citator,
    as_of: date,
    lang: Lang,
    *,
    dated: bool,
) -> Reply:
    """The answer from the provisions in `found`, of which there is at least one.

    `dated`: whether the user named the day of the law, which the answer then says.
    """
    draft = _Draft(holdings, citator, as_of, lang, set(found.words), [], [], [])
    chosen = [hit.reading for hit in found.hits] if found.bare else _choose(found.hits)
    _lead(draft, chosen[0], whole=found.bare)
    said_already = draft.paragraphs[0] if draft.paragraphs else ""
    more = [r for r in chosen[1:] if not (r.restatement and r.restatement.text in said_already)]
    examples = [] if found.bare else [r for r in more if r.best.kind == "example"][:_EXAMPLES]
    rest = [reading for reading in more if reading not in examples]
    if rest:
        _list(draft, "see_also" if not found.bare else "", rest)
    if examples:
        _list(draft, "examples_of_the_rule", examples)
    if dated:
        draft.paragraphs.append(say("as_of_day", lang, day=say_day(as_of, lang)))
    return _finished(draft, ())


def compose_correction(
    wrong: Sequence[Misstatement], found: Found, holdings: Holdings, citator: Citator, as_of: date, lang: Lang
) -> Reply:
    """What is right in place of each misstatement, with the provision that says so."""
    draft = _Draft(holdings, citator, as_of, lang, set(found.words), [], [], [])
    corrections = []
    for misstatement in wrong:
        says, right = said(misstatement, lang)
        readings = [r for p in misstatement.pinpoints if (r := _held(draft, p, as_of))]
        marks = "".join(f" [{draft.cite(reading) + 1}]" for reading in readings)
        places = tuple(draft.cite(reading) for reading in readings)
        draft.claims += [Claim(sentence, places) for sentence in sentences(right)]
        draft.paragraphs.append(say("correction", lang, right=right) + marks)
        corrections.append(Correction(says, right, misstatement.pinpoints[0]))
        if readings:
            _lead(draft, readings[0], whole=False)
    return _finished(draft, tuple(corrections))


def _held(draft: _Draft, pinpoint: Locator, as_of: date) -> Reading | None:
    """The provision on that day, or else in its last wording: what put an error right may have come later."""
    instrument = draft.citator.instrument(pinpoint)
    place = draft.holdings.resolve(pinpoint, by_article=bool(instrument and instrument.below == "articles"))
    if place is None:
        return None
    reading = draft.holdings.reading(place, as_of)
    if reading is None:
        last = draft.holdings.wordings(place)[-1].in_force_from
        reading = draft.holdings.reading(place, last) if last else None
    return reading


def _finished(draft: _Draft, corrections: tuple[Correction, ...]) -> Reply:
    """The reply, closed by what it rests on."""
    citations = tuple(draft.citations)
    resting = rests_on(draft.citator, citations)
    draft.paragraphs.append(f"{_resting(draft, resting)} {say('not_advice', draft.lang)}")
    answer = "\n\n".join(draft.paragraphs)
    return Reply(answer, False, tuple(draft.claims), citations, corrections=corrections, rests_on=resting)


def _choose(hits: Sequence[Hit]) -> list[Reading]:
    """The provisions to show: the best, and those near it, but none that stands above one that is shown."""
    best = hits[0].score
    chosen: list[Reading] = []
    for hit in hits:
        if len(chosen) == _MOST or (chosen and hit.score < _NEAR * best):
            break
        if not any(hit.reading.locator in lineage(reading.locator) for reading in chosen):
            chosen.append(hit.reading)
    return chosen


def _lead(draft: _Draft, reading: Reading, *, whole: bool) -> None:
    """The first provision: plain words, then the exact ones."""
    plain = _plain_words(draft, reading, whole=whole)
    exact = quote_for(draft.holdings, reading, draft.as_of, draft.wanted)
    if plain:
        note = say("english_restatement", draft.lang)
        draft.paragraphs.append(draft.say(plain, reading) + note)
    if exact:
        place = draft.cite(reading)
        citation = print_citation(draft.citator, draft.holdings, reading.best, draft.lang)
        mark = "" if plain else f" [{place + 1}]"
        if not plain:
            draft.claims += [Claim(sentence, (place,)) for sentence in sentences(exact)]
        quoted = "\n".join(f"> {line}" for line in exact.splitlines())
        draft.paragraphs.append(f"{say('exact_words', draft.lang, citation=citation)}\n\n{quoted}{mark}")
    elif plain:
        draft.paragraphs.append(say("only_restated", draft.lang))


def _plain_words(draft: _Draft, reading: Reading, *, whole: bool) -> str:
    """Our words for a provision: with those below it where the whole is asked for or they are few, else the part
    of a long one that the question is about."""
    own = reading.restatement.text if reading.restatement else ""
    below = full_text(draft.holdings, reading.locator, draft.as_of, "restatement")
    lines = [line.strip() for line in below.splitlines() if line.strip()]
    if len(lines) > 1 and (whole or len(below.split()) <= _FEW):
        return "\n".join([lines[0], "", *(f"- {line}" for line in lines[1:])])
    return best_run(own, draft.wanted) if len(own.split()) > _LONG and not whole else own


def _list(draft: _Draft, key: str, readings: Sequence[Reading]) -> None:
    lines = []
    for reading in readings:
        words = reading.restatement.text if reading.restatement else quote_for(draft.holdings, reading, draft.as_of)
        words = best_run(words, draft.wanted) if words and len(words.split()) > _LONG else words
        if words:
            citation = print_citation(draft.citator, draft.holdings, reading.best, draft.lang)
            shown = words if reading.restatement else f"“{words}”"
            lines.append(f"- {citation}: {draft.say(shown, reading)}")
    if lines:
        head = f"{say(key, draft.lang)}\n\n" if key else ""
        draft.paragraphs.append(head + "\n".join(lines))


def _resting(draft: _Draft, resting: Sequence[RestsOn]) -> str:
    names = []
    for text in resting:
        instrument = draft.citator.instruments.get(text.instrument)
        name = instrument.short.get(draft.lang, instrument.short["en"]) if instrument else text.instrument
        names.append(_named(draft, text, name))
    return say("rests_on", draft.lang, texts=("；" if draft.lang == "zh" else "; ").join(names))


def _named(draft: _Draft, text: RestsOn, name: str) -> str:
    cited = [c for c in draft.citations if _belongs(draft.citator, c.locator, text.instrument)]
    if all(c.confidence in ("known", "reported") for c in cited):
        return say(f"substance_{cited[0].confidence}", draft.lang, name=name)
    if all(c.layer == "restatement" for c in cited):
        return say("restated_from", draft.lang, name=name)
    if text.checked_to and text.checked_to < draft.as_of:
        return say("checked_to", draft.lang, name=name, day=say_day(text.checked_to, draft.lang))
    if text.text_date:
        return say("text_of", draft.lang, name=name, day=say_day(text.text_date, draft.lang))
    return say("text_undated", draft.lang, name=name)


def _belongs(citator: Citator, locator: Locator, instrument: Locator) -> bool:
    found = citator.instrument(locator)
    return (found.id if found else Locator("/".join(locator.split("/")[:2]))) == instrument
