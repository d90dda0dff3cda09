"""Derivations: what the formulas of a pack cannot say, by name. Parameters (numbers, facts, findings) come from the
pack; a builder takes them with the finding's label and gives a formula."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from assistant.law.provisions import Locator
from assistant.rules.engine import Case, Formula, Thing, combine, compile_fact, missing_fact
from assistant.rules.facts import Vocabulary
from assistant.rules.findings import Finding, Label
from assistant.rules.ownership import ownership, work
from assistant.rules.truth import Range, Truth, exceeds

__all__ = ["DERIVATIONS", "Category", "Parameters"]

_TRUE, _FALSE, _UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class Category:
    """A category of data with a threshold. `finding`: that data is of it. `counts`: the fact that is counted.
    `more_than`: the value that must be exceeded. `group`: categories of one group are one where the text counts
    categories. `label`: how the finding reads that the threshold is exceeded."""

    finding: str
    group: str
    counts: str
    more_than: str
    omic: bool
    label: Label


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a builder gets: the pack's own words beside `derive`, the vocabulary and the categories."""

    said: Mapping[str, Any]
    vocabulary: Vocabulary
    categories: tuple[Category, ...]

    def label(self, path: str) -> Label:
        """The label of a fact."""
        fact = self.vocabulary.facts[path]
        return Label("", fact.pinpoint, fact=fact)


Builder = Callable[[Parameters, Label], Formula]


def _told(label: Label, thing: Thing, truth: Truth) -> Finding:
    return Finding(label, thing.name, truth)


def _covered(dealing: Thing, among: Mapping[str, Thing]) -> list[Thing] | None:
    names = dealing.record.get("covers")
    return None if names is None else [among[name] for name in names if name in among]


# -- what is dealt in, and when


def _kind_is(parameters: Parameters, label: Label) -> Formula:
    """Whether the kind of the dealing is told to be `kind`. Where no kind is told but its acts are, it is none."""
    kind, acts, fact = parameters.said["told"], parameters.said["acts"], parameters.label("dealings.*.kind")

    def find(case: Case, thing: Thing) -> Finding:
        value = thing.record.get("kind")
        if value is not None:
            truth = Truth.of(value == kind)
            return Finding(fact, thing.name, truth, (), False, f"{thing.path}.kind", value, "told")
        return _acts_told(case, thing, fact, acts, _FALSE)

    _ = label
    return find


def _kind_untold(parameters: Parameters, label: Label) -> Formula:
    """Whether the kind is left to follow from the acts, some of which are told."""
    acts, fact = parameters.said["acts"], parameters.label("dealings.*.kind")

    def find(case: Case, thing: Thing) -> Finding:
        value = thing.record.get("kind")
        if value is not None:
            part = Finding(fact, thing.name, _FALSE, (), False, f"{thing.path}.kind", value, "told")
        else:
            part = _acts_told(case, thing, fact, acts, _TRUE)
        return Finding(label, thing.name, part.truth, (part,), part.leans)

    return find


def _acts_told(case: Case, thing: Thing, fact: Label, acts: str, truth: Truth) -> Finding:
    path = f"{thing.path}.kind"
    if not case.presume or not any(act in thing.record for act in case.values[acts]):
        return missing_fact(fact, thing.name, path)
    return Finding(fact, thing.name, truth, (), True, path, None, "presumed")


def _dated_from(parameters: Parameters, label: Label) -> Formula:
    """Whether the dealing takes place on or after a day."""
    fact = parameters.label("dealings.*.date")

    def find(case: Case, thing: Thing) -> Finding:
        day = case.day_of(thing)
        truth = Truth.of(day >= case.values[parameters.said["day"]])
        leaf = Finding(fact, thing.name, truth, (), False, f"{thing.path}.date", day, "told")
        return Finding(label, thing.name, truth, (leaf,))

    return find


