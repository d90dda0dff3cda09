"""Each command, as a person or a script calls it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main

pytestmark = pytest.mark.usefixtures("quiet_environment")


@pytest.fixture
def run(data_folder: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Calls the command line over the store of the restatements."""
    monkeypatch.setenv("POLICY_DATA", str(data_folder))
    return lambda *arguments, **more: CliRunner().invoke(main, list(arguments), **more)


def _json(result: Result) -> dict:  # type: ignore[type-arg]
    assert result.exit_code == 0, result.output
    found: dict = json.loads(result.stdout)  # type: ignore[type-arg]
    return found


def test_a_question_is_answered_with_the_paragraph_cited_from_the_restatement(run) -> None:  # type: ignore[no-untyped-def]
    reply = _json(run("ask", "How many people's genomes make bulk data?", "--json"))
    first = reply["citations"][0]
    assert (first["locator"], first["layer"], first["quote"]) == ("us/cfr/28/202.205/a", "restatement", None)
    assert "more than 100" in first["restatement"]
    assert reply["abstained"] is False
    assert reply["rests_on"][0]["instrument"] == "us/cfr/28/202"
    assert all(claim["citations"] for claim in reply["claims"])
    assert "not legal advice" in reply["answer"]


def test_the_reply_has_the_fields_of_the_contract(run) -> None:  # type: ignore[no-untyped-def]
    reply = _json(run("ask", "What is data brokerage?", "--json"))
    fields = {"answer", "abstained", "claims", "citations", "verdict", "questions", "corrections", "rests_on"}
    assert fields == set(reply)
    wanted = {"locator", "citation", "heading", "quote", "restatement", "layer", "language", "url", "as_of", "sha256",
              "confidence"}  # fmt: skip
    assert wanted <= set(reply["citations"][0])


