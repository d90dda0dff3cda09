"""A verdict as the JSON of `check`, and its explanation as a tree of sentences."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

from assistant.rules.changes import Alternative, alternatives_of, by_decisiveness, verdicts_of
from assistant.rules.duties import obligations_of, requirements_of
from assistant.rules.facts import Fact, Transaction
from assistant.rules.findings import Finding, positive, sentence, walk
from assistant.rules.packs import fits
from assistant.rules.rules import UNDETERMINED, Evaluation, Outcome, Rules
from assistant.rules.truth import Range, Truth

__all__ = ["explanation", "question", "report", "said_value"]


def report(
    rules: Rules, transaction: Transaction, *, presume: bool = True, lang: str = "en", brief: bool = False
) -> dict[str, Any]:
    """The verdict on a transaction as the R of `check`. `brief`: without alternatives, and missing facts unranked."""
    evaluation = rules.evaluate(transaction, presume=presume)
    missing = evaluation.missing()
    paths = list(missing) if brief else by_decisiveness(rules, evaluation, presume=presume)
    presumed = sorted(evaluation.presumed().values(), key=lambda p: p.fact.rank)
    return {
        "verdict": evaluation.verdict,
        "sentence": _sentence(evaluation, _open_to(rules, evaluation, presume=presume)),
        "because": because(evaluation),
        "missing": [
            {"fact": p, "question": question(transaction, p, missing[p].fact, lang), "cause": missing[p].cause.value}
            for p in paths
        ],
        "presumes": [
            {
                "fact": p.path,
                "value": said_value(p.value),
                "question": question(transaction, p.path, p.fact, lang),
                "pinpoint": p.fact.pinpoint,
            }
            for p in presumed
        ],
        "requirements": requirements_of(evaluation),
        "obligations": obligations_of(evaluation),
        "alternatives": [] if brief else [_said(evaluation, a) for a in alternatives_of(rules, evaluation)],
        "confidence": rules.pack.confidence,
    }


def said_value(value: Any) -> Any:
    """A typed value as JSON."""
    if isinstance(value, Range):
        low, high = (None if n is None else int(n) if n == int(n) else float(n) for n in value)
        if value.exact:
            return low
        return {k: v for k, v in (("at_least", low or None), ("at_most", high)) if v is not None}
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return key


def question(transaction: Transaction, path: str, fact: Fact, lang: str) -> str:
    """The question for a fact, with the names of what it is about."""
    section, _, rest = path.partition(".")
    name = rest.partition(".")[0]
    blanks = _Blanks(name=_name(transaction, name))
    if section in ("dealings", "ownership", "employment") and name.isdigit():
        record = getattr(transaction, section)[int(name) - 1]
        blanks.update({k: _name(transaction, v) for k, v in record.items() if isinstance(v, str)})
    return fact.ask.get(lang, fact.ask["en"]).format_map(blanks)


def _name(transaction: Transaction, name: str) -> str:
    return str(transaction.parties.get(name, {}).get("name", name))


def _names(evaluation: Evaluation) -> Mapping[str, str]:
    return {name: _name(evaluation.case.transaction, name) for name in evaluation.case.parties}


def _sentence(evaluation: Evaluation, outcomes: Sequence[str]) -> str:
    said = evaluation.pack.document["sentences"]
    if not evaluation.outcomes:
        return str(said["no_dealing"])
    if len(outcomes) > 1:
        words = [v.replace("_", " ") for v in outcomes]
        joined = f" {said['or']} ".join([", ".join(words[:-1]), words[-1]])
        return str(said["between"]).replace("{outcomes}", joined)
    return str(said[evaluation.verdict])


def _open_to(rules: Rules, evaluation: Evaluation, *, presume: bool) -> tuple[str, ...]:
    """The verdicts that an undetermined transaction is open to: tried out where they are few enough."""
    if evaluation.verdict != UNDETERMINED:
        return ()
    return verdicts_of(rules, evaluation, presume=presume) or _possible(evaluation)


def _possible(evaluation: Evaluation) -> tuple[str, ...]:
    """The verdicts that the columns leave open, gravest first."""
    pack = evaluation.pack
    found: set[str] = set()
    for outcome in evaluation.deciding:
        if not outcome.dealing:
            continue
        truths = [evaluation.find(column, outcome.dealing).truth for column in pack.columns]
        options = [(Truth.TRUE, Truth.FALSE) if t is Truth.UNKNOWN else (t,) for t in truths]
        for combination in product(*options):
            told = dict(zip(pack.columns, combination, strict=True))
            if told.get("prohibited") is Truth.TRUE and told.get("reached") is Truth.FALSE:
                continue
            found.add(next(row.verdict for row in pack.rows if fits(row, combination)))
    return tuple(v for v in pack.gravest if v in found)


def because(evaluation: Evaluation) -> list[dict[str, str]]:
    """The findings that decided, from the verdict down; what is only presumed absent is said once, at its top.

    `finding`: the statement whose truth is told. `says`: the same as it stands, negated where it is false.
    """
    names, out, seen = _names(evaluation), [], set()
    for outcome in evaluation.deciding:
        stack = sorted(outcome.findings, key=lambda f: f.label.name == evaluation.verdict)
        while stack:
            finding = stack.pop()
            text = sentence(finding, names)
            if text and text not in seen:
                seen.add(text)
                out.append(
                    {
                        "pinpoint": str(finding.label.pinpoint),
                        "truth": finding.truth.value,
                        "finding": positive(finding, names),
                        "says": text,
                    }
                )
            if finding.truth is Truth.FALSE and finding.leans and not _told_below(finding):
                continue
            stack.extend(reversed(finding.parts))
    return out


def _told_below(finding: Finding) -> bool:
    """Whether something told bears on it, beside presumptions."""
    return any(f.state == "told" for f in walk(finding))


def _said(evaluation: Evaluation, alternative: Alternative) -> dict[str, Any]:
    said = evaluation.pack.document["sentences"]
    text = " ".join(alternative.texts)
    out: dict[str, Any] = {
        "change": {"facts": {p: said_value(v) for p, v in alternative.facts.items()}, "text": text},
        "verdict": alternative.verdict,
        "pinpoint": alternative.pinpoint,
    }
    if alternative.turned is not None:
        turned = alternative.turned
        out["turns"] = {
            "pinpoint": str(turned.label.pinpoint),
            "truth": turned.truth.value,
            "finding": sentence(turned, _names(evaluation)),
        }
    if alternative.real:
        out["caution"] = {"text": said["sham"].strip(), "pinpoint": said["sham_pinpoint"]}
    return out


def explanation(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The whole tree: {finding, truth, pinpoint, parts}, and for facts {fact, value, state, truth, pinpoint}."""
    names = _names(evaluation)
    return [_node(outcome, finding, names) for outcome in evaluation.outcomes for finding in outcome.findings]


def _node(outcome: Outcome, finding: Finding, names: Mapping[str, str]) -> dict[str, Any]:
    here: dict[str, Any] = {"truth": finding.truth.value, "pinpoint": str(finding.label.pinpoint)}
    if finding.path:
        return {"fact": finding.path, "value": said_value(finding.value), "state": finding.state, **here}
    parts = [_node(outcome, part, names) for part in finding.parts]
    text = sentence(finding, names)
    said = {"finding": positive(finding, names), "says": text} if text else {}
    return {**said, **here, "parts": parts}