def _foreign_owner_or_national(parameters: Parameters, label: Label) -> Formula:
    """Whether a party of the dealing is told to be owned by a foreign person, or a national of another country."""
    foreign, home = parameters.said["foreign"], parameters.said["home"]

    def find(case: Case, thing: Thing) -> Finding:
        parts: list[Finding] = []
        for role in ("from", "to"):
            party = case.party(thing.record.get(role))
            if party is None:
                continue
            if any(country not in case.values[home] for country in party.record.get("citizenships", ())):
                parts.append(_told(label, thing, _TRUE))
            for edge in case.transaction.ownership:
                owner = case.party(edge.get("owner"))
                if edge.get("owned") == party.name and owner is not None:
                    parts.append(case.find(foreign, owner))
        return combine(parts, label, thing.name, _TRUE, _FALSE)

    return find


def _not_surely(parameters: Parameters, label: Label) -> Formula:
    """False where the finding surely holds of the party that a role names; true where it does not, or is unknown.

    Only for a case that another provision already decides alike once the finding is true: else adding a fact could
    turn a verdict.
    """
    whose, name = parameters.said["of"], parameters.said["is_so"]

    def find(case: Case, thing: Thing) -> Finding:
        party = case.party(thing.record.get(whose))
        if party is None:
            return _told(label, thing, _TRUE)
        found = case.find(name, party)
        if found.truth is _TRUE:
            return Finding(label, thing.name, _FALSE, (found,), found.leans)
        return _told(label, thing, _TRUE)

    return find


# -- identifiers


def _identifiers(parameters: Parameters) -> Formula:
    return compile_fact(
        parameters.vocabulary.facts["data.*.identifiers"], "identifiers", lambda v, _c, _t: Truth.of(bool(v))
    )


def _neighbours(case: Case, thing: Thing) -> list[Thing]:
    """The sets of data linked to this one, in either direction."""
    own = thing.record.get("linked_to", ())
    others = [n for n, d in case.data.items() if thing.name in d.record.get("linked_to", ())]
    return [case.data[n] for n in dict.fromkeys((*own, *others)) if n in case.data and n != thing.name]


def _identifiers_together(case: Case, thing: Thing) -> list[Thing]:
    """This set and the sets of identifiers that are linked to it, directly or over others."""
    out, queue = [thing], [thing]
    while queue:
        for near in _neighbours(case, queue.pop()):
            if near.record.get("kind") == thing.record.get("kind") and near not in out:
                out.append(near)
                queue.append(near)
    return out


def _has_identifiers(parameters: Parameters, label: Label) -> Formula:
    """Whether the set has fields that identify."""
    _ = label
    return _identifiers(parameters)


def _several_identifiers(parameters: Parameters, label: Label) -> Formula:
    """Whether two listed identifiers or more stand together: in one record, or in sets that are linked."""
    leaf, linked = _identifiers(parameters), _linked_leaf(parameters)

    def find(case: Case, thing: Thing) -> Finding:
        sets = _identifiers_together(case, thing)
        fields = [set(case.data[s.name].record.get("identifiers", ())) for s in sets]
        parts = [leaf(case, s) for s in sets]
        if sum(len(f) for f in fields) > 1:
            return Finding(label, thing.name, _TRUE, tuple(parts))
        if any(p.truth is _UNKNOWN for p in parts):
            return Finding(label, thing.name, _UNKNOWN, tuple(parts))
        return _unless_linked(label, thing, parts, linked(case, thing))

    return find


def _unless_linked(label: Label, thing: Thing, parts: Sequence[Finding], link: Finding) -> Finding:
    """False, as far as nothing more is linked."""
    truth = _UNKNOWN if link.truth is _UNKNOWN else _FALSE
    return Finding(label, thing.name, truth, (*parts, link), link.leans)


def _linked_leaf(parameters: Parameters) -> Formula:
    return compile_fact(
        parameters.vocabulary.facts["data.*.linked_to"], "linked_to", lambda v, _c, _t: Truth.of(bool(v))
    )


def _linked_entries(parameters: Parameters, label: Label) -> Formula:
    """Whether the set is linked to another set of the document."""
    leaf = _linked_leaf(parameters)

    def find(case: Case, thing: Thing) -> Finding:
        if _neighbours(case, thing):
            return _told(label, thing, _TRUE)
        return leaf(case, thing)

    return find


