"""How well the retriever finds, on anybody's corpus and questions: a TREC run, and its scores.

The very same `HybridIndex` that answers questions is built over the corpus. Files: a corpus and questions, one
JSON object a line; judgements as trec_eval reads them ("question 0 passage relevance").
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.search.embedding import Embedder
from assistant.search.hybrid import Chunk, HybridIndex, fingerprint
from assistant.search.vectors import VectorCache

__all__ = ["DEPTH", "Evaluation", "UnreadableInput", "evaluate", "read_qrels", "score_run", "write_run"]

DEPTH = 20
"""How many passages a question the run holds."""

_CUTOFF = 10
_TAG = "hybrid"

Progress = Callable[[str, int, int], None]
"""Called with what is being done ("embedding", "searching"), how much is done, and of how much."""

Run = Mapping[str, Sequence[str]]
"""The passages found for each question, best first."""

Judgements = Mapping[str, Mapping[str, int]]
"""The relevance of the judged passages of each question; above 0 is relevant."""


class UnreadableInput(ValueError):
    """Lines of a file cannot be used: `path`, and `problems` as (line from 1, what is wrong)."""

    def __init__(self, path: Path, problems: Sequence[tuple[int, str]]) -> None:
        self.path, self.problems = path, tuple(problems)
        first = "\n".join(f"{path}:{line}: {problem}" for line, problem in problems[:20])
        more = f"\n... and {len(problems) - 20} more" if len(problems) > 20 else ""
        super().__init__(f"{first}{more}")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation found. `scores`: means over the `judged` questions by measure; empty without judgements."""

    passages: int
    questions: int
    judged: int
    scores: Mapping[str, float]


def evaluate(
    corpus: Path,
    queries: Path,
    run: Path,
    *,
    data: Path,
    embedder: Embedder,
    qrels: Path | None = None,
    on_progress: Progress = lambda _what, _done, _total: None,
) -> Evaluation:
    """Searches `corpus` for each of `queries`, writes `run`, and scores it where there are judgements.

    `corpus`: objects with `id` and `text`, and if they like `doc` (passages of one document lift each other) and
    `title` (headings, searched with the text); in the order of the documents. `queries`: objects with `id` and
    `text`. `qrels`: the judgements; None looks for NAME.qrels.tsv beside NAME.queries.jsonl. `data`: the folder
    for the vectors, so that nothing is embedded twice, and for the index. Raises UnreadableInput and OSError.
    """
    passages, questions = _read_objects(corpus), _read_objects(queries)
    beside = queries.with_name(queries.name.removesuffix(".queries.jsonl") + ".qrels.tsv")
    qrels = beside if qrels is None and beside.exists() else qrels
    judgements = read_qrels(qrels) if qrels else {}

    chunks = [
        Chunk(row["id"], row["text"], context=str(row.get("title") or ""), group=str(row.get("doc") or ""))
        for row in passages
    ]
    folder = data / "evaluation" / fingerprint(chunks, embedder)
    if HybridIndex.exists(folder):
        index = HybridIndex.open(folder, embedder)
    else:
        cache = VectorCache(data / "vectors.sqlite")

        def embedding(done: int, total: int) -> None:
            on_progress("embedding", done, total)

        index = HybridIndex.build(folder, chunks, embedder, cache=cache, on_progress=embedding)

    found: dict[str, list[tuple[str, float]]] = {}
    for done, question in enumerate(questions, 1):
        found[question["id"]] = [(hit.id, hit.score) for hit in index.search(question["text"], DEPTH)]
        on_progress("searching", done, len(questions))
    index.close()
    write_run(run, found)
    rankings = {question: [passage for passage, _ in hits] for question, hits in found.items()}
    judged = {question: judgements[question] for question in rankings if question in judgements}
    return Evaluation(len(passages), len(questions), len(judged), score_run(rankings, judged))


