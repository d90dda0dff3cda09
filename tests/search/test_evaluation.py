"""The retriever's scores on anybody's corpus."""

import json
import math
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from word_embedder import WordEmbedder

from assistant.evaluation.retrieval import DEPTH, UnreadableInput, evaluate, read_qrels, score_run, write_run

CORPUS = [
    {"id": "p1", "doc": "a", "cite": "1.1", "order": 1, "title": "Bulk", "text": "Human genomic data of 100 persons."},
    {"id": "p2", "doc": "a", "cite": "1.2", "order": 2, "text": "Health data of 10,000 persons.\u2028On one line."},
    {"id": 3, "doc": "b", "text": "A sale of data to a foreign person."},
    *({"id": f"f{i}", "text": f"Filler data number {i}."} for i in range(30)),
]
QUESTIONS = [{"id": "q1", "text": "How much human genomic data?"}, {"id": "q2", "text": "selling data to foreigners"}]


def write_lines(path: Path, rows: Iterable[object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_lines(tmp_path / "corpus.jsonl", CORPUS), write_lines(tmp_path / "my.queries.jsonl", QUESTIONS)


def test_a_run_holds_twenty_passages_a_question_in_falling_order(
    files: tuple[Path, Path], words: WordEmbedder, tmp_path: Path
) -> None:
    outcome = evaluate(*files, tmp_path / "out" / "run.txt", data=tmp_path / "data", embedder=words)
    rows = [line.split() for line in (tmp_path / "out" / "run.txt").read_text().splitlines()]
    assert [row[0] for row in rows] == ["q1"] * DEPTH + ["q2"] * DEPTH
    assert {(row[1], row[5]) for row in rows} == {("Q0", "hybrid")}
    assert [int(row[3]) for row in rows] == [*range(1, DEPTH + 1)] * 2
    scores = [float(row[4]) for row in rows[:DEPTH]]
    assert all(a > b for a, b in pairwise(scores))
    assert rows[0][2] == "p1"
    assert rows[DEPTH][2] == "3"
    assert (outcome.passages, outcome.questions, outcome.judged, outcome.scores) == (33, 2, 0, {})


def test_judgements_beside_the_questions_are_found(
    files: tuple[Path, Path], words: WordEmbedder, tmp_path: Path
) -> None:
    (tmp_path / "my.qrels.tsv").write_text("q1\t0\tp1\t1\nq1\t0\tp2\t0\nq2\t0\tnowhere\t1\nq9\t0\tp1\t1\n")
    outcome = evaluate(*files, tmp_path / "run.txt", data=tmp_path / "data", embedder=words)
    assert outcome.judged == 2
    assert outcome.scores == {"Recall@10": 0.5, "MAP@10": 0.5, "nDCG@10": 0.5}


def test_a_second_evaluation_embeds_nothing_but_the_questions(
    files: tuple[Path, Path], words: WordEmbedder, tmp_path: Path
) -> None:
    runs = []
    for name in ("first.txt", "second.txt"):
        words.embedded.clear()
        evaluate(*files, tmp_path / name, data=tmp_path / "data", embedder=words)
        runs.append((tmp_path / name).read_bytes())
    assert words.embedded == [question["text"] for question in QUESTIONS]
    assert runs[0] == runs[1]


def test_progress_tells_what_is_being_done(files: tuple[Path, Path], words: WordEmbedder, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    evaluate(
        *files, tmp_path / "run", data=tmp_path / "data", embedder=words, on_progress=lambda *step: seen.append(step)
    )
    assert list(dict.fromkeys(what for what, _, _ in seen)) == ["embedding", "searching"]
    assert seen[-1] == ("searching", 2, 2)


def test_all_bad_lines_are_told_with_their_numbers(
    files: tuple[Path, Path], words: WordEmbedder, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.jsonl"
    lines = [b'{"id": "a", "text": "fine"}', b"", b"{", b"[1]", b'{"text": "no id"}', b'{"id": "b"}']
    bad.write_bytes(b"\n".join([*lines, b'{"id": "a", "text": "again"}', b'{"id": "c d", "text": ""}']))
    with pytest.raises(UnreadableInput) as caught:
        evaluate(bad, files[1], tmp_path / "run", data=tmp_path, embedder=words)
    assert [line for line, _ in caught.value.problems] == [3, 4, 5, 6, 7, 8]
    assert f"{bad}:7: the id 'a' is given twice" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "no object"), (b'{"id": "a", "text": "\xff"}', "not UTF-8"), (b"\n\n", "no object")],
)
def test_a_file_that_cannot_be_used_says_why(
    files: tuple[Path, Path], words: WordEmbedder, tmp_path: Path, content: bytes, problem: str
) -> None:
    (tmp_path / "bad.jsonl").write_bytes(content)
    with pytest.raises(UnreadableInput, match=problem):
        evaluate(files[0], tmp_path / "bad.jsonl", tmp_path / "run", data=tmp_path, embedder=words)


def test_judgements_are_read_with_tabs_or_blanks_and_bad_lines_told(tmp_path: Path) -> None:
    path = tmp_path / "qrels"
    path.write_text("q 0 p 1\nq\t0\tr\t-1\n\n")
    assert read_qrels(path) == {"q": {"p": 1, "r": -1}}
    path.write_text("q 0 p 1\nq p 1\nq 0 p yes\n")
    with pytest.raises(UnreadableInput) as caught:
        read_qrels(path)
    assert [line for line, _ in caught.value.problems] == [2, 3]


@pytest.mark.parametrize(
    ("ranking", "relevant", "recall", "precision", "gain"),
    [
        ("ab", {"a": 1}, 1, 1, 1),
        ("ba", {"a": 1}, 1, 1 / 2, 1 / math.log2(3)),
        ("", {"a": 1}, 0, 0, 0),
        ("axb", {"a": 1, "b": 1}, 1, (1 + 2 / 3) / 2, (1 + 1 / 2) / (1 + 1 / math.log2(3))),
        ("ab", {"a": 1, "b": 2}, 1, 1, (1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3))),
        ("xxxxxxxxxxa", {"a": 1}, 0, 0, 0),
    ],
)
def test_the_measures_are_those_of_trec_eval(
    ranking: str, relevant: dict[str, int], recall: float, precision: float, gain: float
) -> None:
    found = score_run({"q": list(ranking)}, {"q": {**relevant, "irrelevant": 0}})
    assert found == pytest.approx({"Recall@10": recall, "MAP@10": precision, "nDCG@10": gain})


def test_questions_without_a_relevant_passage_do_not_count_and_unanswered_ones_do() -> None:
    judgements = {"found": {"a": 1}, "nothing relevant": {"a": 0}, "not in the run": {"a": 1}}
    assert score_run({"found": ["a"], "nothing relevant": ["a"]}, judgements)["Recall@10"] == 0.5
    assert score_run({}, {}) == {}


def test_equal_scores_are_printed_apart_in_their_order(tmp_path: Path) -> None:
    write_run(tmp_path / "run", {"q": [("b", 0.5), ("a", 0.5), ("c", 0.4999999)]})
    assert [line.split()[2:5] for line in (tmp_path / "run").read_text().splitlines()] == [
        ["b", "1", "0.500000"],
        ["a", "2", "0.499999"],
        ["c", "3", "0.499998"],
    ]
