"""Transactions that adversarial readers found wrong stay right."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import corpus
from assistant.law import strict_yaml
from assistant.rules import load_rules

PATH = Path(__file__).parents[1] / "cases" / "adversarial.yaml"
CASES = strict_yaml.load(PATH.read_text(encoding="utf-8"), PATH)
RULES = load_rules(corpus.FOLDER, "us-dsp")


def test_there_are_cases() -> None:
    assert len(CASES) >= 8


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_verdict_is_what_the_law_says(case: dict[str, Any]) -> None:
    transaction = RULES.read(case["facts"], date(2026, 1, 29))
    assert RULES.evaluate(transaction).verdict == case["verdict"]
