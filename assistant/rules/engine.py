"""Formulas of a rule pack, compiled to functions, and the case that they are evaluated on.

A formula takes a `Case` (one transaction, one day) and a `Thing` of it (a party, a set of data, a dealing) and gives
a Finding. Parts that cannot change the outcome are left out of it: a false conjunction keeps one false part, one
that leans on no presumption where there is one.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from assistant.rules.facts import Fact, Transaction
from assistant.rules.findings import Finding, Label
from assistant.rules.truth import Cause, Truth

__all__ = [
    "Case", "Formula", "Test", "Thing", "combine", "compile_all", "compile_any", "compile_fact", "compile_named",
    "compile_not", "missing_fact",
]  # fmt: skip

_TRUE, _FALSE, _UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
_new = tuple.__new__  # a Finding is made some hundred times a verdict; this is half the time of its own constructor
Test = Callable[[Any, "Case", "Thing"], Truth]


class Thing(NamedTuple):
    """One thing of a transaction: its kind (party, data, specimens, dealing), name, path, and told facts."""

    kind: str
    name: str
    path: str
    record: Mapping[str, Any]


Formula = Callable[["Case", Thing], Finding]


class Case:
    """One transaction on one day, with what has been found of it so far."""

    __slots__ = (
        "by_name", "circumstances", "data", "dealings", "findings", "parties", "presume", "scratch",
        "specimens", "transaction", "values",
    )  # fmt: skip

    def __init__(
        self, transaction: Transaction, findings: Mapping[str, Formula], values: Mapping[str, Any], *, presume: bool
    ) -> None:
        self.transaction, self.findings, self.values, self.presume = transaction, findings, values, presume
        self.circumstances = transaction.circumstances
        self.parties = {n: Thing("party", n, f"parties.{n}", r) for n, r in transaction.parties.items()}
        self.data = {n: Thing("data", n, f"data.{n}", r) for n, r in transaction.data.items()}
        self.specimens = {n: Thing("specimens", n, f"specimens.{n}", r) for n, r in transaction.specimens.items()}
        self.dealings = [
            Thing("dealing", f"dealings.{n}", f"dealings.{n}", r) for n, r in enumerate(transaction.dealings, 1)
        ]
        self.by_name: dict[tuple[str, str], Finding] = {}
        self.scratch: dict[Any, Any] = {}

    def find(self, name: str, thing: Thing) -> Finding:
        """The named finding of the thing, worked out once."""
        key = (name, thing[1])
        found = self.by_name.get(key)
        if found is None:
            found = self.by_name[key] = self.findings[name](self, thing)
        return found

    def party(self, name: Any) -> Thing | None:
        """The party of that name; for a branch the party that it is a branch of."""
        thing = self.parties.get(name)
        while thing is not None and (whole := self.parties.get(thing.record.get("branch_of", ""))) is not None:
            thing = whole
        return thing

    def day_of(self, dealing: Thing) -> date:
        """The day of a dealing."""
        day: date = dealing.record.get("date", self.transaction.as_of)
        return day

    def told(self, thing: Thing, key: str) -> Any:
        """The told value of a fact, or None; circumstances of a dealing before those of all."""
        value = thing.record.get(key)
        if value is None and key.startswith("circumstances."):
            value = self.circumstances.get(key[14:])
        return value

    def path(self, thing: Thing, key: str) -> str:
        """The path by which a fact of the thing is told."""
        if key.startswith("circumstances."):
            return f"{thing.path}.{key}" if key in thing.record else key
        return f"{thing.path}.{key}"


def missing_fact(label: Label, of: str, path: str, cause: Cause | None = None) -> Finding:
    """The finding of a fact that is not told."""
    assert label.fact is not None
    if cause is None:
        cause = Cause.JUDGEMENT if label.fact.judgement else Cause.FACT_MISSING
    return Finding(label, of, _UNKNOWN, (), False, path, None, "missing", cause)


def compile_fact(
    fact: Fact, key: str, test: Test, *, if_unsaid: bool | None = None, instead: Fact | None = None
) -> Formula:
    """Tests a fact of the thing. A fact that is not told is presumed, where it may be, and else missing.

    `if_unsaid`: what holds while nothing is told, without a presumption of its own. `instead`: the fact of the same
    record whose value would be presumed for this one; where neither is told, either could settle it.
    """
    label = Label("", fact.pinpoint, fact=fact)
    circumstance = key[14:] if key.startswith("circumstances.") else ""
    absent = _FALSE if if_unsaid is False else _TRUE
    plain = not fact.same_as and fact.only_for is None
    always: dict[tuple[bool, bool], Finding] = {}

    def find(case: Case, thing: Thing) -> Finding:
        value = thing.record.get(key)
        if value is None and circumstance:
            value = case.circumstances.get(circumstance)
        if value is not None:
            truth = test(value, case, thing)
            if truth is _UNKNOWN:
                return missing_fact(label, thing.name, case.path(thing, key))
            return _new(Finding, (label, thing.name, truth, (), False, case.path(thing, key), value, "told", None))
        if if_unsaid is not None:
            return _new(Finding, (label, thing.name, absent, (), False, f"{thing.path}.{key}", None, "told", None))
        if not circumstance:
            return untold(case, thing, f"{thing.path}.{key}")
        found = always.get((case.presume, plain))
        if found is None:
            found = always[(case.presume, plain)] = untold(case, Thing("", "", "", thing.record), key)
        return found

    def untold(case: Case, thing: Thing, path: str) -> Finding:
        value = (fact.presumed if plain else _presumed(fact, thing)) if case.presume else None
        if value is None and instead is not None and case.presume:
            other = missing_fact(Label("", instead.pinpoint, fact=instead), thing.name, f"{thing.path}.{instead.key}")
            both = (missing_fact(label, thing.name, path), other)
            return Finding(Label("", fact.pinpoint), thing.name, _UNKNOWN, both)
        if value is None:
            return missing_fact(label, thing.name, path)
        return _new(Finding, (label, thing.name, test(value, case, thing), (), True, path, value, "presumed", None))

    return find


def _presumed(fact: Fact, thing: Thing) -> Any:
    if fact.same_as:
        value = thing.record.get(fact.same_as)
        return (value,) if value is not None and fact.type == "countries" else value
    if fact.only_for is not None and thing.record.get(fact.only_for[0]) not in fact.only_for[1]:
        return None
    return fact.presumed


def compile_all(parts: Sequence[Formula], label: Label) -> Formula:
    """True where all are. Where a presumption alone makes it false, the parts after it are not looked at."""
    return _compile(tuple(parts), label, _FALSE, _TRUE)


def compile_any(parts: Sequence[Formula], label: Label) -> Formula:
    """True where one is."""
    return _compile(tuple(parts), label, _TRUE, _FALSE)


def _compile(parts: tuple[Formula, ...], label: Label, decisive: Truth, other: Truth) -> Formula:
    def find(case: Case, thing: Thing) -> Finding:
        found: list[Finding] = []
        leaning: Finding | None = None
        unknown = leans = False
        for part in parts:
            one = part(case, thing)
            truth = one[2]
            if truth is decisive:
                if not one[4]:
                    return _new(Finding, (label, thing[1], decisive, (one,), False, "", None, "", None))
                if one[7]:
                    return _new(Finding, (label, thing[1], decisive, (leaning or one,), True, "", None, "", None))
                leaning = leaning or one
            else:
                found.append(one)
                unknown = unknown or truth is _UNKNOWN
                leans = leans or one[4]
        if leaning is not None:
            return _new(Finding, (label, thing[1], decisive, (leaning,), True, "", None, "", None))
        return _new(Finding, (label, thing[1], _UNKNOWN if unknown else other, tuple(found), leans, "", None, "", None))

    return find


def combine(found: Sequence[Finding], label: Label, of: str, decisive: Truth, other: Truth) -> Finding:
    """Joins parts of which one with the truth `decisive` decides, and which else are all `other` or unknown."""
    unknown = False
    deciding: Finding | None = None
    for one in found:
        if one.truth is decisive:
            if not one.leans:
                return Finding(label, of, decisive, (one,))
            if deciding is None:
                deciding = one
        elif one.truth is _UNKNOWN:
            unknown = True
    if deciding is not None:
        return Finding(label, of, decisive, (deciding,), True)
    leans = any(one.leans for one in found)
    return Finding(label, of, _UNKNOWN if unknown else other, tuple(found), leans)


def compile_not(part: Formula, label: Label) -> Formula:
    """True where the part is false."""

    def find(case: Case, thing: Thing) -> Finding:
        one = part(case, thing)
        truth = one.truth
        opposite = _FALSE if truth is _TRUE else _TRUE if truth is _FALSE else _UNKNOWN
        return _new(Finding, (label, thing.name, opposite, (one,), one.leans, "", None, "", None))

    return find


def compile_named(name: str, whose: str, missing: Formula | None) -> Formula:
    """The named finding of the thing itself, or of the party that a fact of the dealing names (`whose`)."""

    def find_own(case: Case, thing: Thing) -> Finding:
        key = (name, thing[1])
        found = case.by_name.get(key)
        if found is None:
            found = case.by_name[key] = case.findings[name](case, thing)
        return found

    def find_of(case: Case, thing: Thing) -> Finding:
        party = case.party(thing.record.get(whose))
        if party is None:
            assert missing is not None
            return missing(case, thing)
        key = (name, party[1])
        found = case.by_name.get(key)
        if found is None:
            found = case.by_name[key] = case.findings[name](case, party)
        return found

    return find_of if whose else find_own