def write_run(path: Path, found: Mapping[str, Sequence[tuple[str, float]]]) -> None:
    """Writes a TREC run: "question Q0 passage rank score tag".

    trec_eval ranks by score alone, so that equal scores are printed a little apart, in their order.
    """
    lines = []
    for question, hits in found.items():
        last = math.inf
        for rank, (passage, score) in enumerate(hits, 1):
            last = min(round(score, 6), round(last - 1e-6, 6))
            lines.append(f"{question} Q0 {passage} {rank} {last:.6f} {_TAG}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """The judgements in `path`: "question 0 passage relevance", between blanks or tabs. Raises UnreadableInput."""
    judgements: dict[str, dict[str, int]] = {}
    problems = []
    for number, line in _lines(path):
        match line.split():
            case [question, _, passage, relevance] if relevance.lstrip("-").isdecimal():
                judgements.setdefault(question, {})[passage] = int(relevance)
            case _:
                problems.append((number, 'a line must read "question 0 passage relevance"'))
    if problems:
        raise UnreadableInput(path, problems)
    return judgements


def score_run(rankings: Run, judgements: Judgements) -> dict[str, float]:
    """Recall@10, MAP@10 and nDCG@10 as trec_eval's recall_10, map_cut_10 and ndcg_cut_10 (with -c).

    The mean goes over the questions of `judgements` that have a relevant passage; one that the run lacks counts 0.

    >>> score_run({"q": ["a", "b", "c"]}, {"q": {"b": 1, "x": 1}})
    {'Recall@10': 0.5, 'MAP@10': 0.25, 'nDCG@10': 0.38685280723454163}
    """
    rows = []
    for question, judged in judgements.items():
        relevant = {passage: gain for passage, gain in judged.items() if gain > 0}
        if relevant:
            rows.append(_measures(rankings.get(question, ()), relevant))
    if not rows:
        return {}
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def _measures(ranking: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    hits = [passage in relevant for passage in ranking[:_CUTOFF]]
    precisions = [sum(hits[:rank]) / rank for rank, hit in enumerate(hits, 1) if hit]
    gains = [relevant.get(passage, 0) for passage in ranking[:_CUTOFF]]
    ideal = sorted(relevant.values(), reverse=True)[:_CUTOFF]
    return {
        f"Recall@{_CUTOFF}": sum(hits) / len(relevant),
        f"MAP@{_CUTOFF}": sum(precisions) / len(relevant),
        f"nDCG@{_CUTOFF}": _discounted(gains) / _discounted(ideal),
    }


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def _lines(path: Path) -> list[tuple[int, str]]:
    """The lines of a file that are not blank, each with its number. Raises UnreadableInput for other than UTF-8."""
    lines, problems = [], []
    for number, line in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            lines.append((number, line.decode("utf-8")))
        except UnicodeDecodeError as error:
            problems.append((number, f"not UTF-8: {error.reason} at byte {error.start + 1} of the line"))
    if problems:
        raise UnreadableInput(path, problems)
    return [(number, line) for number, line in lines if line.strip()]


def _read_objects(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file, each with `id` and `text`; ids as strings. Raises UnreadableInput."""
    rows: list[dict[str, Any]] = []
    problems: list[tuple[int, str]] = []
    seen: set[str] = set()
    for number, line in _lines(path):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            problems.append((number, f"not JSON: {error}"))
            continue
        problem = _problem(row, seen)
        if problem:
            problems.append((number, problem))
        else:
            seen.add(str(row["id"]))
            rows.append({**row, "id": str(row["id"])})
    if not rows and not problems:
        problems.append((1, "the file holds no object"))
    if problems:
        raise UnreadableInput(path, problems)
    return rows


def _problem(row: Any, seen: set[str]) -> str | None:
    """What is wrong with one object, or None."""
    if not isinstance(row, dict):
        return "a line must be a JSON object"
    if not isinstance(row.get("id"), str | int) or not str(row["id"]).strip():
        return "`id` is missing"
    if any(c.isspace() for c in str(row["id"])):
        return f"the id {row['id']!r} has a blank in it, which a TREC run cannot hold"
    if not isinstance(row.get("text"), str):
        return "`text` is missing or no string"
    return f"the id {str(row['id'])!r} is given twice" if str(row["id"]) in seen else None
