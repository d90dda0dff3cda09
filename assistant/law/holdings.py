"""What is held: the texts, official and restated, and their provisions, in one SQLite file.

The file is written once, beside the one in use, and never changed; so any number of readers may have it open.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.law.provisions import Language, Layer, Locator, Provision, lineage

__all__ = ["HeldText", "Holdings", "Reading", "write_holdings"]

_SCHEMA = """
create table texts (
    id text primary key, instrument text not null, version text not null, layer text not null,
    language text not null, title text not null, url text not null, sha256 text, retrieved_on text,
    text_date text, checked_to text, notes text not null
) without rowid;
create table provisions (
    id integer primary key, locator text not null, parent text not null, layer text not null, source text not null,
    kind text not null, label text not null, heading text not null, trail text not null, text text not null,
    language text not null, in_force_from text, in_force_to text, confidence text not null, place integer not null
);
create index by_locator on provisions (locator);
create index by_parent on provisions (parent, place);
"""


@dataclass(frozen=True, slots=True)
class HeldText:
    """One text: where it came from and which day it is of.

    `sha256`: of the publisher's file; None for a restatement. `text_date`: the day of the wording as issued.
    `checked_to`: the last day to which the wording is known to be unchanged. `notes`: its apparatus.
    """

    id: str
    instrument: Locator
    version: str
    layer: Layer
    language: Language
    title: str
    url: str
    sha256: str | None
    retrieved_on: date | None
    text_date: date | None
    checked_to: date | None
    notes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One provision on one day: its official words, our restatement, or both. At least one is there."""

    locator: Locator
    official: Provision | None
    restatement: Provision | None

    @property
    def best(self) -> Provision:
        """The official provision where it is held, else the restatement."""
        found = self.official or self.restatement
        assert found is not None
        return found


def write_holdings(path: Path, texts: Iterable[HeldText], provisions: Iterable[Provision]) -> None:
    """Writes a new file of holdings. The id of a provision is its place in `provisions`, from 1.

    Raises FileExistsError where there is one already.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists: holdings are written once, beside the ones in use")
    connection = sqlite3.connect(path)
    rows = list(provisions)
    paths = {row.locator for row in rows}
    with connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "insert into texts values (?,?,?,?,?,?,?,?,?,?,?,?)", (_text_row(text) for text in texts)
        )
        connection.executemany(
            "insert into provisions values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            ((place, *_provision_row(row, _nearest(row.locator, paths))) for place, row in enumerate(rows, 1)),
        )
    connection.close()


class Holdings:
    """Reads one file of holdings. Provisions come back as they were on the day that is asked for."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise FileNotFoundError(f"no holdings at {path}: run `policy-assistant ingest`")
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row

    def close(self) -> None:
        """Gives the file back."""
        self._connection.close()

    def texts(self) -> tuple[HeldText, ...]:
        """Every text that is held, by instrument and version."""
        rows = self._connection.execute("select * from texts order by instrument, version, layer")
        return tuple(_text(row) for row in rows)

    def text(self, source: str) -> HeldText:
        """The text with that id. Raises KeyError where there is none."""
        row = self._connection.execute("select * from texts where id = ?", (source,)).fetchone()
        if row is None:
            raise KeyError(source)
        return _text(row)

    def resolve(self, locator: str, *, by_article: bool = False) -> Locator | None:
        """The locator under which the provision is held, or None where it is not.

        `by_article`: the instrument is cited by article, where the first paragraph of an article that has only
        one is the article itself.
        """
        path = str(locator)
        for candidate in (path, path.removesuffix("/1")) if by_article else (path,):
            if self._connection.execute("select 1 from provisions where locator = ?", (candidate,)).fetchone():
                return Locator(candidate)
        return None

    def reading(self, locator: str, as_of: date) -> Reading | None:
        """The provision on that day, or None where nothing is held of it for that day."""
        rows = self._connection.execute("select * from provisions where locator = ?", (str(locator),))
        return _reading(Locator(str(locator)), [_provision(row) for row in rows], as_of)

    def wordings(self, locator: str) -> tuple[Provision, ...]:
        """Every wording of the provision that is held, of any day, oldest first."""
        rows = self._connection.execute(
            "select * from provisions where locator = ? order by in_force_from, layer", (str(locator),)
        )
        return tuple(_provision(row) for row in rows)

    def children(self, locator: str, as_of: date) -> tuple[Reading, ...]:
        """The provisions one level down, in the order of the law."""
        rows = self._connection.execute("select * from provisions where parent = ? order by place", (str(locator),))
        found: dict[Locator, list[Provision]] = {}
        for row in rows:
            provision = _provision(row)
            found.setdefault(provision.locator, []).append(provision)
        readings = (_reading(path, wordings, as_of) for path, wordings in found.items())
        return tuple(reading for reading in readings if reading)

    def subtree(self, locator: str, as_of: date) -> Iterator[Reading]:
        """The provision and all below it, in the order of the law."""
        own = self.reading(locator, as_of)
        if own:
            yield own
        for child in self.children(locator, as_of):
            yield from self.subtree(child.locator, as_of)

    def by_id(self, ids: Sequence[int]) -> dict[int, Provision]:
        """The provisions with those ids."""
        marks = ",".join("?" * len(ids))
        rows = self._connection.execute(f"select * from provisions where id in ({marks})", list(ids))
        return {row["id"]: _provision(row) for row in rows}

    def all(self) -> Iterator[tuple[int, Provision]]:
        """Every provision with its id, in the order in which they were written."""
        for row in self._connection.execute("select * from provisions order by id"):
            yield row["id"], _provision(row)