def _identifiers_only(parameters: Parameters, label: Label) -> Formula:
    """Whether all identifiers that stand together are among a list of the pack, as far as is told."""
    leaf, linked, among = _identifiers(parameters), _linked_leaf(parameters), parameters.said["among"]

    def find(case: Case, thing: Thing) -> Finding:
        allowed = frozenset(case.values[among])
        sets = _identifiers_together(case, thing)
        parts = tuple(leaf(case, s) for s in sets)
        if any(set(s.record.get("identifiers", ())) - allowed for s in sets):
            return Finding(label, thing.name, _FALSE, parts)
        link = linked(case, thing)
        unknown = link.truth is _UNKNOWN or any(p.truth is _UNKNOWN for p in parts)
        return Finding(label, thing.name, _UNKNOWN if unknown else _TRUE, (*parts, link), link.leans)

    return find


def _linked_to_sensitive(parameters: Parameters, label: Label) -> Formula:
    """Whether the identifiers are linked to other sensitive personal data."""
    linked, sensitive = _linked_leaf(parameters), parameters.said["sensitive"]

    def find(case: Case, thing: Thing) -> Finding:
        near = {n.name: n for s in _identifiers_together(case, thing) for n in _neighbours(case, s)}
        parts = [case.find(sensitive, n) for n in near.values() if n.record.get("kind") != thing.record.get("kind")]
        found = combine(parts, label, thing.name, _TRUE, _FALSE)
        if found.truth is not _FALSE:
            return found
        return _unless_linked(label, thing, found.parts, linked(case, thing))

    return find


# -- amounts


@dataclass(frozen=True, slots=True)
class _Entry:
    """A set of data or specimens within reach of a dealing or of one in its window; `gates`: what must hold for the
    earlier dealing to count."""

    thing: Thing
    gates: tuple[Finding, ...]


def _entries(
    case: Case, dealing: Thing, said: Mapping[str, Any], among: Mapping[str, Thing], roles: Mapping[str, Label]
) -> tuple[list[_Entry], list[Finding]] | None:
    """What the dealing covers, with what earlier dealings between the same parties in the window covered; None
    where it is not told what the dealing covers. Second: earlier dealings of which it is not told what they cover."""
    own, covers = _covered(dealing, among), roles["covers"]
    if own is None:
        return None
    untold: list[Finding] = []
    out = {thing.name: _Entry(thing, ()) for thing in own}
    if len(case.dealings) > 1:
        day = case.day_of(dealing)
        begun = _months_before(day, int(case.values[said["window"]]))
        for other in case.dealings:
            if other is dealing or not begun <= case.day_of(other) <= day:
                continue
            same = _same_parties(case, dealing, other, roles)
            if same is None:
                continue
            gates = (case.find(said["kind"], other), case.find(said["access"], other), *same)
            for thing in _covered(other, among) or ():
                out.setdefault(thing.name, _Entry(thing, gates))
            if "covers" not in other.record:
                leaf = missing_fact(covers, other.name, f"{other.path}.covers")
                untold.append(combine([*gates, leaf], Label("", covers.pinpoint), other.name, _FALSE, _TRUE))
    return list(out.values()), untold


def _same_parties(case: Case, first: Thing, second: Thing, roles: Mapping[str, Label]) -> list[Finding] | None:
    """What must still be told for both dealings to be between the same parties; None where they are not."""
    open_: list[Finding] = []
    for role in ("from", "to"):
        label = roles[role]
        one, other = case.party(first.record.get(role)), case.party(second.record.get(role))
        if one is not None and other is not None:
            if one.name != other.name:
                return None
            continue
        untold = first if one is None else second
        open_.append(missing_fact(label, untold.name, f"{untold.path}.{role}"))
    return open_


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = day.day
    while True:
        try:
            return date(year, month + 1, last)
        except ValueError:
            last -= 1


_ANY = Range(0, None)


