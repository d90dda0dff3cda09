"""A cited provision as the page shows it: the reply's citation, and what else a reader of it needs."""

from dataclasses import dataclass

from assistant.answer.lookup import NotHeld, look_up
from assistant.answer.reply import ReplyCitation
from assistant.desk import Desk
from assistant.law.citations import NotACitation
from assistant.words import Lang

__all__ = ["Source", "publisher_address", "source_of"]


@dataclass(frozen=True, slots=True)
class Source:
    """`cited`: the provision as the reply cites it. `bluebook`: its citation for a footnote.

    `official`: all its official words, or "" where they are not held for the day. `address`: the publisher's page
    for people, or "".
    """

    cited: ReplyCitation
    bluebook: str
    official: str
    address: str


def source_of(desk: Desk, cited: ReplyCitation, lang: Lang) -> Source:
    """The source behind a citation. A provision of another day than was asked for has its quotation alone."""
    address = publisher_address(desk, cited.locator, cited.url)
    try:
        found = look_up(desk.citator, desk.holdings, cited.locator, cited.as_of, lang)
    except (NotACitation, NotHeld):
        return Source(cited, cited.citation, cited.quote or "", address)
    return Source(cited, found.bluebook, found.official, address)


def publisher_address(desk: Desk, locator: str, url: str | None) -> str:
    """Where people read the text at its publisher; `url` is the held file's, used where nothing better is known."""
    instrument = desk.citator.instrument(locator)
    address = (instrument.publisher.address if instrument else "") or url or ""
    first = address.split()[0] if address.split() else ""
    return first if first.startswith(("https://", "http://")) else ""
