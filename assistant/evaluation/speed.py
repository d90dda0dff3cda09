"""`eval speed`: how long questions, citations and cold starts take on this machine."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.desk import Desk

__all__ = ["measure_speed"]

_COLD_RUNS = 3
_VERDICTS = 5000

EXAMPLE = Path(__file__).with_name("transaction.json")
"""A transaction with an ownership chain, on which the rule module is timed."""


def measure_speed(desk: "Desk", *, today: date) -> dict[str, Any]:
    """The contract's figures that can be measured so far: milliseconds a question in a warm process, seconds from
    a cold start (a new process, files in the page cache; the median of three), resident memory in MB."""
    from assistant.evaluation.answers import load_labelled

    dev = [labelled for labelled in load_labelled() if labelled.split == "dev"]
    questions = [labelled.ask for labelled in dev]
    provision = next(labelled.gold[0] for labelled in dev if labelled.gold)
    desk.ask(questions[0], today)
    asked = sorted(_seconds(lambda question=question: desk.ask(question, today)) for question in questions)  # type: ignore[misc]
    return {
        "questions": len(questions),
        "ask_p50_ms": round(1000 * statistics.median(asked), 1),
        "ask_p95_ms": round(1000 * asked[int(0.95 * len(asked))], 1),
        "cold_ask_s": _cold(["ask", questions[0], "--json"]),
        "cold_cite_s": _cold(["cite", provision, "--json"]),
        **_rule_module(desk.corpus, today),
        "rss_mb": _resident_megabytes(),
    }


def _rule_module(corpus: Path, today: date) -> dict[str, Any]:
    """Milliseconds a check with explanation and alternatives, seconds of a cold one, and verdicts a second without."""
    from assistant.answer.check import check_transaction
    from assistant.rules import load_rules

    document = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    rules = {name: load_rules(corpus, name) for name in ("us-dsp",)}
    checked = [_seconds(lambda: check_transaction(rules, document, today, "en")) for _ in range(50)]
    pack = rules["us-dsp"]
    transaction = pack.read(document, today)
    seconds = _seconds(lambda: [pack.evaluate(transaction).verdict for _ in range(_VERDICTS)])
    return {
        "check_p50_ms": round(1000 * statistics.median(checked), 1),
        "cold_check_s": _cold(["check", str(EXAMPLE), "--json"]),
        "verdicts_per_s": round(_VERDICTS / seconds),
    }


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _cold(arguments: Sequence[str]) -> float:
    command = [sys.executable, "-m", "assistant", *arguments]
    runs = [_seconds(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(_COLD_RUNS)]
    return round(statistics.median(runs), 2)


def _resident_megabytes() -> float | None:
    try:
        import resource
    except ImportError:  # not a Unix
        return None
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(size / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
