"""The facts vocabulary (`corpus/facts.yaml`) and transactions read by it, strictly.

A transaction is one document; a fact's name is its path. What is not in the vocabulary is an error that names the
path and the nearest known name; all problems of a document are reported at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.instruments import read_day
from assistant.law.provisions import Locator
from assistant.law.strict_yaml import CorpusFileError
from assistant.rules.located import lines_of
from assistant.rules.truth import Range

__all__ = ["Fact", "Transaction", "TransactionError", "Vocabulary", "load_vocabulary"]

TYPES = (
    "text", "choice", "choices", "yes_no", "count", "share", "meters", "day", "country", "countries", "party",
    "entries", "list",
)  # fmt: skip
_NAMED, _LISTED = ("parties", "data", "specimens"), ("ownership", "employment", "dealings")
_YES, _NO = ("yes", "true", "Yes", "True"), ("no", "false", "No", "False")
UNKNOWN, NONE = "unknown", "none"


class TransactionError(ValueError):
    """A transaction cannot be read. `problems`: one sentence each, with path and what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


@dataclass(frozen=True, slots=True)
class Fact:
    """One path of the vocabulary.

    `key`: the path within its section. `presumed`: the value that holds while nothing is said, or None.
    `same_as`: the fact of the same record whose value holds. `only_for`: a fact of the same record and the values
    with which the presumption holds. `rank`: 1 for the presumption most likely to be wrong.
    """

    path: str
    section: str
    key: str
    type: str
    ask: Mapping[str, str]
    pinpoint: Locator
    values: tuple[str, ...] = ()
    unit: str = ""
    presumed: Any = None
    same_as: str = ""
    only_for: tuple[str, tuple[str, ...]] | None = None
    why: str = ""
    rank: int = 99
    judgement: bool = False
    line: int = 0


@dataclass(frozen=True)
class Vocabulary:
    """Every fact by its path, in the file's order."""

    facts: Mapping[str, Fact]
    countries: frozenset[str] = frozenset()
    by_section: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)

    def read(self, document: Any, as_of: date) -> "Transaction":
        """The transaction that a document (dicts, lists, scalars) says. `as_of`: the day where it gives none.

        Raises TransactionError with all problems.
        """
        return _Reader(self).read(document, as_of)

    def fact_at(self, path: str) -> Fact | None:
        """The fact of a concrete path such as `parties.recipient.kind`, or None."""
        words = path.split(".")
        if words[0] == "dealings" and words[2:3] == ["circumstances"]:
            words = words[2:]
        if words[0] in (*_NAMED, *_LISTED) and len(words) > 1:
            words[1] = "*"
        return self.facts.get(".".join(words))

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of a transaction document."""
        return _schema(self)


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction in typed values. Records are flat: a key is the fact's path within its section.

    What is said unknown is left out. `circumstances` holds for every dealing that says nothing else.
    """

    as_of: date
    parties: Mapping[str, Mapping[str, Any]]
    data: Mapping[str, Mapping[str, Any]]
    specimens: Mapping[str, Mapping[str, Any]]
    ownership: tuple[Mapping[str, Any], ...]
    employment: tuple[Mapping[str, Any], ...]
    dealings: tuple[Mapping[str, Any], ...]
    circumstances: Mapping[str, Any]
    other: Mapping[str, Mapping[str, Any]]