@dataclass(slots=True)
class _Amount:
    """How many there are of a category: `sure` over what surely counts, `range` over what may."""

    low: Any
    high: Any
    present: Truth
    parts: tuple[Finding, ...]
    supports: tuple[Finding, ...]


def _amount(
    entries: Sequence[_Entry],
    is_of: Callable[[Thing], Finding],
    counts: str,
    other_people: Label,
    count: Label,
    linked: Callable[[Thing], tuple[Range, tuple[Finding, ...]] | None] | None = None,
) -> _Amount:
    """The number over all entries: at least the largest set (or the sum, of sets with different people), at most
    the sum. Parts: what it leans on; an amount that is not one number is itself a missing fact. `linked`: of a set
    that counts only so far as it is linked, how many of the sets that it is linked to."""
    if len(entries) == 1 and not entries[0].gates and (of := is_of(entries[0].thing)).truth is _FALSE:
        return _Amount(0, 0, _FALSE, (), (of,))
    parts: list[Finding] = []
    supports: list[Finding] = []
    sure: list[tuple[Any, bool]] = []
    high: Any = 0
    present, counted = _FALSE, 0
    for entry in entries:
        of = is_of(entry.thing)
        gates = (of, *entry.gates)
        if any(g.truth is _FALSE for g in gates):
            supports.append(next(g for g in gates if g.truth is _FALSE))
            continue
        unknown = any(g.truth is _UNKNOWN for g in gates)
        told = entry.thing.record.get(counts)
        path = f"{entry.thing.path}.{counts}"
        if told is None or not told.exact:
            leaf = missing_fact(count, entry.thing.name, path)
        else:
            leaf = Finding(count, entry.thing.name, _TRUE, (), False, path, told, "told")
        if told is not None:
            leaf = leaf._replace(value=told)
        parts += [*gates, leaf]
        counted += 1
        amount = told if told is not None else _ANY
        if linked is not None and (cap := linked(entry.thing)) is not None:
            amount = _lesser(amount, cap[0])
            parts += cap[1]
        high = None if high is None or amount.high is None else high + amount.high
        if not unknown:
            sure.append((amount.low, entry.thing.record.get("other_people") is True))
        present = _TRUE if not unknown else (present if present is _TRUE else _UNKNOWN)
    apart = sum(low for low, different in sure if different)
    low = apart + max((low for low, different in sure if not different), default=0)
    if counted > 1:
        for entry in entries:
            told = entry.thing.record.get("other_people")
            if told is not True and any(p.of == entry.thing.name for p in parts):
                parts.append(missing_fact(other_people, entry.thing.name, f"{entry.thing.path}.other_people"))
    return _Amount(low, high, present, tuple(parts), tuple(supports))


def _lesser(one: Range, other: Range) -> Range:
    highs = [high for high in (one.high, other.high) if high is not None]
    return Range(min(one.low, other.low), min(highs, default=None))


def _linked_people(case: Case, counts: Mapping[str, Label], thing: Thing) -> tuple[Range, tuple[Finding, ...]] | None:
    """Of a set with one identifier, whose combination lies in other sets: the people of those sets, and what of them
    is not told. The smaller of two linked sets is taken to be linked whole (28 CFR 202.212(a)(1), 202.232)."""
    record = thing.record
    disclosed = record.get("other_data_disclosed") is True or record.get("marketed_as_government_personnel") is True
    near = _neighbours(case, thing)
    if len(record.get("identifiers", ())) != 1 or disclosed or not near:
        return None
    low: Any = 0
    high: Any = 0
    missing: list[Finding] = []
    for other in near:
        key = next((key for key in counts if other.record.get(key) is not None), None)
        told = other.record[key] if key else _ANY
        low = max(low, told.low)
        high = None if high is None or told.high is None else high + told.high
        if not told.exact:
            asked = key or next(iter(counts))
            missing.append(missing_fact(counts[asked], other.name, f"{other.path}.{asked}"))
    return Range(low, high), tuple(missing)


