"""The Rule's own Examples, worked out; the README's three cases; speed and light imports."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from transactions import DAY

from assistant.evaluation.examples import examples_report, load_cases, run_case, verdicts_per_second
from assistant.law.strict_yaml import CorpusFileError
from assistant.rules import Rules

CASES = Path(__file__).parents[1] / "cases"


def test_every_example_of_the_rule_is_reproduced(rules: Rules) -> None:
    found = examples_report(rules, CASES / "us-dsp", today=DAY)
    assert [c for c in found["cases"] if c["result"] == "wrong"] == []
    assert (found["total"], found["wrong"]) == (128, 0)
    assert found["reproduced_from_facts"] + found["reproduced_after_judgement"] == 128
    assert found["reproduced_after_judgement"] <= 65


def test_the_cases_are_the_examples_of_the_text(official_sources: Path) -> None:
    texts = [
        p.read_text(encoding="utf-8") for p in official_sources.rglob("*.xml") if "202.205" in p.read_text("utf-8")
    ]
    assert texts
    found = max(len(re.findall(r"<I>Example \d+\.?</I>", text)) for text in texts)
    assert len({c.locator for c in load_cases(CASES / "us-dsp")}) == found == 128


def test_the_readmes_cases_are_reproduced(rules: Rules, tmp_path: Path) -> None:
    text = (CASES / "README.md").read_text(encoding="utf-8")
    block = text.split("## Three whole entries")[1].split("```yaml\n")[1].split("```")[0]
    (tmp_path / "readme.yaml").write_text(textwrap.dedent(block), encoding="utf-8")
    cases = load_cases(tmp_path)
    assert len(cases) == 3
    assert [run_case(rules, case, today=DAY).problems for case in cases] == [(), (), ()]


def test_the_readme_names_every_finding_that_a_case_asserts() -> None:
    text = (CASES / "README.md").read_text(encoding="utf-8").split("## Findings")[1]
    names = {name for case in load_cases(CASES / "us-dsp") for name, _, _ in case.findings}
    assert names
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_a_wrong_case_is_told(rules: Rules, tmp_path: Path) -> None:
    text = (CASES / "us-dsp" / "202.401.yaml").read_text(encoding="utf-8")
    (tmp_path / "one.yaml").write_text(text.replace("verdict: restricted", "verdict: exempt"), encoding="utf-8")
    assert examples_report(rules, tmp_path, today=DAY)["wrong"] >= 1


def test_a_case_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("- {locator: x, facts: {a: b}, expects: {}}\n", encoding="utf-8")
    with pytest.raises(CorpusFileError, match=r"one\.yaml:1"):
        load_cases(tmp_path)


@pytest.mark.slow
def test_verdicts_are_fast(rules: Rules) -> None:
    assert verdicts_per_second(rules, CASES / "us-dsp", today=DAY, seconds=0.5) > 1000  # far below what `bench` shows


def test_the_rules_load_no_search_and_no_model() -> None:
    heavy = "torch chromadb onnxruntime langchain tantivy pydantic assistant.search"
    code = f"import assistant.rules, sys; print([m for m in {heavy.split()} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
