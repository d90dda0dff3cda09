"""`check`, `screen` and `eval examples`, as a person or a script calls them."""

import csv
import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import corpus
from assistant.cli import main
from assistant.evaluation.encoded import page_of
from assistant.evaluation.speed import EXAMPLE

PROJECT = Path(__file__).parents[2]
DOCUMENT = json.loads(EXAMPLE.read_text(encoding="utf-8"))


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def checked(document: dict[str, Any], *options: str) -> tuple[int, dict[str, Any]]:
    result = run("check", "-", "--json", *options, text=json.dumps(document))
    return result.exit_code, json.loads(result.stdout)


def test_the_contracts_transaction_is_prohibited_for_its_parent_owns_half() -> None:
    code, found = checked(DOCUMENT)
    regime = found["regimes"]["us-dsp"]
    assert (code, regime["verdict"]) == (0, "prohibited")
    assert {"us/cfr/28/202.211/a/2", "us/cfr/28/202.303"} <= {b["pinpoint"] for b in regime["because"]}
    assert set(regime) >= {"verdict", "sentence", "because", "missing", "presumes", "requirements", "obligations",
                           "alternatives", "confidence"}  # fmt: skip
    assert found["facts"]["data.genomes.us_persons"] == {"value": {"at_least": 450}, "evidence": None}


def test_an_unknown_count_is_undetermined_with_its_question_and_status_3() -> None:
    document = {**DOCUMENT, "data": {"genomes": {"kind": "human_genomic"}}}
    code, found = checked(document)
    assert code == 3
    assert found["regimes"]["us-dsp"]["missing"][0]["fact"] == "data.genomes.us_persons"
    assert found["regimes"]["us-dsp"]["missing"][0]["cause"] == "fact_missing"


def test_without_presumptions_what_was_presumed_is_missing() -> None:
    _, bare = checked(DOCUMENT)
    code, strict = checked(DOCUMENT, "--no-presumptions")
    presumed = {p["fact"] for p in bare["regimes"]["us-dsp"]["presumes"]}
    assert code == 3
    assert presumed & {m["fact"] for m in strict["regimes"]["us-dsp"]["missing"]}


def test_the_explanation_names_a_provision_at_every_step() -> None:
    result = run("check", str(EXAMPLE), "--explain")
    assert result.exit_code == 0
    steps = [line for line in result.stdout.partition("The whole reasoning:")[2].splitlines() if line.strip()]
    steps = steps[:-1]  # the closing line
    assert len(steps) > 30
    assert [step for step in steps if "[28 CFR" not in step] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("parties: [", "not YAML"),
        ("{not json", "not JSON"),
        ("just words", "a transaction is a mapping"),
        ("parties: {us: {kind: entity}}\nparties: {}\n", "stands here twice"),
        ("data: {g: {kind: human_genomics}}", "human_genomic"),
        ("circumstances: {is_covered_person: true}", "circumstances.is_covered_person"),
    ],
)
def test_a_document_that_cannot_be_read_is_told_in_one_line(text: str, words: str) -> None:
    result = run("check", "-", text=text)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


def test_the_schema_lists_every_fact() -> None:
    schema = json.loads(run("check", "--schema").stdout)
    assert "us_persons" in json.dumps(schema)
    assert schema["type"] == "object"


def test_lines_are_checked_in_order_and_a_bad_one_does_not_stop_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "deals.jsonl"
    lines = [{"id": "a", "facts": DOCUMENT}, {"id": "b"}, {"id": "c", "facts": {"colour": "red"}}]
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    found = [json.loads(line) for line in run("check", "--jsonl", str(path)).stdout.splitlines()]
    assert [entry["id"] for entry in found] == ["a", "b", "c"]
    assert ["error" in entry for entry in found] == [False, True, True]


HEAD = [
    "id", "as_of", "parties.us.kind", "parties.us.organized_in", "parties.r.kind", "parties.r.organized_in",
    "parties.r.principal_place_of_business", "data.g.kind", "data.g.us_persons", "dealings.1.from", "dealings.1.to",
    "dealings.1.kind", "dealings.1.covers", "dealings.1.recipient_has_access",
]  # fmt: skip


def _table(path: Path, counts: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for number, count in enumerate(counts):
            row = [number, "2026-02-01", "entity", "US", "entity", "CN", "CN", "human_genomic", count, "us", "r"]
            writer.writerow([*row, "vendor_agreement", "g", "yes"])


def test_rows_are_screened_and_a_bad_one_is_reported_and_the_rest_done(tmp_path: Path) -> None:
    _table(tmp_path / "in.csv", ["100", "101", '{"at_least": 450}', "many", ""])
    assert run("screen", str(tmp_path / "in.csv"), str(tmp_path / "out.csv")).exit_code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["us_dsp"] for row in rows] == ["not_covered", "prohibited", "prohibited", "", "undetermined"]
    assert "many" in rows[3]["error"]
    assert rows[4]["missing"].startswith("data.g.us_persons")


def test_a_table_with_an_unknown_column_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("parties.us.colour\nred\n", encoding="utf-8")
    result = run("screen", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"))
    assert result.exit_code == 2
    assert "parties.us.colour is no fact" in result.output
    assert not (tmp_path / "out.csv").exists()


def test_every_example_of_the_rule_is_reproduced() -> None:
    found = json.loads(run("eval", "examples", "--cases", str(PROJECT / "tests" / "cases"), "--json").stdout)
    assert (found["total"], found["wrong"]) == (128, 0)
    assert found["reproduced_from_facts"] + found["reproduced_after_judgement"] == 128
    assert found["reproduced_after_judgement"] <= 65


def test_the_page_of_encoded_provisions_is_as_it_would_be_made() -> None:
    page = (PROJECT / "docs" / "encoded" / "us-dsp.md").read_text(encoding="utf-8")
    assert page == page_of("us-dsp", corpus.FOLDER), (
        "python -m assistant.evaluation.encoded us-dsp > docs/encoded/us-dsp.md"
    )


@pytest.mark.slow
def test_a_hundred_transactions_take_no_time_to_speak_of(tmp_path: Path) -> None:
    """A guard against a slip of orders of magnitude; the rate itself is measured by `make bench`."""
    _table(tmp_path / "in.csv", ["101"] * 100)
    begun = time.perf_counter()
    run("screen", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"))
    assert time.perf_counter() - begun < 20