def _exceeding(amount: _Amount, limit: Any, label: Label, of: str) -> Finding:
    """The finding that the amount exceeds the limit."""
    if not amount.parts:
        supports = tuple(s for s in amount.supports if s.leans)
        return Finding(label, of, _FALSE, supports, bool(supports))
    truth = exceeds(Range(amount.low, amount.high), limit)
    parts = amount.parts
    if truth is not _UNKNOWN:
        # A leaf without an exact number has done its duty: what it tells of the range decided.
        parts = tuple(p._replace(truth=_TRUE, cause=None, state="told") if p.cause is not None else p for p in parts)
    if truth is not _TRUE:
        parts = (*parts, *(s for s in amount.supports if s.leans))
    return Finding(label, of, truth, parts, any(p.leans for p in parts))


def _hidden(parameters: Parameters, fact: str, asks: str) -> Formula:
    """False, as presumed, where nothing more is hinted at; unknown, asking for it, where it is."""
    known = compile_fact(parameters.vocabulary.facts[f"dealings.*.{fact}"], fact, lambda v, _c, _t: Truth.of(bool(v)))
    label = parameters.label(asks)

    def find(case: Case, thing: Thing) -> Finding:
        found = known(case, thing)
        return missing_fact(label, thing.name, asks) if found.truth is _TRUE else found

    return find


def _bulk(parameters: Parameters, label: Label) -> Formula:
    """Whether the data of the dealing, with that of the window before, exceeds a threshold.

    Combined data has two readings: the lowest threshold of the set for each type in it, or each type its own; where
    only the first gives bulk, a judgement decides. With `only_omic`, whether the data that exceeds it is `omic.
    """
    said, categories = parameters.said, parameters.categories
    roles = {role: parameters.label(f"dealings.*.{role}") for role in ("from", "to", "covers")}
    only = [c for c in categories if c.omic] if said.get("only_omic") else list(categories)
    covers, other_people = parameters.label("dealings.*.covers"), parameters.label("data.*.other_people")
    counts = {c.counts: parameters.label(f"data.*.{c.counts}") for c in categories}
    hidden = (_hidden(parameters, "other_data", "data"), _hidden(parameters, "earlier_dealings", "dealings"))
    reading = parameters.label(said["reading"])
    chosen = parameters.vocabulary.facts[said["reading"]].values[0]
    combined = Label("", Locator(said["combined"]), label.true, label.false)

    def amounts(case: Case, thing: Thing, entries: list[_Entry], *, whole: bool) -> dict[str, _Amount]:
        """The amount of each category: of linked identifiers the linked, or for combined data the `whole` set."""
        key = ("amounts", thing.name, whole)
        found: dict[str, _Amount] | None = case.scratch.get(key)
        if found is None:
            found = case.scratch[key] = {
                c.finding: _amount(
                    entries,
                    partial(case.find, c.finding),
                    c.counts,
                    other_people,
                    counts[c.counts],
                    None if whole else partial(_linked_people, case, counts),
                )
                for c in categories
            }
        return found

    def find(case: Case, thing: Thing) -> Finding:
        found = _entries(case, thing, said, case.data, roles)
        if found is None:
            leaf = missing_fact(covers, thing.name, f"{thing.path}.covers")
            return Finding(label, thing.name, _UNKNOWN, (leaf,))
        entries, untold = found
        all_amounts = amounts(case, thing, entries, whole=False)
        parts = [_exceeding(all_amounts[c.finding], case.values[c.more_than], c.label, thing.name) for c in only]
        parts = [p for p in parts if p.parts] or parts[:1]
        if all(p.truth is not _TRUE or p.leans for p in parts):
            together = _together(case, thing, amounts(case, thing, entries, whole=True))
            if together is not None:
                parts.append(together)
            parts += [*untold, *(h(case, thing) for h in hidden)]
        return combine(parts, label, thing.name, _TRUE, _FALSE)

    def _together(case: Case, thing: Thing, found: Mapping[str, _Amount]) -> Finding | None:
        there = [c for c in categories if found[c.finding].present is not _FALSE]
        if len({c.group for c in there}) < 2:
            return None
        sure = [c for c in there if found[c.finding].present is _TRUE]
        several = Truth.of(True) if len({c.group for c in sure}) > 1 else _UNKNOWN
        lowest = min(case.values[c.more_than] for c in there)
        judged = [_exceeding(found[c.finding], lowest, combined, thing.name) for c in there if c in only]
        if not judged:
            return None
        best = combine(judged, combined, thing.name, _TRUE, _FALSE)
        if best.truth is _FALSE:
            return best
        told = case.circumstances.get(said["reading"].removeprefix("circumstances."))
        told = thing.record.get(said["reading"], told)
        if told is None:
            leaf = missing_fact(reading, thing.name, said["reading"])
        else:
            leaf = Finding(reading, thing.name, Truth.of(told == chosen), (), False, said["reading"], told, "told")
        doubt = [found[c.finding] for c in there if found[c.finding].present is _UNKNOWN]
        if several is _UNKNOWN or (best.truth is _TRUE and len(sure) < len(there)):
            best = Finding(
                combined, thing.name, _UNKNOWN, (*best.parts, *(p for a in doubt for p in a.parts)), best.leans
            )
        return combine([leaf, best], combined, thing.name, _FALSE, _TRUE)

    return find


