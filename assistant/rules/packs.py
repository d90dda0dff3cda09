"""Rule packs: `corpus/rules/*.yaml` read strictly and compiled. Every error names file and line.

The vocabulary of a formula is closed: all, any, not, fact with one test, finding (of another party), some and every,
derive. Anything else is refused on load, as are names that nothing defines, findings that need themselves, amounts
whose units differ, and two values in force on one day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.instruments import Interval, read_day
from assistant.law.provisions import Locator
from assistant.law.strict_yaml import CorpusFileError
from assistant.rules.derivations import DERIVATIONS, Category, Parameters
from assistant.rules.engine import (
    Case,
    Formula,
    Test,
    Thing,
    combine,
    compile_all,
    compile_any,
    compile_fact,
    compile_named,
    compile_not,
    missing_fact,
)  # fmt: skip
from assistant.rules.facts import Fact, Vocabulary
from assistant.rules.findings import Finding, Label
from assistant.rules.located import Place, lines_of
from assistant.rules.truth import Truth, exceeds, reaches

__all__ = ["Pack", "Row", "load_pack"]

_TRUE, _FALSE = Truth.TRUE, Truth.FALSE
_SECTION = {"party": "parties", "data": "data", "specimens": "specimens", "dealing": "dealings"}
_TOP = {
    "boundary", "regime", "confidence", "instrument", "values", "categories", "findings", "verdict", "gravest",
    "sentences", "counting", "requirements", "obligations", "alternatives",
}  # fmt: skip
_TESTS = (
    "is", "in", "only_in", "meets", "any_is", "at_most", "less_than", "reaches", "more_than", "on_or_before", "after",
    "holds",
)  # fmt: skip
_FORMS = ("all", "any", "not", "fact", "finding", "some", "every", "derive")
_ANNOTATIONS = {"pinpoint", "says", "of"}
_DAYS = ("as_of", "date")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the verdict: for each column a truth, or None for any; and the verdict."""

    when: tuple[Truth | None, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class _Value:
    unit: str
    type: str
    pinpoint: Locator
    versions: tuple[tuple[Interval, Any], ...]


@dataclass(frozen=True)
class Pack:
    """A compiled rule pack. `kinds`: what each named finding is of. `labels`: how each reads."""

    regime: str
    confidence: str
    vocabulary: Vocabulary
    findings: Mapping[str, Formula]
    kinds: Mapping[str, str]
    labels: Mapping[str, Label]
    values: Mapping[str, _Value]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    gravest: tuple[str, ...]
    document: Mapping[str, Any]
    categories: tuple[Category, ...]

    def values_on(self, day: date) -> Mapping[str, Any]:
        """Every value in force on the day."""
        key = day.toordinal()
        found = _VALUES.get((id(self), key))
        if found is None:
            found = {
                name: next((v for interval, v in value.versions if interval.holds(day)), None)
                for name, value in self.values.items()
            }
            _VALUES[(id(self), key)] = found
        return found


_VALUES: dict[tuple[int, int], dict[str, Any]] = {}


class _Problem(ValueError):
    def __init__(self, place: Place, problem: str) -> None:
        self.place, self.problem = place, problem
        super().__init__(problem)


def load_pack(path: Path, vocabulary: Vocabulary) -> Pack:
    """The pack of `path`. Raises CorpusFileError with file, line and what is wrong; further problems are added."""
    text = path.read_text(encoding="utf-8")
    document, lines = strict_yaml.load(text, path), lines_of(text)
    try:
        return _Loader(document, vocabulary).load()
    except _Problem as problem:
        place = problem.place
        while place and place not in lines:
            place = place[:-1]
        raise CorpusFileError(path, lines.get(place), problem.problem) from None


class _Loader:
    def __init__(self, document: Any, vocabulary: Vocabulary) -> None:
        if not isinstance(document, Mapping):
            raise _Problem((), "a pack is a mapping")
        self.document, self.vocabulary = document, vocabulary
        self.kinds: dict[str, str] = {}
        self.labels: dict[str, Label] = {}
        self.needs: dict[str, set[str]] = {}
        self.values: dict[str, _Value] = {}
        self.categories: tuple[Category, ...] = ()
        self.current = ""

    def load(self) -> Pack:
        document = self.document
        for key in document:
            if key not in _TOP:
                raise _Problem((key,), f"no such part of a pack: {key!r}; parts are {', '.join(sorted(_TOP))}")
        if next(iter(document), None) != "boundary" or not document["boundary"]:
            raise _Problem((), "the modelling boundary stands first in the file")
        for place, entry in enumerate(document["boundary"]):
            if set(entry) != {"what", "why", "pinpoint"}:
                raise _Problem(("boundary", place), "a line of the boundary has what, why and pinpoint")
        self.values = {name: self._value(name, entry) for name, entry in document["values"].items()}
        for name, entry in document["findings"].items():
            if entry.get("of") not in _SECTION:
                raise _Problem(("findings", name), f"{name}: `of` is one of {', '.join(_SECTION)}")
            self.kinds[name] = entry["of"]
            self.labels[name] = self._label(("findings", name), entry, name)
        self.categories = tuple(self._category(n, e) for n, e in enumerate(document.get("categories", ())))
        findings = {}
        for name, entry in document["findings"].items():
            self.current = name
            self.needs[name] = set()
            findings[name] = self._formula(("findings", name), entry, self.kinds[name], self.labels[name])
        self._refuse_cycles()
        columns, rows = self._verdict()
        return Pack(
            document["regime"], document["confidence"], self.vocabulary, findings, self.kinds, self.labels, self.values,
            columns, rows, tuple(document["gravest"]), document, self.categories,
        )  # fmt: skip

    # -- values

    def _value(self, name: str, entry: Mapping[str, Any]) -> _Value:
        at: Place = ("values", name)
        if unknown := sorted(set(entry) - {"type", "unit", "pinpoint", "versions"}):
            raise _Problem((*at, unknown[0]), f"{name}: unknown key {unknown[0]!r}")
        versions: list[tuple[Interval, Any]] = []
        for place, version in enumerate(entry["versions"]):
            here: Place = (*at, "versions", place)
            if unknown := sorted(set(version) - {"from", "to", "value"}):
                raise _Problem(here, f"{name}: unknown key {unknown[0]!r} in a version")
            try:
                days = [read_day(version[key]) if version.get(key) else None for key in ("from", "to")]
                value = self._typed(entry["type"], version["value"])
            except (ValueError, KeyError) as error:
                raise _Problem(here, f"{name}: {error}") from None
            interval = Interval(days[0], days[1])
            if any(interval.overlaps(other) for other, _ in versions):
                raise _Problem(here, f"{name}: two values are in force on one day")
            versions.append((interval, value))
        if not versions:
            raise _Problem(at, f"{name}: no versions")
        return _Value(entry.get("unit", ""), entry["type"], Locator(entry["pinpoint"]), tuple(versions))

    def _typed(self, kind: str, value: Any) -> Any:
        match kind:
            case "day":
                return read_day(value)
            case "number":
                number = Fraction(value)
                return int(number) if number.denominator == 1 else number
            case "countries":
                if wrong := sorted(set(value) - self.vocabulary.countries):
                    raise ValueError(f"{wrong[0]!r} is no country code")
                return frozenset(value)
            case "words":
                return tuple(value)
        raise ValueError(f"no such type of value: {kind!r}")

    def _category(self, place: int, entry: Mapping[str, Any]) -> Category:
        at: Place = ("categories", place)
        if unknown := sorted(set(entry) - {"finding", "group", "counts", "more_than", "omic", "says"}):
            raise _Problem((*at, unknown[0]), f"unknown key {unknown[0]!r} in a category")
        self._known_finding((*at, "finding"), entry["finding"], "data")
        value = self._known_value((*at, "more_than"), entry["more_than"])
        fact = self._known_fact((*at, "counts"), "data", entry["counts"])
        if fact.unit != value.unit:
            raise _Problem((*at, "more_than"), f"{entry['more_than']} is in {value.unit}, {fact.path} in {fact.unit}")
        label = self._label(at, {**entry, "pinpoint": value.pinpoint}, "")
        limit = str(value.versions[-1][1])
        label = label._replace(true=label.true.replace("{limit}", limit), false=label.false.replace("{limit}", limit))
        return Category(
            entry["finding"], entry["group"], entry["counts"], entry["more_than"], entry.get("omic") == "yes", label
        )

    # -- formulas

    def _label(self, at: Place, entry: Mapping[str, Any], name: str) -> Label:
        if "pinpoint" not in entry or "says" not in entry:
            raise _Problem(at, f"{name or 'this'}: pinpoint and says are needed")
        true, bar, false = entry["says"].partition("|")
        if not bar:
            raise _Problem((*at, "says"), "write how it reads when true, a bar, and how it reads when false")
        return Label(name, Locator(entry["pinpoint"]), true.strip(), false.strip())

    def _formula(self, at: Place, entry: Any, kind: str, label: Label | None = None) -> Formula:
        if not isinstance(entry, Mapping):
            raise _Problem(at, f"a formula is a mapping with one of {', '.join(_FORMS)}")
        forms = [form for form in _FORMS if form in entry]
        form = next((f for f in ("derive", "some", "every") if f in forms), forms[0] if forms else None)
        if form is None or (len(forms) > 1 and form not in ("some", "every", "derive")):
            raise _Problem(
                at, f"a formula has one of {', '.join(_FORMS)}; here are {', '.join(map(str, entry)) or 'none'}"
            )
        own = label is not None or "says" in entry
        if label is None:
            label = self._label(at, entry, "") if "says" in entry else Label("", Locator(entry.get("pinpoint", "")))
        build = getattr(self, f"_{form}")
        formula: Formula = build(at, entry, kind, label)
        if own and form in ("fact", "finding"):
            return compile_all([formula], label)
        return formula

    def _keys(self, at: Place, entry: Mapping[str, Any], allowed: set[str]) -> None:
        for key in entry:
            if key not in allowed and key not in _ANNOTATIONS:
                raise _Problem((*at, key), f"unknown word {key!r} here; known are {', '.join(sorted(allowed))}")

    def _parts(self, at: Place, entry: Mapping[str, Any], form: str, kind: str) -> list[Formula]:
        self._keys(at, entry, {form})
        if not isinstance(entry[form], list) or not entry[form]:
            raise _Problem((*at, form), f"{form}: write a list of formulas")
        return [self._formula((*at, form, n), part, kind) for n, part in enumerate(entry[form])]

    def _all(self, at: Place, entry: Mapping[str, Any], kind: str, label: Label) -> Formula:
        return compile_all(self._parts(at, entry, "all", kind), label)

    def _any(self, at: Place, entry: Mapping[str, Any], kind: str, label: Label) -> Formula:
        return compile_any(self._parts(at, entry, "any", kind), label)

    def _not(self, at: Place, entry: Mapping[str, Any], kind: str, label: Label) -> Formula:
        self._keys(at, entry, {"not"})
        return compile_not(self._formula((*at, "not"), entry["not"], kind), label)

    def _finding(self, at: Place, entry: Mapping[str, Any], kind: str, label: Label) -> Formula:
        _ = label
        self._keys(at, entry, {"finding"})
        whose = entry.get("of", "") if len(at) > 2 else ""
        if whose:
            fact = self._known_fact((*at, "of"), kind, whose)
            if fact.type != "party":
                raise _Problem((*at, "of"), f"{fact.path} names no party")
            self._known_finding((*at, "finding"), entry["finding"], "party")
            leaf = Label("", fact.pinpoint, fact=fact)
            return compile_named(
                entry["finding"], whose, lambda case, thing: missing_fact(leaf, thing.name, case.path(thing, whose))
            )
        self._known_finding((*at, "finding"), entry["finding"], kind)
        return compile_named(entry["finding"], "", None)

    def _some(self, at: Place, entry: Mapping[str, Any], kind: str, label: Label) -> Formula:
        return self._over(at, entry, kind, label, "some")

    def _every(self, at: Place, entry: Mapping[str, Any], kind: str, label: Label) -> Formula:
        return self._over(at, entry, kind, label, "every")

    def _over(self, at: Place, entry: Mapping[str, Any], kind: str, label: Label, form: str) -> Formula:
        """`some` or `every` of the data (`data`), or of all that is covered (`covers`): specimens fail."""
        self._keys(at, entry, {form, "finding"})
        if kind != "dealing" or entry[form] not in ("data", "covers"):
            raise _Problem((*at, form), f"{form} is of a dealing's data or covers")
        self._known_finding((*at, "finding"), entry["finding"], "data")
        name, only_data, fact = entry["finding"], entry[form] == "data", self._known_fact(at, "dealing", "covers")
        leaf = Label("", fact.pinpoint, fact=fact)
        decisive, other = (_TRUE, _FALSE) if form == "some" else (_FALSE, _TRUE)

        def find(case: Case, thing: Thing) -> Finding:
            covers = thing.record.get("covers")
            if covers is None:
                missing = missing_fact(leaf, thing.name, case.path(thing, "covers"))
                return Finding(label, thing.name, Truth.UNKNOWN, (missing,))
            found = [case.find(name, case.data[n]) for n in covers if n in case.data]
            told = Finding(leaf, thing.name, _FALSE, (), False, case.path(thing, "covers"), covers, "told")
            if not covers or (form == "some" and not found) or (not only_data and len(found) < len(covers)):
                return Finding(label, thing.name, _FALSE, (told,))
            return combine(found, label, thing.name, decisive, other)

        return find

    def _derive(self, at: Place, entry: Mapping[str, Any], kind: str, label: Label) -> Formula:
        if entry["derive"] not in DERIVATIONS:
            raise _Problem((*at, "derive"), f"no derivation {entry['derive']!r}; known are {', '.join(DERIVATIONS)}")
        builder, words = DERIVATIONS[entry["derive"]]
        self._keys(at, entry, {"derive", *words})
        if lacking := sorted(words - set(entry) - {"only_omic"}):
            raise _Problem(at, f"{entry['derive']} needs {lacking[0]}")
        for word in words & set(entry):
            self._parameter((*at, word), word, entry[word])
        _ = kind
        return builder(Parameters(entry, self.vocabulary, self.categories), label)

    def _parameter(self, at: Place, word: str, said: Any) -> None:
        findings = {"base", "government", "foreign", "sensitive", "access", "genomic", "omic", "kind", "is_so"}
        values = {"share", "among", "acts", "home", "window", "day", "more_than_genomic", "more_than_omic"}
        if word in values:
            self._known_value(at, said)
        elif word in findings:
            if said not in self.kinds:
                raise _Problem(at, f"no finding {said!r}")
            self.needs[self.current].add(said)
        elif word == "reading" and said not in self.vocabulary.facts:
            raise _Problem(at, f"no fact {said!r}")
        elif word == "told" and said not in self.vocabulary.facts["dealings.*.kind"].values:
            raise _Problem(at, f"no kind of dealing {said!r}")

    def _fact(self, at: Place, entry: Mapping[str, Any], kind: str, label: Label) -> Formula:
        _ = label
        self._keys(at, entry, {"fact", "if_unsaid", *_TESTS})
        tests = [test for test in _TESTS if test in entry]
        if len(tests) != 1:
            raise _Problem(at, f"a fact has one test: {', '.join(_TESTS)}")
        fact = self._known_fact((*at, "fact"), kind, entry["fact"])
        test = self._test((*at, tests[0]), tests[0], entry[tests[0]], fact)
        unsaid = {"yes": True, "no": False}.get(entry["if_unsaid"]) if "if_unsaid" in entry else None
        instead = self.vocabulary.by_section[fact.section][fact.same_as] if fact.same_as else None
        return compile_fact(fact, entry["fact"], test, if_unsaid=unsaid, instead=instead)

    def _test(self, at: Place, name: str, said: Any, fact: Fact) -> Test:
        if name == "holds":
            if fact.type != "yes_no" or said not in ("yes", "no"):
                raise _Problem(at, f"{fact.path} is tested with holds: yes or no only where it is yes or no")
            wanted = said == "yes"
            return lambda value, _c, _t: _TRUE if value is wanted else _FALSE
        if name in ("is", "any_is"):
            return self._is(at, name, said, fact)
        if name in ("on_or_before", "after"):
            if fact.type != "day" or said not in _DAYS:
                raise _Problem(at, f"{fact.path} is compared with one of {', '.join(_DAYS)}")
            later, dealing = name == "after", said == "date"
            return lambda value, case, thing: Truth.of(
                (value > (case.day_of(thing) if dealing else case.transaction.as_of)) is later
            )
        value = self._known_value(at, said)
        if name in ("in", "only_in", "meets"):
            if value.type != "countries" or fact.type != ("country" if name == "in" else "countries"):
                raise _Problem(at, f"{fact.path} ({fact.type}) cannot be tested with {name} {said} ({value.type})")
            return _country_test(name, said)
        if value.type != "number" or value.unit != (fact.unit or fact.type):
            raise _Problem(at, f"units differ: {fact.path} is in {fact.unit or fact.type}, {said} in {value.unit}")
        return _number_test(name, said)

    def _is(self, at: Place, name: str, said: Any, fact: Fact) -> Test:
        words = frozenset(said) if isinstance(said, list) else frozenset()
        allowed = {*fact.values, *(("none",) if fact.type == "party" else ())}
        if fact.type != {"is": "choice", "any_is": "choices"}[name] and not (name == "is" and fact.type == "party"):
            raise _Problem(at, f"{fact.path} is no {name} fact")
        if not words or words - allowed:
            raise _Problem(
                at, f"{sorted(words - allowed)[:1]} is no value of {fact.path}; known are {', '.join(allowed)}"
            )
        if name == "any_is":
            return lambda value, _c, _t: _FALSE if words.isdisjoint(value) else _TRUE
        return lambda value, _c, _t: _TRUE if value in words else _FALSE

    # -- names

    def _known_value(self, at: Place, name: Any) -> _Value:
        if name not in self.values:
            raise _Problem(at, f"no value {name!r}; known are {', '.join(self.values)}")
        return self.values[name]

    def _known_finding(self, at: Place, name: Any, kind: str) -> None:
        if name not in self.kinds:
            raise _Problem(at, f"no finding {name!r}")
        if self.kinds[name] != kind:
            raise _Problem(at, f"{name} is of a {self.kinds[name]}, not of a {kind}")
        if self.current:
            self.needs[self.current].add(name)

    def _known_fact(self, at: Place, kind: str, name: str) -> Fact:
        section = self.vocabulary.by_section
        fact = section[_SECTION[kind]].get(name)
        if fact is None and name.startswith("circumstances."):
            fact = section["circumstances"].get(name.removeprefix("circumstances."))
        if fact is None:
            raise _Problem(at, f"no fact {name!r} of a {kind}")
        return fact

    def _refuse_cycles(self) -> None:
        done: set[str] = set()

        def visit(name: str, above: tuple[str, ...]) -> None:
            if name in above:
                way = " → ".join((*above[above.index(name) :], name))
                raise _Problem(("findings", name), f"a finding needs itself: {way}")
            if name not in done:
                for need in sorted(self.needs[name]):
                    visit(need, (*above, name))
                done.add(name)

        for name in self.needs:
            visit(name, ())

    # -- the verdict

    def _verdict(self) -> tuple[tuple[str, ...], tuple[Row, ...]]:
        from itertools import product

        table = self.document["verdict"]
        columns = tuple(table["columns"])
        self.current = ""
        for place, name in enumerate(columns):
            self._known_finding(("verdict", "columns", place), name, "dealing")
        rows: list[Row] = []
        for place, entry in enumerate(table["rows"]):
            at: Place = ("verdict", "rows", place)
            if len(entry["when"]) != len(columns):
                raise _Problem(at, f"a row has one value for each of {', '.join(columns)}")
            try:
                when = tuple(None if word == "-" else Truth(word) for word in entry["when"])
            except ValueError as error:
                raise _Problem(at, str(error)) from None
            if entry["verdict"] not in self.document["gravest"]:
                raise _Problem((*at, "verdict"), f"no verdict {entry['verdict']!r}")
            rows.append(Row(when, entry["verdict"]))
        for truths in product(Truth, repeat=len(columns)):
            if not any(fits(row, truths) for row in rows):
                raise _Problem(("verdict",), f"no row fits {', '.join(t.value for t in truths)}")
        return columns, tuple(rows)


def fits(row: Row, truths: Sequence[Truth]) -> bool:
    """Whether the row is of these truths."""
    return all(wanted is None or wanted is truth for wanted, truth in zip(row.when, truths, strict=True))


def _country_test(name: str, said: str) -> Test:
    if name == "in":
        return lambda value, case, _t: _TRUE if value in case.values[said] else _FALSE
    if name == "meets":
        return lambda value, case, _t: _FALSE if case.values[said].isdisjoint(value) else _TRUE
    return lambda value, case, _t: _TRUE if value and case.values[said].issuperset(value) else _FALSE


def _number_test(name: str, said: str) -> Test:
    match name:
        case "more_than":
            return lambda value, case, _t: exceeds(value, case.values[said])
        case "at_most":
            return lambda value, case, _t: exceeds(value, case.values[said]).negated()
        case "reaches":
            return lambda value, case, _t: reaches(value, case.values[said])
    return lambda value, case, _t: reaches(value, case.values[said]).negated()