def _reading(locator: Locator, wordings: Sequence[Provision], as_of: date) -> Reading | None:
    current = [wording for wording in wordings if wording.in_force(as_of)]
    official = next((wording for wording in current if wording.layer == "official"), None)
    restatement = next((wording for wording in current if wording.layer == "restatement"), None)
    return Reading(locator, official, restatement) if official or restatement else None


def _text_row(text: HeldText) -> tuple[Any, ...]:
    return (
        text.id, text.instrument, text.version, text.layer, text.language, text.title, text.url, text.sha256,
        _iso(text.retrieved_on), _iso(text.text_date), _iso(text.checked_to),
        json.dumps(text.notes, ensure_ascii=False),
    )  # fmt: skip


def _text(row: sqlite3.Row) -> HeldText:
    return HeldText(
        id=row["id"], instrument=Locator(row["instrument"]), version=row["version"], layer=row["layer"],
        language=row["language"], title=row["title"], url=row["url"], sha256=row["sha256"],
        retrieved_on=_day(row["retrieved_on"]), text_date=_day(row["text_date"]), checked_to=_day(row["checked_to"]),
        notes=json.loads(row["notes"]),
    )  # fmt: skip


def _nearest(locator: Locator, paths: Set[Locator]) -> Locator:
    """The nearest path above that is held; an item's paragraph may be its article, where that has only one."""
    return next((above for above in lineage(locator)[1:] if above in paths), Locator(""))


def _provision_row(provision: Provision, above: Locator) -> tuple[Any, ...]:
    return (
        provision.locator, above, provision.layer, provision.source, provision.kind,
        provision.label, provision.heading, json.dumps(provision.trail, ensure_ascii=False), provision.text,
        provision.language, _iso(provision.in_force_from), _iso(provision.in_force_to), provision.confidence,
        provision.order,
    )  # fmt: skip


def _provision(row: sqlite3.Row) -> Provision:
    return Provision(
        locator=Locator(row["locator"]), kind=row["kind"], text=row["text"], label=row["label"],
        heading=row["heading"], trail=tuple(json.loads(row["trail"])), order=row["place"], layer=row["layer"],
        language=row["language"], in_force_from=_day(row["in_force_from"]), in_force_to=_day(row["in_force_to"]),
        confidence=row["confidence"], source=row["source"],
    )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
