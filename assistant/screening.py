"""Many transactions screened: a row each in, the same row with its verdicts out."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TextIO

from assistant.answer.check import check_transaction
from assistant.rules import Rules, TransactionError

__all__ = ["ADDED", "UnusableTable", "screen"]

ADDED = ("us_dsp", "us_nih", "cn_hgr", "missing", "presumes", "error")
"""The columns that screening adds."""

_INDEX = re.compile(r"(ownership|employment|dealings)\.(\d+)\.(.+)")


class UnusableTable(ValueError):
    """A table cannot be screened. `problem` says what is wrong with its head."""


def screen(
    source: TextIO, target: TextIO, rules: Mapping[str, Rules], today: date, on_row: Callable[[int], None]
) -> tuple[int, int]:
    """Screens `source` (CSV, a column a fact path) into `target`; how many rows, and how many with an error.

    A cell is a scalar, a list as JSON or with semicolons, or a range as JSON; an empty cell is not said. A row that
    cannot be read has its problem under `error`, and the rest go on. `on_row` is called with the rows done.
    Raises UnusableTable where there is no head, a column stands twice, or a column is no fact.
    """
    reader = csv.DictReader(source)
    columns = _columns(reader.fieldnames, rules)
    writer = csv.DictWriter(target, [*columns, *(name for name in ADDED if name not in columns)])
    writer.writeheader()
    rows = wrong = 0
    for row in reader:
        rows += 1
        added = _verdicts(row, rules, today)
        wrong += bool(added["error"])
        writer.writerow({**{name: row.get(name) for name in columns}, **added})
        on_row(rows)
    return rows, wrong


def _columns(names: Any, rules: Mapping[str, Rules]) -> list[str]:
    columns = [name.strip() for name in names or []]
    if not columns:
        raise UnusableTable("the first line must name the columns: fact paths such as parties.recipient.kind")
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        raise UnusableTable(f"the column {twice[0]} stands twice")
    vocabulary = next(iter(rules.values())).vocabulary
    for name in columns:
        known = name in ("id", "as_of", *ADDED) or vocabulary.fact_at(name) or _reference(name)
        if not known:
            raise UnusableTable(f"the column {name} is no fact: `check --schema` lists the facts")
    return columns


def _reference(path: str) -> bool:
    """Whether a column names a party or data of a list entry: dealings.1.from, ownership.1.owned."""
    return bool(re.fullmatch(r"(?:dealings\.\d+\.(?:from|to|covers)|(?:ownership|employment)\.\d+\.\w+)", path))


def _verdicts(row: Mapping[str, Any], rules: Mapping[str, Rules], today: date) -> dict[str, str]:
    out = dict.fromkeys(ADDED, "")
    if None in row:
        out["error"] = "more cells than columns"
        return out
    try:
        checked = check_transaction(rules, _document(row), today, "en", brief=True)
    except TransactionError as error:
        out["error"] = str(error)
        return out
    for name, regime in checked["regimes"].items():
        out[name.replace("-", "_")] = regime["verdict"]
    out["missing"] = "; ".join(m["fact"] for regime in checked["regimes"].values() for m in regime["missing"])
    out["presumes"] = "; ".join(p["fact"] for regime in checked["regimes"].values() for p in regime["presumes"])
    return out


def _document(row: Mapping[str, Any]) -> dict[str, Any]:
    """The transaction document that the cells of a row say."""
    document: dict[str, Any] = {}
    lists: dict[str, dict[int, dict[str, Any]]] = {}
    for path, cell in row.items():
        if path in ("id", *ADDED) or cell is None or not cell.strip():
            continue
        if match := _INDEX.fullmatch(path):
            section, number, key = match.groups()
            value = _value(cell)
            value = [value] if key == "covers" and not isinstance(value, list) else value
            _put(lists.setdefault(section, {}).setdefault(int(number), {}), key, value)
        else:
            _put(document, path, _value(cell))
    for section, entries in lists.items():
        document[section] = [entries[number] for number in sorted(entries)]
    return document


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for name in above:
        document = document.setdefault(name, {})
    document[last] = value


def _value(cell: str) -> Any:
    text = cell.strip()
    if text[0] in "[{":
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return [part.strip() for part in text.split(";") if part.strip()] if ";" in text else text
