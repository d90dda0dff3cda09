"""A transaction checked: the contract's `check` object, and the same in words."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from assistant.law import strict_yaml
from assistant.law.citations import Citator
from assistant.rules import Rules, Transaction
from assistant.rules.report import explanation, report, said_value
from assistant.words import Lang, say, say_day

__all__ = ["UnreadableTransaction", "check_transaction", "print_check", "read_document"]


class UnreadableTransaction(ValueError):
    """A file is neither YAML nor JSON, or holds no mapping. `name` is the file's."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f"{name}: {problem}")


def read_document(text: str, name: str) -> dict[str, Any]:
    """The transaction document in a YAML or JSON text, its scalars as strings where it is YAML.

    Raises UnreadableTransaction, with the line.
    """
    document: Any = None
    if text.lstrip().startswith("{"):
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            raise UnreadableTransaction(name, f"line {error.lineno}: not JSON: {error.msg}") from None
    else:
        try:
            document = strict_yaml.load(text, name)
        except strict_yaml.CorpusFileError as error:
            raise UnreadableTransaction(name, f"line {error.line}: {error.problem}") from None
    if not isinstance(document, dict):
        raise UnreadableTransaction(name, "a transaction is a mapping with parties, data and dealings")
    return document


def check_transaction(
    rules: Mapping[str, Rules],
    document: Mapping[str, Any],
    as_of: date,
    lang: Lang,
    *,
    presume: bool = True,
    explain: bool = False,
    brief: bool = False,
) -> dict[str, Any]:
    """The `check` object. `as_of`: the day where the document gives none. `explain`: with each regime's whole tree
    under `explanation`. `brief`: without alternatives. Raises TransactionError with all problems of the document."""
    regimes: dict[str, Any] = {}
    transaction: Transaction | None = None
    for name, pack in rules.items():
        transaction = pack.read(document, as_of)
        regimes[name] = report(pack, transaction, presume=presume, lang=lang, brief=brief)
        if explain:
            regimes[name]["explanation"] = explanation(pack.evaluate(transaction, presume=presume))
    assert transaction is not None
    return {
        "as_of": transaction.as_of.isoformat(),
        "regimes": regimes,
        "facts": {path: {"value": said_value(value), "evidence": None} for path, value in _told(transaction).items()},
        "summary": " ".join(str(regime["sentence"]) for regime in regimes.values()),
        "conflicts": [],
        "neighbours": [],
    }


def print_check(checked: Mapping[str, Any], citator: Citator, lang: Lang) -> str:
    """The check in words: each regime's verdict, why, what is missing and presumed, duties, lawful alternatives."""
    parts = []
    for name, regime in checked["regimes"].items():
        verdict = say(f"verdict_{regime['verdict']}", lang)
        parts.append(f"{name}: {verdict}\n{regime['sentence']}")
        parts += _section(say("because", lang), [_because(b, citator) for b in regime["because"]])
        parts += _section(say("missing", lang), [f"{m['question']} ({m['fact']})" for m in regime["missing"]])
        parts += _section(say("duties", lang), [_duty(d, citator) for d in regime["requirements"]])
        parts += _section(say("obligations", lang), [_obligation(o, citator, lang) for o in regime["obligations"]])
        parts += _section(say("alternatives", lang), [_alternative(a, citator) for a in regime["alternatives"]])
        parts += _section(say("presumes", lang), [_presumed(p, citator) for p in regime["presumes"]])
        if "explanation" in regime:
            parts += _section(say("explanation", lang), _tree(regime["explanation"], citator, 0), mark="")
    day = say_day(date.fromisoformat(checked["as_of"]), lang)
    parts.append(f"{say('as_of_day', lang, day=day)} {say('not_advice', lang)}")
    return "\n\n".join(parts)


_SECTIONS = ("parties", "data", "specimens")
_LISTS = ("ownership", "employment", "dealings")


def _told(transaction: Transaction) -> dict[str, Any]:
    """Every fact of the document by its path, typed."""
    out: dict[str, Any] = {}
    for section in _SECTIONS:
        for name, record in getattr(transaction, section).items():
            out |= {f"{section}.{name}.{key}": value for key, value in record.items()}
    for section in _LISTS:
        for number, record in enumerate(getattr(transaction, section), 1):
            out |= {f"{section}.{number}.{key}": value for key, value in record.items()}
    out |= {f"circumstances.{key}": value for key, value in transaction.circumstances.items()}
    for section, record in transaction.other.items():
        out |= {f"{section}.{key}": value for key, value in record.items()}
    return out


def _section(head: str, lines: list[str], *, mark: str = "- ") -> list[str]:
    return [head + "\n" + "\n".join(f"{mark}{line}" for line in lines)] if lines else []


def _at(pinpoint: str, citator: Citator) -> str:
    return f"[{citator.printed(pinpoint)}]"


def _because(entry: Mapping[str, Any], citator: Citator) -> str:
    open_ = "? " if entry["truth"] == "unknown" else ""
    return f"{open_}{entry['says']} {_at(entry['pinpoint'], citator)}"


def _duty(entry: Mapping[str, Any], citator: Citator) -> str:
    return f"{entry['name']} ({entry['authority']}) {_at(entry['pinpoint'], citator)}"


def _obligation(entry: Mapping[str, Any], citator: Citator, lang: Lang) -> str:
    due = entry["due"]
    day = f"{say_day(date.fromisoformat(due['date']), lang)}; " if due["date"] else ""
    return f"{entry['duty']} ({day}{due['rule']}) {_at(entry['pinpoint'], citator)}"


def _alternative(entry: Mapping[str, Any], citator: Citator) -> str:
    caution = entry.get("caution")
    warned = f" {caution['text']} {_at(caution['pinpoint'], citator)}" if caution else ""
    return f"{entry['change']['text']} -> {entry['verdict']} {_at(entry['pinpoint'], citator)}{warned}"


def _presumed(entry: Mapping[str, Any], citator: Citator) -> str:
    return f"{entry['fact']} = {entry['value']}: {entry['question']} {_at(entry['pinpoint'], citator)}"


def _tree(nodes: list[dict[str, Any]], citator: Citator, depth: int) -> list[str]:
    """The explanation, a line a step, indented by its depth."""
    lines = []
    for node in nodes:
        words = node.get("says") or (f"{node['fact']}: {node['value']} ({node['state']})" if "fact" in node else "")
        if words:
            open_ = "? " if node["truth"] == "unknown" else ""
            lines.append(f"{'  ' * depth}{open_}{words} {_at(node['pinpoint'], citator)}")
        lines += _tree(node.get("parts", []), citator, depth + bool(words))
    return lines