@pytest.mark.official
def test_with_the_official_text_the_citation_carries_its_words_address_day_and_hash(
    official_data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICY_DATA", str(official_data_folder))
    reply = _json(CliRunner().invoke(main, ["ask", "How many people's genomes make bulk data?", "--json"]))
    first = reply["citations"][0]
    assert (first["locator"], first["layer"]) == ("us/cfr/28/202.205/a", "official")
    assert first["quote"].startswith("Human `omic data")
    assert first["url"].startswith("https://www.ecfr.gov/")
    assert (len(first["sha256"]), first["text_date"]) == (64, "2026-01-29")


@pytest.mark.official
@pytest.mark.parametrize(
    ("citation", "beginning"),
    [
        ("28 CFR 202.214(b)(9)", "28 CFR § 202.214(b)(9) (Example 9)"),
        ("人类遗传资源管理条例第二十八条", "HGR Regulation art. 28 · 《人类遗传资源管理条例》第二十八条"),
    ],
)
def test_cite_prints_the_provision(
    citation: str, beginning: str, official_data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICY_DATA", str(official_data_folder))
    result = CliRunner().invoke(main, ["cite", citation])
    assert result.exit_code == 0
    assert result.stdout.startswith(beginning)
    assert len(result.stdout) > 400


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["cite", "28 CFR 202.999"], "There is no 28 CFR § 202.999 in 28 CFR part 202"),
        (["cite", "hello"], "is not a citation that I can read"),
        (["cite", "202.1001", "--as-of", "2025-05-01"], "its text begins on 6 Oct 2025"),
        (["cite", "202.205", "--as-of", "2025-02-30"], "is not a day"),
        (["ask"], "give a question in quotes"),
        (["place", "91", "0"], "latitude 91.0 is impossible"),
        (["timeline", "--from", "soon"], "write a day, month or year"),
        (["ingest", "--from", "/nowhere/at/all"], "no folder /nowhere/at/all"),
        (["ingest", "--add", "/nowhere/at/all"], "no file /nowhere/at/all"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line_with_status_2(run, arguments: list[str], words: str) -> None:  # type: ignore[no-untyped-def]
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


def test_lines_are_answered_in_order_and_a_bad_one_does_not_stop_the_rest(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "questions.jsonl"
    lines = [
        '{"id": "a", "text": "What is data brokerage?"}',
        "not json",
        '{"id": "c"}',
        '{"id": "d", "text": "谁主管人类遗传资源？", "as_of": "2024-03-01"}',
        '{"id": "e", "text": "What is bulk?", "as_of": "2024-02-31"}',
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = run("ask", "--jsonl", str(path))
    assert result.exit_code == 0
    replies = [json.loads(line) for line in result.stdout.splitlines()]
    assert [reply["id"] for reply in replies] == ["a", 2, "c", "d", "e"]
    assert ["error" in reply for reply in replies] == [False, True, True, False, True]


def test_a_file_without_a_readable_line_is_wrong_use(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "questions.jsonl"
    path.write_text("nothing\n", encoding="utf-8")
    assert run("ask", "--jsonl", str(path)).exit_code == 2


def test_a_point_inside_a_listed_area_and_one_outside(run) -> None:  # type: ignore[no-untyped-def]
    inside = _json(run("place", "38.9324", "-77.2048", "--json"))
    assert (inside["inside"], inside["areas"], inside["nearest_km"]) == (True, [1], 0.0)
    outside = _json(run("place", "0", "0", "--json"))
    assert outside["inside"] is False
    assert outside["nearest_km"] > 1000


def test_sources_lists_every_instrument_with_what_is_held(run) -> None:  # type: ignore[no-untyped-def]
    result = run("sources", "--json")
    rows = {row["instrument"]: row for row in json.loads(result.stdout)}
    assert len(rows) > 80
    assert rows["us/cfr/28/202"]["restated"] is True
    assert rows["us/cfr/28/202"]["official"] == []


def test_the_law_of_a_day_decides_who_is_in_charge(run) -> None:  # type: ignore[no-untyped-def]
    question = "Which authority is in charge of human genetic resources?"
    assert (
        "Ministry of Science and Technology" in _json(run("ask", question, "--as-of", "2024-03-01", "--json"))["answer"]
    )
    assert "National Health Commission" in _json(run("ask", question, "--json"))["answer"]


def test_a_bluebook_citation_has_its_year(run) -> None:  # type: ignore[no-untyped-def]
    result = run("cite", "202.205(a)", "--format", "bluebook")
    assert result.stdout.strip() == "28 C.F.R. § 202.205(a) (2026)"


@pytest.mark.parametrize(
    ("form", "beginning", "within"),
    [
        ("csl-json", "[", '"type": "legislation"'),
        ("ris", "TY  - STAT", "N1  - 28 CFR § 202.205(a)"),
        ("bibtex", "@misc{us-cfr-28-202.205-a,", "howpublished = {28 CFR § 202.205(a)}"),
    ],
)
def test_a_citation_is_given_for_reference_managers(run, form: str, beginning: str, within: str) -> None:  # type: ignore[no-untyped-def]
    result = run("cite", "202.205(a)", "--format", form)
    assert result.stdout.startswith(beginning)
    assert within in result.stdout


def test_events_are_listed_by_time_and_subject(run) -> None:  # type: ignore[no-untyped-def]
    rows = json.loads(run("timeline", "--from", "2025-04", "--to", "2025-04", "--json").stdout)
    assert rows
    assert all(row["date"].startswith("2025-04") for row in rows)


@pytest.mark.slow
def test_a_question_in_a_new_process_writes_nothing_but_the_answer_to_standard_output(
    data_folder: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "POLICY_DATA": str(data_folder)}
    found = subprocess.run(
        [sys.executable, "-m", "assistant", "ask", "What is bulk?", "--json"],
        capture_output=True, text=True, check=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert json.loads(found.stdout)["abstained"] is False


@pytest.mark.slow
def test_the_store_is_built_by_the_first_question(tmp_path: Path) -> None:
    environment = {**os.environ, "POLICY_DATA": str(tmp_path / "fresh"), "POLICY_SOURCES": ""}
    found = subprocess.run(
        [sys.executable, "-m", "assistant", "cite", "28 CFR 202.205(a)", "--json"],
        capture_output=True, text=True, check=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert json.loads(found.stdout)["layer"] == "restatement"
    assert (tmp_path / "fresh" / "current").exists()
    shutil.rmtree(tmp_path / "fresh")
