"""Ownership through chains, and work for those who are reached by it (28 CFR 202.211(a)(1)-(3) and Example 8).

Shares are direct; this module adds them up. The words "directly or indirectly, individually or in the aggregate" bear
more than one reading, and each is worked out:

* in full: a share held through an entity that is itself held to the share in question counts whole;
* in proportion: a share held through an entity that is no covered person itself counts by the product along the chain;
* pools apart: as in full, but a country of concern's own shares (with those of entities held by ownership) and the
  shares of all others are not added to each other.

A share that a covered person holds directly counts whole in each. Where the readings agree the finding is definite;
where they part, a judgement decides. Cycles of ownership are allowed: covered status is the least set closed under
the rules, and shares in proportion solve a system of linear equations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assistant.rules.engine import Case, Formula, Thing, compile_fact, missing_fact
from assistant.rules.facts import Vocabulary
from assistant.rules.findings import Finding, Label
from assistant.rules.truth import Range, Truth

__all__ = ["ownership", "work"]

_TRUE, _FALSE, _UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
_WHOLE = Fraction(100)


@dataclass(frozen=True, slots=True)
class _Edge:
    owner: str
    owned: str
    percent: Range
    path: str
    told: bool


@dataclass(frozen=True, slots=True)
class _Job:
    person: str
    employer: str


@dataclass(frozen=True, slots=True)
class _Gap:
    """An entry that does not say one of its parties: `key` is untold, `party` the other, or "" where both are."""

    party: str
    section: str
    number: int
    key: str


@dataclass(slots=True)
class _Graph:
    """Parties by name with what is known of each by itself; shares and jobs between them."""

    parties: Mapping[str, Thing]
    base: Mapping[str, Finding]
    state: Mapping[str, Finding]
    foreign: Mapping[str, Finding]
    edges: Sequence[_Edge]
    jobs: Sequence[_Job]
    gaps: Sequence[_Gap]
    more_owners: frozenset[str]
    more_work: frozenset[str]

    def upstream(self, name: str) -> list[str]:
        """The party and all whose status could pass to it."""
        out, queue = [name], [name]
        while queue:
            here = queue.pop()
            above = [e.owner for e in self.edges if e.owned == here] + [
                j.employer for j in self.jobs if j.person == here
            ]
            fresh = [n for n in dict.fromkeys(above) if n not in out]
            out += fresh
            queue += fresh
        return out


def _graph(case: Case, said: Mapping[str, Any]) -> _Graph:
    found: _Graph | None = case.scratch.get("graph")
    if found is not None:
        return found
    edges, jobs, gaps = [], [], []
    for number, record in enumerate(case.transaction.ownership, 1):
        owner, owned = case.party(record.get("owner")), case.party(record.get("owned"))
        if owner is None or owned is None:
            untold = [key for key, party in (("owner", owner), ("owned", owned)) if party is None]
            gaps += [_Gap(owned.name if owned else "", "ownership", number, key) for key in untold]
        elif owner.name != owned.name:
            percent = record.get("percent")
            path = f"ownership.{number}.percent"
            edges.append(_Edge(owner.name, owned.name, percent or Range(0, 100), path, percent is not None))
    for number, record in enumerate(case.transaction.employment, 1):
        person, employer = case.party(record.get("person")), case.party(record.get("employer"))
        if person is None or employer is None:
            untold = [key for key, party in (("person", person), ("employer", employer)) if party is None]
            gaps += [_Gap(person.name if person else "", "employment", number, key) for key in untold]
        else:
            jobs.append(_Job(person.name, employer.name))
    names = {n for e in edges for n in (e.owner, e.owned)} | {n for j in jobs for n in (j.person, j.employer)}
    names |= {n for gap in gaps for n in ([gap.party] if gap.party else case.parties)}
    parties = {n: case.parties[n] for n in names}
    graph = case.scratch["graph"] = _Graph(
        parties,
        {n: case.find(said["base"], t) for n, t in parties.items()},
        {n: case.find(said["government"], t) for n, t in parties.items()},
        {n: case.find(said["foreign"], t) for n, t in parties.items()},
        edges,
        jobs,
        gaps,
        frozenset(n for n, t in parties.items() if t.record.get("other_covered_ownership") is True)
        | _gapped(gaps, "ownership", parties),
        frozenset(n for n, t in parties.items() if t.record.get("other_covered_work") is True)
        | _gapped(gaps, "employment", parties),
    )
    return graph


def _gapped(gaps: Sequence[_Gap], section: str, parties: Mapping[str, Thing]) -> frozenset[str]:
    """The parties that an entry with an untold party may be about."""
    found = [gap for gap in gaps if gap.section == section]
    return frozenset(parties) if any(not gap.party for gap in found) else frozenset(gap.party for gap in found)


class _Pass:
    """One reading, once for what is sure (`sure`) and once for what is possible."""

    def __init__(self, graph: _Graph, reading: str, share: Fraction | int, sure: bool) -> None:
        self.graph, self.reading, self.share, self.sure = graph, reading, share, sure
        self.covered = {n for n in graph.parties if self._holds(graph.base[n]) or self._holds(graph.state[n])}
        self.by_ownership: set[str] = set()
        self.held: set[str] = set()
        self.works: set[str] = set()
        while self._grow():
            pass

    def _holds(self, finding: Finding) -> bool:
        return finding.truth is _TRUE or (not self.sure and finding.truth is _UNKNOWN)

    def _grow(self) -> bool:
        before = (len(self.covered), len(self.held), len(self.works))
        shares = self._proportions() if self.reading == "counted_in_proportion" else self._sums()
        for name, share in shares.items():
            if share >= self.share or (not self.sure and name in self.graph.more_owners):
                self.held.add(name)
        for job in self.graph.jobs:
            employer = self.graph.parties[job.employer]
            if job.employer in self.covered and employer.record.get("kind") != "individual":
                self.works.add(job.person)
        if not self.sure:
            self.works |= self.graph.more_work
        for name in (self.held | self.works) - self.covered:
            kind = self.graph.parties[name].record.get("kind")
            passes = (name in self.held and kind != "individual") or (name in self.works and kind == "individual")
            if (passes or (kind is None and not self.sure)) and self._holds(self.graph.foreign[name]):
                self.covered.add(name)
                self.by_ownership.add(name)
        return before != (len(self.covered), len(self.held), len(self.works))

    def _percent(self, edge: _Edge) -> Fraction | int:
        high = edge.percent.high
        return edge.percent.low if self.sure else (_WHOLE if high is None else high)

    def _sums(self) -> dict[str, Fraction | int]:
        """The share of each party that is held, with what passes whole through held entities."""
        out: dict[str, Fraction | int] = dict.fromkeys(self.graph.parties, 0)
        pool: dict[str, Fraction | int] = dict.fromkeys(self.graph.parties, 0)
        others: dict[str, Fraction | int] = dict.fromkeys(self.graph.parties, 0)
        for edge in self.graph.edges:
            if edge.owner not in self.covered and edge.owner not in self.held:
                continue
            percent = self._percent(edge)
            out[edge.owned] += percent
            state = self._holds(self.graph.state[edge.owner])
            if state or edge.owner in self.held:
                pool[edge.owned] += percent
            if not state:
                others[edge.owned] += percent
        if self.reading != "pools_apart":
            return out
        return {name: max(pool[name], others[name]) for name in out}

    def _proportions(self) -> dict[str, Fraction | int]:
        """The share of each party that is held, by products along chains; exact, cycles and all."""
        names = sorted({e.owned for e in self.graph.edges})
        place = {n: i for i, n in enumerate(names)}
        rows = [[Fraction(int(i == j)) for j in range(len(names))] + [Fraction(0)] for i in range(len(names))]
        for edge in self.graph.edges:
            percent = Fraction(self._percent(edge))
            row = rows[place[edge.owned]]
            if edge.owner in self.covered:
                row[-1] += percent
            elif edge.owner in place:
                row[place[edge.owner]] -= percent / _WHOLE
        return dict(zip(names, _solved(rows), strict=True)) | {n: 0 for n in self.graph.parties if n not in place}


def _solved(rows: list[list[Fraction]]) -> list[Fraction]:
    """The solution of a linear system; 0 for an unknown that the system leaves free (a loop that owns itself)."""
    size = len(rows)
    for column in range(size):
        pivot = next((r for r in range(column, size) if rows[r][column] != 0), None)
        if pivot is None:
            continue
        rows[column], rows[pivot] = rows[pivot], rows[column]
        top = rows[column][column]
        rows[column] = [value / top for value in rows[column]]
        for other in range(size):
            if other != column and rows[other][column] != 0:
                factor = rows[other][column]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[column], strict=True)]
    return [row[-1] if row[place] != 0 else Fraction(0) for place, row in enumerate(rows)]


def _truths(
    case: Case, said: Mapping[str, Any], graph: _Graph, readings: Sequence[str]
) -> dict[str, tuple[_Pass, _Pass]]:
    key = ("passes", said["share"])
    found: dict[str, tuple[_Pass, _Pass]] | None = case.scratch.get(key)
    if found is None:
        share = case.values[said["share"]]
        found = case.scratch[key] = {r: (_Pass(graph, r, share, True), _Pass(graph, r, share, False)) for r in readings}
    return found


def ownership(said: Mapping[str, Any], vocabulary: Vocabulary, label: Label) -> Formula:
    """Whether the party is held, to the share, by countries of concern and covered persons."""
    return _build(said, vocabulary, label, "other_covered_ownership", "ownership", lambda p, n: n in p.held)


def work(said: Mapping[str, Any], vocabulary: Vocabulary, label: Label) -> Formula:
    """Whether the party works for a country of concern or a covered entity."""
    return _build(said, vocabulary, label, "other_covered_work", "employment", lambda p, n: n in p.works)


def _build(said: Mapping[str, Any], vocabulary: Vocabulary, label: Label, more: str, asks: str, is_so: Any) -> Formula:
    hints = {
        key: compile_fact(vocabulary.facts[f"parties.*.{key}"], key, lambda v, _c, _t: Truth.of(bool(v)))
        for key in ("other_covered_ownership", "other_covered_work")
    }
    asked = {
        key: Label("", vocabulary.facts[key].pinpoint, fact=vocabulary.facts[key])
        for key in ("ownership", "employment")
    }
    reading = vocabulary.facts[said["reading"]]
    reading_label = Label("", reading.pinpoint, fact=reading)
    percent_label = Label(
        "", vocabulary.facts["ownership.*.percent"].pinpoint, fact=vocabulary.facts["ownership.*.percent"]
    )

    def hint(case: Case, thing: Thing, key: str) -> Finding:
        found = hints[key](case, thing)
        question = "ownership" if key == "other_covered_ownership" else "employment"
        return missing_fact(asked[question], thing.name, question) if found.truth is _TRUE else found

    def find(case: Case, thing: Thing) -> Finding:
        graph = _graph(case, said) if case.transaction.ownership or case.transaction.employment else None
        if graph is None or thing.name not in graph.parties:
            leaf = hint(case, thing, more)
            truth = _UNKNOWN if leaf.truth is _UNKNOWN else _FALSE
            return Finding(label, thing.name, truth, (leaf,), leaf.leans)
        passes = _truths(case, said, graph, reading.values)
        told = case.circumstances.get(said["reading"].removeprefix("circumstances."))
        chosen = [told] if told is not None else list(reading.values)
        truths = {_truth(is_so(passes[r][0], thing.name), is_so(passes[r][1], thing.name)) for r in chosen}
        parts = _parts(case, graph, thing.name, hint)
        if told is not None:
            parts.append(Finding(reading_label, thing.name, _TRUE, (), False, said["reading"], told, "told"))
        if len(truths) == 1:
            truth = truths.pop()
        else:
            truth = _UNKNOWN
            parts.append(missing_fact(reading_label, thing.name, said["reading"]))
        if truth is not _UNKNOWN:
            parts = [p._replace(truth=_TRUE, cause=None) if p.cause is not None else p for p in parts]
        if truth is _TRUE:
            parts = [p for p in parts if p.truth is _TRUE or p.label.name == said["foreign"]] or parts
        return Finding(label, thing.name, truth, tuple(parts), any(p.leans for p in parts))

    def _parts(case: Case, graph: _Graph, name: str, hint: Any) -> list[Finding]:
        """All that the status of a party leans on: those above it, their shares, what may be hidden."""
        parts: list[Finding] = []
        above = graph.upstream(name)
        for one in above:
            person = graph.parties[one]
            if one != name:
                parts += [graph.base[one], graph.state[one], graph.foreign[one]]
            kind = person.record.get("kind")
            if one == name:
                parts.append(hint(case, person, more))
            elif kind == "entity":
                parts.append(hint(case, person, "other_covered_ownership"))
            elif kind == "individual":
                parts.append(hint(case, person, "other_covered_work"))
        for gap in graph.gaps:
            if not gap.party or gap.party in above:
                fact = vocabulary.facts[f"{gap.section}.*.{gap.key}"]
                path = f"{gap.section}.{gap.number}.{gap.key}"
                parts.append(missing_fact(Label("", fact.pinpoint, fact=fact), gap.party, path))
        for edge in graph.edges:
            if edge.owned in above:
                if edge.told and edge.percent.exact:
                    leaf = Finding(percent_label, edge.owned, _TRUE, (), False, edge.path, edge.percent, "told")
                else:
                    leaf = missing_fact(percent_label, edge.owned, edge.path)
                parts.append(leaf)
        return parts

    _ = asks
    return find


def _truth(sure: bool, possible: bool) -> Truth:
    if sure:
        return _TRUE
    return _UNKNOWN if possible else _FALSE