class _Reader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.problems: list[str] = []

    def read(self, document: Any, as_of: date) -> Transaction:
        if not isinstance(document, Mapping):
            raise TransactionError(["a transaction is a mapping with parties, data, dealings"])
        day = as_of
        if document.get("as_of") not in (None, UNKNOWN):
            day = self._value("as_of", self.vocabulary.facts["as_of"], document["as_of"]) or as_of
        named = {s: self._named(s, document.get(s)) for s in _NAMED}
        listed = {s: self._listed(s, document.get(s)) for s in _LISTED}
        rest = {s: self._record(s, s, v) for s, v in document.items() if self._is_flat(s, v)}
        circumstances = rest.pop("circumstances", {})
        for names in ("data", "specimens"):
            for other in {"data", "specimens"} - {names}:
                for name in set(named[names]) & set(named[other]):
                    if names < other:
                        self.problems.append(f"{name}: names both data and specimens; call one of them otherwise")
        out = Transaction(day, named["parties"], named["data"], named["specimens"], listed["ownership"],
                          listed["employment"], listed["dealings"], circumstances, rest)  # fmt: skip
        self._check_references(out)
        if self.problems:
            raise TransactionError(self.problems)
        return out

    def _is_flat(self, section: str, value: Any) -> bool:
        if section in _NAMED or section in _LISTED or section == "as_of":
            return False
        if section not in self.vocabulary.by_section:
            known = [*self.vocabulary.by_section, "as_of"]
            if value or section not in ("china", "nih"):
                self._unknown(section, section, known)
            return False
        return True

    def _named(self, section: str, value: Any) -> dict[str, dict[str, Any]]:
        if value in (None, UNKNOWN):
            return {}
        if not isinstance(value, Mapping):
            self.problems.append(f"{section}: write it as a mapping, a name to its facts")
            return {}
        return {str(name): self._record(f"{section}.{name}", section, record) for name, record in value.items()}

    def _listed(self, section: str, value: Any) -> tuple[dict[str, Any], ...]:
        if value in (None, UNKNOWN):
            return ()
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.problems.append(f"{section}: write it as a list")
            return ()
        return tuple(self._record(f"{section}.{n}", section, record) for n, record in enumerate(value, 1))

    def _record(self, at: str, section: str, value: Any) -> dict[str, Any]:
        out: dict[str, Any] = {}
        if value in (None, UNKNOWN):
            return out
        if not isinstance(value, Mapping):
            self.problems.append(f"{at}: write it as a mapping of facts")
            return out
        self._fill(out, at, section, "", value)
        return out

    def _fill(self, out: dict[str, Any], at: str, section: str, prefix: str, record: Mapping[str, Any]) -> None:
        facts = self.vocabulary.by_section[section]
        for key, value in record.items():
            name = f"{prefix}{key}"
            fact = facts.get(name)
            if fact is None and section == "dealings" and prefix == "circumstances.":
                fact = self.vocabulary.by_section["circumstances"].get(str(key))
            if fact is not None:
                if (
                    value is not None
                    and value != UNKNOWN
                    and (typed := self._value(f"{at}.{key}", fact, value)) is not None
                ):
                    out[name] = typed
            elif self._has_below(section, name) and (value is None or isinstance(value, Mapping)):
                self._fill(out, f"{at}.{key}", section, f"{name}.", value or {})
            else:
                below = facts if prefix != "circumstances." else self.vocabulary.by_section["circumstances"]
                self._unknown(f"{at}.{key}", str(key), [k.rpartition(".")[2] for k in below])

    def _has_below(self, section: str, name: str) -> bool:
        if section == "dealings" and name == "circumstances":
            return True
        return any(key.startswith(f"{name}.") for key in self.vocabulary.by_section[section])

    def _unknown(self, path: str, word: str, known: Sequence[str]) -> None:
        near = get_close_matches(word, known, n=1, cutoff=0.5)
        hint = f"; the nearest known name is {near[0]!r}" if near else f"; known are {', '.join(sorted(set(known)))}"
        self.problems.append(f"{path}: no such fact{hint}")

    def _value(self, path: str, fact: Fact, value: Any) -> Any:
        try:
            return _typed(fact, value, self.vocabulary.countries)
        except ValueError as error:
            self.problems.append(f"{path}: {error}")
            return None

    def _check_references(self, transaction: Transaction) -> None:
        entries = {*transaction.data, *transaction.specimens}
        records = [
            *((f"parties.{n}", "parties", r) for n, r in transaction.parties.items()),
            *((f"data.{n}", "data", r) for n, r in transaction.data.items()),
            *((f"{s}.{n}", s, r) for s in _LISTED for n, r in enumerate(getattr(transaction, s), 1)),
        ]
        for at, section, record in records:
            for key, value in record.items():
                fact = self.vocabulary.by_section[section].get(key)
                if fact is not None and fact.type == "party" and value != NONE and value not in transaction.parties:
                    self._unknown_name(f"{at}.{key}", value, list(transaction.parties), "party")
                for name in value if fact is not None and fact.type == "entries" else ():
                    if name not in entries:
                        self._unknown_name(f"{at}.{key}", name, sorted(entries), "set of data or specimens")
        for name, record in transaction.parties.items():
            if record.get("branch_of", NONE) != NONE and "organized_in" in record:
                self.problems.append(f"parties.{name}.organized_in: a branch is not organised on its own; leave it out")
            if self._loops(name, transaction.parties):
                self.problems.append(f"parties.{name}.branch_of: a party cannot be a branch of itself")

    def _loops(self, name: str, parties: Mapping[str, Mapping[str, Any]]) -> bool:
        seen, at = {name}, parties[name].get("branch_of", NONE)
        while at in parties:
            if at in seen:
                return True
            seen.add(at)
            at = parties[at].get("branch_of", NONE)
        return False

    def _unknown_name(self, path: str, name: str, known: Sequence[str], what: str) -> None:
        near = get_close_matches(name, known, n=1)
        self.problems.append(
            f"{path}: no {what} {name!r} in this document{f'; do you mean {near[0]!r}' if near else ''}"
        )