def _bulk_specimens(parameters: Parameters, label: Label) -> Formula:
    """Whether bulk `omic data could be derived from the specimens: by the number of persons behind them."""
    said = parameters.said
    roles = {role: parameters.label(f"dealings.*.{role}") for role in ("from", "to", "covers")}
    covers, other_people = parameters.label("dealings.*.covers"), parameters.label("specimens.*.other_people")
    count, hidden = parameters.label("specimens.*.us_persons"), _hidden(parameters, "other_data", "data")
    earlier = _hidden(parameters, "earlier_dealings", "dealings")
    pairs = ((said["genomic"], said["more_than_genomic"]), (said["omic"], said["more_than_omic"]))

    def find(case: Case, thing: Thing) -> Finding:
        found = _entries(case, thing, said, case.specimens, roles)
        if found is None:
            leaf = missing_fact(covers, thing.name, f"{thing.path}.covers")
            return Finding(label, thing.name, _UNKNOWN, (leaf,))
        entries, untold = found
        parts = []
        for finding, limit in pairs if entries else ():
            amount = _amount(entries, partial(case.find, finding), "us_persons", other_people, count)
            parts.append(_exceeding(amount, case.values[limit], label, thing.name))
        parts += [*untold, hidden(case, thing), earlier(case, thing)]
        return combine(parts, label, thing.name, _TRUE, _FALSE)

    return find


DERIVATIONS: Mapping[str, tuple[Builder, frozenset[str]]] = {
    "bulk": (_bulk, frozenset({"window", "kind", "access", "reading", "combined", "only_omic"})),
    "bulk_specimens": (
        _bulk_specimens,
        frozenset({"window", "kind", "access", "genomic", "omic", "more_than_genomic", "more_than_omic"}),
    ),
    "dated_from": (_dated_from, frozenset({"day"})),
    "foreign_owner_or_national": (_foreign_owner_or_national, frozenset({"foreign", "home"})),
    "has_identifiers": (_has_identifiers, frozenset()),
    "identifiers_only": (_identifiers_only, frozenset({"among"})),
    "kind_is": (_kind_is, frozenset({"told", "acts"})),
    "kind_untold": (_kind_untold, frozenset({"acts"})),
    "linked_entries": (_linked_entries, frozenset()),
    "linked_to_sensitive": (_linked_to_sensitive, frozenset({"sensitive"})),
    "ownership": (
        lambda p, label: ownership(p.said, p.vocabulary, label),
        frozenset({"share", "base", "government", "foreign", "reading"}),
    ),
    "not_surely": (_not_surely, frozenset({"of", "is_so"})),
    "several_identifiers": (_several_identifiers, frozenset()),
    "work": (
        lambda p, label: work(p.said, p.vocabulary, label),
        frozenset({"share", "base", "government", "foreign", "reading"}),
    ),
}
"""Every derivation: its builder and the parameters that the pack gives it."""
