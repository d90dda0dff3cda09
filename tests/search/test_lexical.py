"""Search by words, in a real tantivy index."""

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.search import StoreNotBuilt
from assistant.search.lexical import CONTEXT_WEIGHT, PAIR_WEIGHT, LexicalIndex, Record, pairs

RECORDS = [
    Record("genomes", ["bulk", "human", "genom", "data", "genom"], collection="us"),
    Record("persons", ["cover", "person", "data"], ["genom"], collection="us"),
    Record("resources", ["人类", "类遗", "遗传"], collection="cn"),
    Record("both", ["genom"], ["genom"], collection="cn"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return LexicalIndex.build(tmp_path_factory.mktemp("lexical") / "index", RECORDS)


def bm25(term: str, documents: Sequence[Sequence[str]], place: int) -> float:
    """BM25 as its authors write it, k1 1.2 and b 0.75."""
    having = sum(term in document for document in documents)
    idf = math.log(1 + (len(documents) - having + 0.5) / (having + 0.5))
    mean = sum(map(len, documents)) / len(documents)
    count = Counter(documents[place])[term]
    return idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(documents[place]) / mean))


def test_the_score_is_bm25(index: LexicalIndex) -> None:
    texts = [record.terms for record in RECORDS]
    expected = {"genomes": bm25("genom", texts, 0) + bm25("data", texts, 0), "persons": bm25("data", texts, 1)}
    found = dict(index.search({"data": 1.0, "genom": 1.0}, {}, 10))
    assert found["genomes"] == pytest.approx(expected["genomes"], rel=1e-5)
    headings = [record.context for record in RECORDS]
    in_heading = CONTEXT_WEIGHT * bm25("genom", headings, 1)
    assert found["persons"] == pytest.approx(expected["persons"] + in_heading, rel=1e-5)


def test_a_term_in_text_and_heading_counts_once(index: LexicalIndex) -> None:
    texts = [record.terms for record in RECORDS]
    assert dict(index.search({"genom": 1.0}, {}, 10))["both"] == pytest.approx(bm25("genom", texts, 3), rel=1e-5)


def test_a_weight_scales_a_term(index: LexicalIndex) -> None:
    full, half = (dict(index.search({"cover": weight}, {}, 10))["persons"] for weight in (1.0, 0.5))
    assert half == pytest.approx(full / 2, rel=1e-5)


def test_a_pair_of_neighbours_adds_its_share_of_idf(index: LexicalIndex) -> None:
    apart = dict(index.search({"human": 1.0, "genom": 1.0}, {}, 10))
    together = dict(index.search({"human": 1.0, "genom": 1.0}, {"human_genom": 1.0}, 10))
    gained = {id_: together[id_] - apart[id_] for id_ in apart}
    assert gained.pop("genomes") == pytest.approx(PAIR_WEIGHT * math.log(1 + 3.5 / 1.5), rel=1e-5)
    assert set(gained.values()) == {0.0}


def test_only_the_collections_asked_for_are_searched(index: LexicalIndex) -> None:
    everywhere = dict(index.search({"genom": 1.0}, {}, 10))
    assert set(everywhere) == {"genomes", "persons", "both"}
    assert dict(index.search({"genom": 1.0}, {}, 10, ["cn"])) == {"both": everywhere["both"]}
    assert index.search({"genom": 1.0}, {}, 10, []) == []


@pytest.mark.parametrize("asked", [{}, {"unheard": 1.0}])
def test_what_no_record_has_finds_nothing(index: LexicalIndex, asked: dict[str, float]) -> None:
    assert index.search(asked, {}, 10) == []


def test_chinese_is_found_by_its_pairs(index: LexicalIndex) -> None:
    assert [id_ for id_, _ in index.search({"遗传": 1.0}, {}, 10)] == ["resources"]


def test_the_best_come_first_and_no_more_than_asked(index: LexicalIndex) -> None:
    found = index.search({"genom": 1.0, "data": 1.0}, {}, 2)
    assert len(found) == 2
    assert found[0][1] >= found[1][1]


def test_a_rare_term_tells_more_and_an_unheard_one_most(index: LexicalIndex) -> None:
    assert index.idf("unheard") > index.idf("human") > index.idf("data") > 0


def test_the_terms_of_a_record_are_kept(index: LexicalIndex) -> None:
    assert index.terms_of("persons") == {"cover", "person", "data", "genom"}
    with pytest.raises(KeyError):
        index.terms_of("nothing")


def test_neighbours_of_one_term_are_none() -> None:
    assert pairs(["one"]) == []


def test_an_index_of_nothing_finds_nothing(tmp_path: Path) -> None:
    assert LexicalIndex.build(tmp_path / "empty", []).search({"genom": 1.0}, {"a_b": 1.0}, 5) == []


def test_a_folder_without_an_index_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreNotBuilt, match="build it first"):
        LexicalIndex.open(tmp_path)
