"""Transactions with a fact changed, and what a change could bring: missing facts ranked, alternatives found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import prod
from typing import Any

from assistant.rules.facts import Fact, Transaction
from assistant.rules.findings import Finding, walk
from assistant.rules.rules import UNDETERMINED, Evaluation, Rules
from assistant.rules.truth import Range, Truth

__all__ = ["Alternative", "alternatives_of", "by_decisiveness", "changed", "verdicts_of"]

_NAMED, _LISTED = ("parties", "data", "specimens"), ("ownership", "employment", "dealings")
_MOST_TRIED = 16
_MOST_COMBINED = 64


@dataclass(frozen=True, slots=True)
class Alternative:
    """Changes of fact that lead to a better verdict. `turned`: the deepest finding whose truth they change."""

    facts: Mapping[str, Any]
    texts: tuple[str, ...]
    verdict: str
    pinpoint: str
    real: bool
    turned: Finding | None


def changed(transaction: Transaction, facts: Mapping[str, Any]) -> Transaction:
    """The transaction with each path set to its typed value; a value of None takes the fact away."""
    parts: dict[str, Any] = {}
    for path, value in facts.items():
        section, _, rest = path.partition(".")
        now = parts.get(section, getattr(transaction, section))
        if section in _NAMED:
            name, _, key = rest.partition(".")
            parts[section] = {**now, name: _with(now.get(name, {}), key, value)}
        elif section in _LISTED:
            number, _, key = rest.partition(".")
            place = int(number) - 1
            parts[section] = tuple(_with(r, key, value) if n == place else r for n, r in enumerate(now))
        else:
            parts[section] = _with(now, rest, value)
    return replace(transaction, **parts)


def _with(record: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    out = {**record, key: value}
    if value is None:
        del out[key]
    return out


def _trials(fact: Fact, rules: Rules) -> Sequence[Any]:
    """Values that stand for all that the fact could be."""
    match fact.type:
        case "yes_no":
            return (True, False)
        case "choice":
            return fact.values
        case "count" | "meters":
            limits = sorted({int(v.versions[-1][1]) for v in rules.pack.values.values() if v.unit == fact.unit})
            return [Range(n, n) for limit in limits for n in (limit, limit + 1)] or [Range(0, 0)]
        case "share":
            return (Range(0, 0), Range(100, 100))
        case "country" | "countries":
            lists = [v.versions[-1][1] for v in rules.pack.values.values() if v.type == "countries"]
            known = frozenset().union(*lists)
            tried = [min(one) for one in lists] + [min(rules.vocabulary.countries - known)]
            return tried if fact.type == "country" else [(one,) for one in tried]
    return ()


def by_decisiveness(rules: Rules, evaluation: Evaluation, *, presume: bool = True) -> list[str]:
    """The paths of the missing facts, those first that alone settle the verdict for most of their values."""
    order = {path: place for place, path in enumerate(rules.vocabulary.facts)}
    scores: dict[str, tuple[float, int]] = {}
    for number, (path, missing) in enumerate(evaluation.missing().items()):
        trials = _trials(missing.fact, rules) if number < _MOST_TRIED and path.count(".") else ()
        settled = sum(
            rules.evaluate(changed(evaluation.case.transaction, {path: value}), presume=presume).verdict != UNDETERMINED
            for value in trials
        )
        scores[path] = (-settled / len(trials) if trials else 0.0, order[missing.fact.path])
    return sorted(scores, key=lambda path: scores[path])


def verdicts_of(rules: Rules, evaluation: Evaluation, *, presume: bool = True) -> tuple[str, ...]:
    """The definite verdicts that the missing facts together could lead to, gravest first.

    Empty where there are too many combinations to try, or where something stays open in one.
    """
    trials = {p: _trials(m.fact, rules) if p.count(".") else () for p, m in evaluation.missing().items()}
    if not all(trials.values()) or prod(len(values) for values in trials.values()) > _MOST_COMBINED:
        return ()
    transaction = evaluation.case.transaction
    found = {
        rules.evaluate(changed(transaction, dict(zip(trials, values, strict=True))), presume=presume).verdict
        for values in product(*trials.values())
    }
    return () if UNDETERMINED in found else tuple(v for v in rules.pack.gravest if v in found)


def alternatives_of(rules: Rules, evaluation: Evaluation) -> list[Alternative]:
    """The smallest changes that lead to a lawful verdict: single ones first, then pairs, in the pack's order.

    Only a prohibited or restricted transaction has any; a change must lead to a less grave verdict.
    """
    gravest = rules.pack.gravest
    if evaluation.verdict not in gravest or evaluation.verdict in (UNDETERMINED, *gravest[-2:]):
        return []
    candidates = list(_candidates(rules, evaluation))
    found: list[Alternative] = []
    used: set[int] = set()
    for place, candidate in enumerate(candidates):
        if better := _try(rules, evaluation, [candidate]):
            found.append(better)
            used.add(place)
    rest = [c for place, c in enumerate(candidates) if place not in used and not c.whole][:_MOST_TRIED]
    for pair in combinations(rest, 2):
        if not {*pair[0].facts} & {*pair[1].facts} and (better := _try(rules, evaluation, pair)):
            found.append(better)
    return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    facts: Mapping[str, Any]
    text: str
    pinpoint: str
    real: bool
    whole: bool


def _try(rules: Rules, evaluation: Evaluation, candidates: Sequence[_Candidate]) -> Alternative | None:
    facts = {path: value for c in candidates for path, value in c.facts.items()}
    after = rules.evaluate(changed(evaluation.case.transaction, facts))
    order = rules.pack.gravest
    if after.verdict == UNDETERMINED or order.index(after.verdict) <= order.index(evaluation.verdict):
        return None
    texts = tuple(c.text for c in candidates)
    real = any(c.real for c in candidates)
    return Alternative(facts, texts, after.verdict, candidates[0].pinpoint, real, _turned(evaluation, after))


def _turned(before: Evaluation, after: Evaluation) -> Finding | None:
    """The deepest named finding that decided before and that reads otherwise after."""
    turned = None
    for outcome in before.deciding:
        for finding in (f for top in outcome.findings for f in walk(top)):
            if finding.label.name and finding.of:
                now = after.case.by_name.get((finding.label.name, finding.of))
                if now is not None and now.truth is not finding.truth and now.truth is not Truth.UNKNOWN:
                    turned = now
    return turned


def _candidates(rules: Rules, evaluation: Evaluation) -> Iterator[_Candidate]:
    transaction = evaluation.case.transaction
    for outcome in evaluation.deciding:
        number = outcome.dealing.rpartition(".")[2]
        dealing = transaction.dealings[int(number) - 1]
        names = {"to": _shown(transaction, dealing.get("to", "")), "from": _shown(transaction, dealing.get("from", ""))}
        for entry in rules.pack.document.get("alternatives", ()):
            for facts, more in _settings(rules, transaction, number, dealing, entry):
                text = entry["text"].format_map({**names, **more})
                yield _Candidate(facts, text, entry["pinpoint"], entry.get("real") == "yes", "limit" not in entry)


def _shown(transaction: Transaction, party: str) -> str:
    return str(transaction.parties.get(party, {}).get("name", party))


def _settings(
    rules: Rules, transaction: Transaction, number: str, dealing: Mapping[str, Any], entry: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """The facts that an entry sets on this dealing, once for each set of data or specimens that it is about."""
    covers = dealing.get("covers", ())
    if "leave_out" in entry:
        for name in covers if len(covers) > 1 else ():
            yield {f"dealings.{number}.covers": tuple(n for n in covers if n != name)}, {"name": name}
    elif "limit" in entry:
        section, _, key = entry["limit"].split(".")
        for name in (n for n in covers if n in getattr(transaction, section)):
            unit = rules.vocabulary.facts[entry["limit"]].unit
            limits = {int(v.versions[-1][1]) for v in rules.pack.values.values() if v.unit == unit}
            told = getattr(transaction, section)[name].get(key)
            for limit in sorted(limits, reverse=True):
                if told is None or told.high is None or told.high > limit:
                    facts = {f"{section}.{name}.{key}": Range(limit, limit)}
                    if rules.evaluate(changed(transaction, facts)).verdict in rules.pack.gravest[-2:]:
                        yield facts, {"name": name, "limit": str(limit)}
                        break
            else:
                limit = min(limits)
                yield {f"{section}.{name}.{key}": Range(limit, limit)}, {"name": name, "limit": str(limit)}
    else:
        yield from _set(rules, transaction, number, dealing, entry)


def _set(
    rules: Rules, transaction: Transaction, number: str, dealing: Mapping[str, Any], entry: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    section = next(iter(entry["set"])).partition(".")[0]
    things = [""]
    if section in ("data", "specimens"):
        things = [n for n in dealing.get("covers", ()) if n in getattr(transaction, section)]
    elif section == "parties":
        things = [dealing.get(entry.get("only_party", "to"), "")]
    elif section == "dealings":
        things = [number]
    from assistant.rules.facts import typed_value

    for thing in things:
        facts = {
            path.replace("*", thing): typed_value(rules.vocabulary, path, value) for path, value in entry["set"].items()
        }
        if section == "parties":
            facts = {f"parties.{thing}.{key}": None for key in transaction.parties.get(thing, {})} | facts
            if any(edge.get("owned") == thing for edge in transaction.ownership):
                continue
        yield facts, {"name": thing}
