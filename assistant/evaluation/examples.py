"""`eval examples`: the law's own numbered Examples, as facts, and whether the rule module reproduces their outcomes.

The form of a case file: `tests/cases/README.md`. Each case is worked out from its facts; one whose outcome turns on a
judgement is worked out without it first, when the judgement must be missing or presumed, then with it.
"""

import time
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assistant.law import strict_yaml
from assistant.law.strict_yaml import CorpusFileError
from assistant.rules import Evaluation, Rules, TransactionError, missing_of, presumed_of, walk
from assistant.rules.located import lines_of

__all__ = ["Case", "CaseResult", "examples_report", "load_cases", "run_case", "verdicts_per_second", "with_facts"]

_KEYS = {"locator", "case", "facts", "judgement", "expect", "pinpoints", "note"}


@dataclass(frozen=True, slots=True)
class Case:
    """One entry of a case file. `findings`: (name, of, truth). `judgement`: path to value."""

    path: Path
    line: int
    locator: str
    name: str
    facts: Mapping[str, Any]
    judgement: Mapping[str, Any]
    verdict: str | None
    findings: tuple[tuple[str, str, str], ...]
    pinpoints: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of a case: "from_facts", "after_judgement" or "wrong", and what is wrong."""

    case: Case
    result: str
    problems: tuple[str, ...] = field(default=())


def load_cases(folder: Path) -> tuple[Case, ...]:
    """The cases of every file in the folder, in the files' order. Raises CorpusFileError with file and line."""
    out: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        document, lines = strict_yaml.load(text, path), lines_of(text)
        for place, entry in enumerate(document or ()):
            out.append(_case(path, lines.get((place,), 1), entry))
    return tuple(out)


def _case(path: Path, line: int, entry: Any) -> Case:
    if not isinstance(entry, Mapping) or (unknown := sorted(set(entry) - _KEYS)):
        raise CorpusFileError(path, line, f"a case has {', '.join(sorted(_KEYS))}; here is {unknown[0]!r}")
    if lacking := [key for key in ("locator", "facts", "expect", "pinpoints") if not entry.get(key)]:
        raise CorpusFileError(path, line, f"{lacking[0]} is missing")
    expect = entry["expect"]
    if not isinstance(expect, Mapping) or not expect or set(expect) - {"verdict", "findings"}:
        raise CorpusFileError(path, line, "expect has a verdict, or findings, or both")
    findings = expect.get("findings") or ()
    if any(set(f) != {"name", "of", "truth"} for f in findings):
        raise CorpusFileError(path, line, "a finding has name, of and truth")
    return Case(
        path,
        line,
        entry["locator"],
        entry.get("case", ""),
        entry["facts"],
        entry.get("judgement") or {},
        expect.get("verdict"),
        tuple((f["name"], f["of"], f["truth"]) for f in findings),
        tuple(entry["pinpoints"]),
        entry.get("note", ""),
    )


def with_facts(document: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The document with each path set to its value; a number in a path is a place in a list, from 1."""
    out: dict[str, Any] = deepcopy(dict(document))
    for path, value in facts.items():
        *above, last = path.split(".")
        here: Any = out
        for word in above:
            here = here[int(word) - 1] if isinstance(here, list) else here.setdefault(word, {})
        here[last] = value
    return out


def run_case(rules: Rules, case: Case, *, today: date) -> CaseResult:
    """Works the case out. A case that cannot be read is wrong, and says why."""
    try:
        bare = rules.evaluate(rules.read(case.facts, today))
        whole = rules.evaluate(rules.read(with_facts(case.facts, case.judgement), today)) if case.judgement else bare
        problems = [*_differences(case, whole), *_absent(case, whole)]
        if case.judgement:
            problems += _unlisted(case, bare)
    except TransactionError as error:
        problems = list(error.problems)
    except (KeyError, IndexError, ValueError) as error:
        problems = [f"{type(error).__name__}: {error}"]
    good = "after_judgement" if case.judgement else "from_facts"
    return CaseResult(case, "wrong" if problems else good, tuple(problems))


def _differences(case: Case, found: Evaluation) -> list[str]:
    out = []
    if case.verdict is not None and found.verdict != case.verdict:
        missing = f" (missing: {', '.join(found.missing())})" if found.missing() else ""
        out.append(f"the verdict is {found.verdict}{missing}, expected {case.verdict}")
    for name, of, truth in case.findings:
        got = found.find(name, of).truth.value
        if got != truth:
            out.append(f"{name} of {of} is {got}, expected {truth}")
    return out


def _absent(case: Case, found: Evaluation) -> list[str]:
    trees = [f for outcome in found.outcomes for f in outcome.findings] if case.verdict else []
    trees += [found.find(name, of) for name, of, _ in case.findings]
    pinpoints = {str(f.label.pinpoint) for tree in trees for f in walk(tree)}
    return [
        f"{wanted} does not appear in the explanation"
        for wanted in case.pinpoints
        if not any(p == wanted or p.startswith(f"{wanted}/") for p in pinpoints)
    ]


def _unlisted(case: Case, bare: Evaluation) -> list[str]:
    """Without the judgement the outcome may not be definite, unless it says that it leans on the judgement."""
    listed = {*bare.missing(), *bare.presumed()}
    for name, of, _ in case.findings:
        tree = bare.find(name, of)
        listed |= {*missing_of(tree), *presumed_of(tree)}
    plain = {_plain(path) for path in listed}
    if not _differences(case, bare):
        return [f"{path} decides nothing here" for path in case.judgement if _plain(path) not in plain]
    return [
        f"{path} is neither missing nor presumed without it" for path in case.judgement if _plain(path) not in plain
    ]


def _plain(path: str) -> str:
    """A circumstance of one dealing by the name that it has for all."""
    words = path.split(".")
    return ".".join(words[2:]) if words[0] == "dealings" and words[2:3] == ["circumstances"] else path


def examples_report(rules: Rules, folder: Path, *, today: date) -> dict[str, Any]:
    """The report of `eval examples`: totals over the Examples, and each case with what is wrong in it.

    An Example with several entries is reproduced when all of them are.
    """
    results = [run_case(rules, case, today=today) for case in load_cases(folder)]
    by_example: dict[str, list[CaseResult]] = {}
    for result in results:
        by_example.setdefault(result.case.locator, []).append(result)
    kinds = {locator: _worst([r.result for r in entries]) for locator, entries in by_example.items()}
    counted = list(kinds.values())
    return {
        "total": len(kinds),
        "reproduced_from_facts": counted.count("from_facts"),
        "reproduced_after_judgement": counted.count("after_judgement"),
        "wrong": counted.count("wrong"),
        "cases": [
            {
                "locator": r.case.locator,
                "case": r.case.name,
                "result": r.result,
                "problems": list(r.problems),
                "file": f"{r.case.path.name}:{r.case.line}",
            }
            for r in results
        ],
    }


def _worst(results: Sequence[str]) -> str:
    return next(kind for kind in ("wrong", "after_judgement", "from_facts") if kind in results)


def verdicts_per_second(rules: Rules, folder: Path, *, today: date, seconds: float = 2.0) -> float:
    """How many verdicts a second one core works out over the cases' transactions, already read, without explanation.

    Measured in processor time.
    """
    transactions = [rules.read(case.facts, today) for case in load_cases(folder)]
    count, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        for transaction in transactions:
            rules.evaluate(transaction)
        count += len(transactions)
    return round(count / (time.process_time() - begun), 1)