def _typed(fact: Fact, value: Any, countries: frozenset[str]) -> Any:
    """The value in the fact's type. Raises ValueError that says what the type looks like."""
    match fact.type:
        case "yes_no":
            return _yes_no(value)
        case "count" | "share" | "meters":
            return _range(value, whole=fact.type == "count", most=100 if fact.type == "share" else None)
        case "day":
            return value if isinstance(value, date) else read_day(str(value))
        case "choice":
            return _choice(fact, str(value).lower() if isinstance(value, bool) else value)
        case "choices":
            return tuple(dict.fromkeys(_choice(fact, item) for item in _sequence(value)))
        case "country":
            return _country(value, countries)
        case "countries":
            return tuple(dict.fromkeys(_country(item, countries) for item in _sequence(value, alone=True)))
        case "entries":
            return tuple(dict.fromkeys(str(item) for item in _sequence(value)))
    if isinstance(value, Mapping | list):
        raise ValueError("write one word or text")
    return str(value)


def _yes_no(value: Any) -> bool:
    if value is True or value in _YES:
        return True
    if value is False or value in _NO:
        return False
    raise ValueError(f"{value!r} is neither yes nor no")


def _number(value: Any, *, whole: bool, most: int | None) -> Fraction | int:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{value!r} is not a number")
    try:
        number = Fraction(str(value).replace(",", ""))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{value!r} is not a number") from None
    if number < 0 or (most is not None and number > most) or (whole and number.denominator != 1):
        raise ValueError(
            f"{value!r} is not a {'whole ' if whole else ''}number from 0{f' to {most}' if most else ' up'}"
        )
    return int(number) if number.denominator == 1 else number


def _range(value: Any, *, whole: bool, most: int | None) -> Range:
    if not isinstance(value, Mapping):
        number = _number(value, whole=whole, most=most)
        return Range(number, number)
    if not value or set(value) - {"at_least", "at_most"}:
        raise ValueError("write a range as {at_least: N, at_most: M}, or one of the two")
    low = _number(value["at_least"], whole=whole, most=most) if "at_least" in value else 0
    high = _number(value["at_most"], whole=whole, most=most) if "at_most" in value else most
    if high is not None and high < low:
        raise ValueError(f"at_most {value['at_most']} is less than at_least {value['at_least']}")
    return Range(low, high)


def _choice(fact: Fact, value: Any) -> str:
    if isinstance(value, str) and value in fact.values:
        return value
    near = get_close_matches(str(value), fact.values, n=1)
    raise ValueError(f"{value!r} is none of {', '.join(fact.values)}{f'; do you mean {near[0]!r}' if near else ''}")


def _sequence(value: Any, *, alone: bool = False) -> Sequence[Any]:
    if isinstance(value, str) and alone:
        return [value]
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError("write it as a list")
    return value


def _country(value: Any, countries: frozenset[str]) -> str:
    if isinstance(value, str) and value in countries:
        return value
    hint = f"; do you mean {str(value).upper()!r}" if str(value).upper() in countries else ""
    raise ValueError(f"{value!r} is no ISO 3166 country code of two letters (such as {min(countries)}){hint}")


# -- the vocabulary's own file

_KEYS = {"type", "values", "unit", "en", "zh", "pinpoint", "presumed", "presumed_for", "rank", "judgement"}


def load_vocabulary(path: Path) -> Vocabulary:
    """The vocabulary of `path` (facts.yaml). Raises CorpusFileError with file and line."""
    text = path.read_text(encoding="utf-8")
    document, lines = strict_yaml.load(text, path), lines_of(text)
    countries = frozenset(" ".join(document.pop("countries", [])).split())
    facts: dict[str, Fact] = {}
    for name, entry in document.items():
        line = lines.get((name,))
        if not isinstance(entry, Mapping):
            raise CorpusFileError(path, line, f"{name}: write type, question and pinpoint below it")
        if unknown := sorted(set(entry) - _KEYS):
            raise CorpusFileError(path, lines.get((name, unknown[0])), f"{name}: unknown key {unknown[0]!r}")
        if lacking := [key for key in ("type", "en", "zh", "pinpoint") if key not in entry]:
            raise CorpusFileError(path, line, f"{name}: {lacking[0]} is missing")
        if entry["type"] not in TYPES:
            raise CorpusFileError(path, line, f"{name}: no such type {entry['type']!r}; types are {', '.join(TYPES)}")
        try:
            facts[name] = _fact(name, entry, countries, line or 0)
        except (ValueError, KeyError) as error:
            raise CorpusFileError(path, line, f"{name}: {error}") from None
    sections: dict[str, dict[str, Fact]] = {}
    for fact in facts.values():
        if fact.section and fact.type != "list":
            sections.setdefault(fact.section, {})[fact.key] = fact
    for fact in facts.values():
        needed = [fact.same_as] if fact.same_as else []
        needed += [fact.only_for[0]] if fact.only_for else []
        for key in needed:
            if key not in sections[fact.section]:
                raise CorpusFileError(path, fact.line, f"{fact.path}: no such fact {key!r} in {fact.section}")
    return Vocabulary(facts, countries, sections)


