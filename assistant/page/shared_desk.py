"""The desk that all sessions of a server share: made ready in the background, asked by one session at a time.

A store is one SQLite connection, one index and one model. A question takes some hundredths of a second, so that
sessions take turns; a lock keeps them apart. The store is built and opened by a thread of the server, not of a
session: who reloads the page or changes its language while it is built stops nothing.
"""

import logging
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock, Thread

from assistant.answer.citing import print_citation
from assistant.answer.lookup import LookedUp, look_up
from assistant.answer.reply import Reply
from assistant.desk import Desk, open_desk
from assistant.law.holdings import Holdings, Reading
from assistant.law.printing import full_text
from assistant.law.provisions import Locator, parent
from assistant.page.sources import Source, publisher_address, source_of
from assistant.settings import Settings
from assistant.words import Lang

__all__ = ["DeskKeeper", "Making", "Opened", "SharedDesk"]

_NEXT = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A provision opened to be read. `above`: the provision that it stands under and its citation, or None.

    `around`: the lead of the one above and the paragraphs next to this one, each with whether it is this one.
    """

    provision: LookedUp
    address: str
    above: tuple[Locator, str] | None
    around: tuple[tuple[str, bool], ...]


class SharedDesk:
    """A desk for many threads. `official` and `restated`: how many instruments are held in each layer.

    `earliest`: the first day that some text held was in force, or None where no text says.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk, self._lock = desk, Lock()
        self.store = desk.store.name
        texts = desk.holdings.texts()
        self.official = len({text.instrument for text in texts if text.layer == "official"})
        self.restated = len({text.instrument for text in texts if text.layer == "restatement"})
        starts = [v.interval.start for i in desk.citator.instruments.values() for v in i.versions if v.interval.start]
        self.earliest = min(starts, default=None)

    def ask(self, question: str, as_of: date, lang: Lang, *, dated: bool) -> tuple[Reply, tuple[Source, ...]]:
        """The reply, and a source for each of its citations, in their order."""
        with self._lock:
            reply = self._desk.ask(question, as_of, lang, dated=dated)
            return reply, tuple(source_of(self._desk, cited, lang) for cited in reply.citations)

    def open_provision(self, citation: str, as_of: date, lang: Lang) -> Opened:
        """The provision that `citation` names. Raises NotACitation and NotHeld."""
        with self._lock:
            desk = self._desk
            found = look_up(desk.citator, desk.holdings, citation, as_of, lang)
            locator = found.reading.locator
            reading = desk.holdings.reading(parent(locator), as_of)
            above = (
                (reading.locator, print_citation(desk.citator, desk.holdings, reading.best, lang)) if reading else None
            )
            address = publisher_address(desk, locator, found.url)
            return Opened(found, address, above, _around(desk.holdings, reading, locator, as_of) if reading else ())

    def warm(self, question: str, as_of: date) -> None:
        """Loads all that a first question needs."""
        self.ask(question, as_of, "en", dated=False)

    def retire(self) -> None:
        """Lets go of the index, once nobody is asking. A session that still has this desk may ask it again."""
        with self._lock:
            if "search" in self._desk.__dict__:
                self._desk.search.index.close()


def _around(holdings: Holdings, above: Reading, locator: Locator, as_of: date) -> tuple[tuple[str, bool], ...]:
    """The paragraphs next to one, in the layer of the one above; at most `_NEXT` on each side."""
    layer = above.best.layer
    siblings = holdings.children(above.locator, as_of)
    place = next((i for i, sibling in enumerate(siblings) if sibling.locator == locator), 0)
    near = siblings[max(place - _NEXT, 0) : place + _NEXT + 1]
    texts = [(above.best.text, False)]
    for sibling in near:
        label = sibling.best.label if sibling.best.label.startswith(("(", "（")) else ""
        text = full_text(holdings, sibling.locator, as_of, layer)
        texts.append((f"{label} {text}".strip(), sibling.locator == locator))
    return tuple((text, own) for text, own in texts if text)


@dataclass(slots=True)
class Making:
    """A store on its way. `share`: how much is done, 0 to 1. `building`: whether it is built, not only opened."""

    share: float = 0.0
    building: bool = False
    problem: Exception | None = None
    thread: Thread | None = field(default=None, repr=False)


class DeskKeeper:
    """Keeps one data folder's desk: builds the store where there is none, and opens the one that is in use."""

    def __init__(self, settings: Settings, corpus: Path, warm_up: tuple[str, date]) -> None:
        self._settings, self._corpus, self._warm_up = settings, corpus, warm_up
        self._lock = Lock()
        self._shared: SharedDesk | None = None
        self._making: Making | None = None

    def now(self) -> SharedDesk | Making:
        """The desk over the store that is in use now, or how far its making is.

        Raises what stopped the making, once; who asks again starts it again.
        """
        with self._lock:
            making = self._making
            if making and making.thread and making.thread.is_alive() and self._shared is None:
                return making
            if making and making.problem:
                self._making = None
                raise making.problem
            if self._shared is not None and self._shared.store == self._in_use():
                return self._shared
            retired, self._shared = self._shared, None
            making = self._making = Making()
            making.thread = Thread(target=self._make, args=(making, retired), name="store", daemon=True)
            making.thread.start()
            return making

    def _in_use(self) -> str | None:
        try:
            return (self._settings.data / "current").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def _make(self, making: Making, retired: SharedDesk | None) -> None:
        from ingest.run import build_if_needed

        def report(what: str, done: int, of: int) -> None:
            making.building = True
            making.share = max(making.share, min(done / max(of, 1), 1.0) if what == "embedding" else 0.0)

        try:
            build_if_needed(self._settings, self._corpus, on_progress=report)
            shared = SharedDesk(open_desk(self._settings.data, self._corpus, self._settings.embedder))
        except Exception as error:
            _log.exception("the store could not be made ready")
            making.problem = error
            return
        self._shared = shared
        try:
            shared.warm(*self._warm_up)
            if retired is not None:
                retired.retire()
        except Exception:
            _log.exception("warming up failed; the first question will say why")
