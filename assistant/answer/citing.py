"""From a provision that is held to the citation that an answer shows."""

from datetime import date

from assistant.answer.reply import ReplyCitation, RestsOn
from assistant.law.citations import Citator
from assistant.law.holdings import HeldText, Holdings, Reading
from assistant.law.printing import full_text, heading_of
from assistant.law.provisions import Locator, Provision
from assistant.law.sentences import sentences
from assistant.words import Lang

__all__ = ["best_run", "cite_reading", "print_citation", "quote_for", "rests_on"]

_QUOTE_WORDS = 110


def print_citation(citator: Citator, holdings: Holdings, provision: Provision, lang: Lang) -> str:
    """The citation in that language, an Example named as such: "28 CFR § 202.214(b)(9) (Example 9)".

    Chinese law is named in both languages in an English answer, as counsel cite it.
    """
    instrument = citator.instrument(provision.locator)
    sole = holdings.resolve(f"{provision.locator.rpartition('/')[0]}/2") is None
    printed = citator.printed(provision.locator, language=lang, sole_paragraph=sole)
    if lang == "en" and instrument is not None and "zh" in instrument.names and instrument.language == "zh":
        printed = f"{printed} · {citator.printed(provision.locator, language='zh', sole_paragraph=sole)}"
    return f"{printed} ({provision.heading})" if provision.kind == "example" else printed


def cite_reading(
    citator: Citator, holdings: Holdings, reading: Reading, as_of: date, lang: Lang, quote: str | None
) -> ReplyCitation:
    """The citation of one provision; official where its official words are held, whatever is shown of them."""
    provision = reading.best
    held = _held(holdings, provision)
    instrument = citator.instrument(reading.locator)
    address = (held.url if held else "") or (instrument.publisher.address if instrument else "")
    restated = reading.restatement.text if reading.restatement else None
    return ReplyCitation(
        locator=reading.locator,
        citation=print_citation(citator, holdings, provision, lang),
        heading=heading_of(provision),
        quote=quote if reading.official else None,
        restatement=restated or (full_text(holdings, reading.locator, as_of, "restatement") or None),
        layer=provision.layer,
        language=provision.language,
        url=address or None,
        as_of=as_of,
        sha256=held.sha256 if held else None,
        confidence=provision.confidence,
        text_date=held.text_date if held else None,
        checked_to=held.checked_to if held else None,
    )


def quote_for(holdings: Holdings, reading: Reading, as_of: date, wanted: set[str] | None = None) -> str | None:
    """The official words to show: all of a short provision, else its sentences nearest to `wanted` (stems).

    A verbatim run of the provision, never joined from pieces; None where no official text is held.
    """
    if reading.official is None:
        return None
    text = reading.official.text or full_text(holdings, reading.locator, as_of, "official")
    if len(text.split()) <= _QUOTE_WORDS and len(text) <= _QUOTE_WORDS * 7:
        return text or None
    return best_run(text, wanted or set())


def best_run(text: str, wanted: set[str], words: int = _QUOTE_WORDS) -> str:
    """The run of whole sentences of `text`, of at most `words` words, that has most of `wanted` (stems).

    A verbatim part of `text`; at least one sentence, however long.
    """
    from assistant.search.tokens import terms

    parts = _spans(text)
    found = [wanted & set(terms(text[start:end])) for start, end in parts]
    best, span = (-1, 0), parts[0]
    for first, (start, _) in enumerate(parts):
        have: set[str] = set()
        for place, (_, end) in enumerate(parts[first:], first):
            if place > first and _size(text[start:end]) > words:
                break
            have = have | found[place]
            if (len(have), -first) > best:
                best, span = (len(have), -first), (start, end)
    return text[span[0] : span[1]]


def _spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence of `text` stands."""
    out: list[tuple[int, int]] = []
    for sentence in sentences(text):
        start = text.index(sentence, out[-1][1] if out else 0)
        out.append((start, start + len(sentence)))
    return out


def _size(text: str) -> int:
    """Words; of Chinese, two characters count as one."""
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    return len(text.split()) + han // 2


def _held(holdings: Holdings, provision: Provision) -> HeldText | None:
    try:
        return holdings.text(provision.source)
    except KeyError:
        return None


def rests_on(citator: Citator, citations: tuple[ReplyCitation, ...]) -> tuple[RestsOn, ...]:
    """The texts that the citations come from, once each, in the order of first use."""
    out: dict[Locator, RestsOn] = {}
    for citation in citations:
        instrument = citator.instrument(citation.locator)
        name = instrument.id if instrument else Locator("/".join(citation.locator.split("/")[:2]))
        out.setdefault(name, RestsOn(name, citation.text_date, citation.checked_to))
    return tuple(out.values())