def _fact(name: str, entry: Mapping[str, Any], countries: frozenset[str], line: int) -> Fact:
    section, _, key = name.partition(".")
    key = key.removeprefix("*.")
    presumed = entry.get("presumed") or {}
    if unknown := sorted(set(presumed) - {"value", "same_as", "why"}):
        raise ValueError(f"unknown key {unknown[0]!r} in presumed")
    if presumed and not presumed.get("why"):
        raise ValueError("why is missing in presumed")
    fact = Fact(
        path=name,
        section=section if key else "",
        key=key,
        type=entry["type"],
        ask={"en": entry["en"], "zh": entry["zh"]},
        pinpoint=Locator(entry["pinpoint"]),
        values=tuple(entry.get("values", ())),
        unit=entry.get("unit", "percent" if entry["type"] == "share" else ""),
        same_as=presumed.get("same_as", ""),
        only_for=_only_for(entry.get("presumed_for")),
        why=presumed.get("why", ""),
        rank=int(entry.get("rank", 99)),
        judgement=_yes_no(entry.get("judgement", "no")),
        line=line,
    )
    if "value" not in presumed:
        return fact
    value = presumed["value"] if fact.type == "party" else _typed(fact, presumed["value"], countries)
    from dataclasses import replace

    return replace(fact, presumed=value)


def _only_for(entry: Mapping[str, Sequence[str]] | None) -> tuple[str, tuple[str, ...]] | None:
    if not entry:
        return None
    ((key, values),) = entry.items()
    return key, tuple(values)


# -- the schema

_NUMBER = {"oneOf": [{"type": "number", "minimum": 0}, {
    "type": "object", "properties": {k: {"type": "number", "minimum": 0} for k in ("at_least", "at_most")},
    "additionalProperties": False, "minProperties": 1}]}  # fmt: skip


def _schema_of(fact: Fact, countries: frozenset[str]) -> dict[str, Any]:
    country = {"type": "string", "enum": sorted(countries)}
    shapes: dict[str, dict[str, Any]] = {
        "yes_no": {"type": "boolean"},
        "count": _NUMBER,
        "share": _NUMBER,
        "meters": _NUMBER,
        "day": {"type": "string", "format": "date"},
        "choice": {"type": "string", "enum": list(fact.values)},
        "choices": {"type": "array", "items": {"type": "string", "enum": list(fact.values)}},
        "country": country,
        "countries": {"type": "array", "items": country},
        "entries": {"type": "array", "items": {"type": "string"}},
    }
    shape = shapes.get(fact.type, {"type": "string"})
    return {"description": fact.ask["en"], "anyOf": [shape, {"const": UNKNOWN}], "x-pinpoint": fact.pinpoint}


def _record_schema(facts: Mapping[str, Fact], countries: frozenset[str]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for key, fact in facts.items():
        where = properties
        *above, last = key.split(".")
        for word in above:
            group = where.setdefault(word, {"type": "object", "properties": {}, "additionalProperties": False})
            where = group["properties"]
        where[last] = _schema_of(fact, countries)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _schema(vocabulary: Vocabulary) -> dict[str, Any]:
    sections = {s: _record_schema(facts, vocabulary.countries) for s, facts in vocabulary.by_section.items()}
    sections["dealings"]["properties"]["circumstances"] = sections["circumstances"]
    properties: dict[str, Any] = {"as_of": _schema_of(vocabulary.facts["as_of"], vocabulary.countries)}
    for section, record in sections.items():
        if section in _NAMED:
            properties[section] = {"type": "object", "additionalProperties": record}
        elif section in _LISTED:
            properties[section] = {"type": "array", "items": record}
        else:
            properties[section] = record
    for section in ("china", "nih"):
        properties.setdefault(section, {"type": "object"})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Transaction",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def typed_value(vocabulary: Vocabulary, path: str, value: Any) -> Any:
    """A value for the vocabulary's path, in its type. Raises ValueError, or KeyError for a path that is none."""
    return _typed(vocabulary.facts[path], value, vocabulary.countries)
