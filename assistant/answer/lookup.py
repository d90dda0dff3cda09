"""A citation looked up: the provision of a day with its text, or why there is none."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.answer.citing import print_citation
from assistant.answer.references import FORMATS
from assistant.law.citations import Citator
from assistant.law.holdings import HeldText, Holdings, Reading
from assistant.law.printing import full_text, heading_of
from assistant.law.provisions import Locator
from assistant.words import Lang, say, say_day

__all__ = ["LookedUp", "NotHeld", "absent", "look_up", "not_that_day"]


class NotHeld(LookupError):
    """A citation leads to nothing on that day. `locator` is what was cited."""

    def __init__(self, locator: Locator, why: str) -> None:
        self.locator = locator
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A provision as it was on a day, official words and restatement, each with all that stands below it."""

    reading: Reading
    citation: str
    bluebook: str
    heading: str
    official: str
    restated: str
    text: HeldText | None
    url: str
    as_of: date
    lang: Lang

    def as_json(self) -> dict[str, Any]:
        """The contract's object for `cite`."""
        best, held = self.reading.best, self.text
        checked = held.checked_to if held else None
        return {
            "locator": self.reading.locator,
            "citation": self.citation,
            "heading": self.heading,
            "text": self.official or self.restated,
            "layer": best.layer,
            "language": best.language,
            "in_force": {
                "from": best.in_force_from.isoformat() if best.in_force_from else None,
                "to": best.in_force_to.isoformat() if best.in_force_to else None,
                "checked_to": checked.isoformat() if checked else None,
            },
            "url": self.url or None,
            "sha256": held.sha256 if held else None,
            "restatement": self.restated or None,
            "confidence": best.confidence,
        }

    def printed(self, form: str) -> str:
        """As text, as a Bluebook citation, as Markdown with the text quoted, or for a reference manager."""
        if form == "bluebook":
            return self.bluebook
        if form in FORMATS:
            key = self.reading.locator.replace("/", "-")
            return FORMATS[form](key, self.heading, self.citation, self.url, self.as_of)
        note = say("only_restated", self.lang) if not self.official else ""
        body = self.official or self.restated
        if form == "markdown":
            quoted = "\n".join(f"> {line.strip()}" for line in body.splitlines()) if self.official else body
            parts = [f"**{self.citation}** — {self.heading}", quoted, note]
        else:
            restated = f"{say('in_plain_words', self.lang)}\n{self.restated}" if self.official and self.restated else ""
            parts = [f"{self.citation}  {self.heading}", body, restated, note, self._footing()]
        return "\n\n".join(part for part in parts if part)

    def _footing(self) -> str:
        checked = self.text.checked_to if self.text else None
        day = say("text_checked_to", self.lang, day=say_day(checked, self.lang)) if checked else ""
        return "  ".join(part for part in (day, self.url) if part)


def look_up(citator: Citator, holdings: Holdings, text: str, as_of: date, lang: Lang) -> LookedUp:
    """The provision that `text` cites, as of a day.

    Raises NotACitation where `text` is none, and NotHeld where nothing is held of it for that day.
    """
    cited = citator.parse(text)
    instrument = citator.instrument(cited)
    locator = holdings.resolve(cited, by_article=bool(instrument and instrument.below == "articles"))
    if locator is None:
        raise NotHeld(cited, absent(citator, holdings, cited, lang))
    reading = holdings.reading(locator, as_of)
    if reading is None:
        raise NotHeld(locator, not_that_day(citator, holdings, locator, as_of, lang))
    best = reading.best
    held = holdings.text(best.source) if best.source else None
    year = str((held.text_date or held.checked_to or as_of).year) if held else str(as_of.year)
    return LookedUp(
        reading=reading,
        citation=print_citation(citator, holdings, best, lang),
        bluebook=citator.bluebook(locator, year=year),
        heading=heading_of(best),
        official=full_text(holdings, locator, as_of, "official"),
        restated=full_text(holdings, locator, as_of, "restatement"),
        text=held,
        url=(held.url if held else "") or (instrument.publisher.address if instrument else ""),
        as_of=as_of,
        lang=lang,
    )


def absent(citator: Citator, holdings: Holdings, locator: Locator, lang: Lang) -> str:
    """That a provision does not exist in the text held, or that its text is not held, or its instrument not known."""
    instrument = citator.instrument(locator)
    printed = citator.printed(locator, language=lang)
    if instrument is None:
        return say("no_such_instrument", lang, citation=printed)
    name = instrument.short.get(lang, instrument.short["en"])
    held = [text for text in holdings.texts() if text.instrument == instrument.id]
    if not held:
        return say("instrument_not_held", lang, citation=printed, name=name, url=instrument.publisher.address)
    if all(text.layer == "restatement" for text in held) and instrument.confidence != "held":
        return say("not_restated", lang, citation=printed, name=name, url=instrument.publisher.address)
    return say("no_such_provision", lang, citation=printed, name=name)


def not_that_day(citator: Citator, holdings: Holdings, locator: Locator, as_of: date, lang: Lang) -> str:
    """Why a provision that is held has no text on `as_of`: not yet, no longer, or not held for that day."""
    wordings = holdings.wordings(locator)
    citation = print_citation(citator, holdings, wordings[0], lang)
    day = say_day(as_of, lang)
    begins = [wording.in_force_from for wording in wordings if wording.in_force_from]
    if begins and as_of < min(begins):
        return say("not_in_force", lang, citation=citation, day=day, start=say_day(min(begins), lang))
    ends = [wording.in_force_to for wording in wordings]
    last = max((end for end in ends if end), default=None)
    if last and None not in ends and as_of >= last:
        return say("no_longer_in_force", lang, citation=citation, day=day, end=say_day(last, lang))
    return say("text_of_day_not_held", lang, citation=citation, day=day)
