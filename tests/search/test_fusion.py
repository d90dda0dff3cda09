"""One ranking from two."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.search.fusion import fuse, lift_groups

IDS = st.sampled_from("abcdefgh")
LEXICAL = st.dictionaries(IDS, st.floats(0.1, 50), max_size=8)
DENSE = st.dictionaries(IDS, st.floats(-1, 1), max_size=8)


@given(LEXICAL, DENSE)
def test_every_id_of_either_list_has_a_score_from_0_to_1(lexical: dict[str, float], dense: dict[str, float]) -> None:
    scores = fuse(lexical, dense)
    assert scores.keys() == lexical.keys() | dense.keys()
    assert all(0 <= score <= 1 + 1e-9 for score in scores.values())


@given(LEXICAL, DENSE)
def test_what_is_better_by_words_and_by_meaning_is_better(lexical: dict[str, float], dense: dict[str, float]) -> None:
    scores = fuse(lexical, dense)
    both = lexical.keys() & dense.keys()
    for a, b in product(both, both):
        if lexical[a] >= lexical[b] and dense[a] >= dense[b]:
            assert scores[a] >= scores[b] - 1e-9


@given(LEXICAL, DENSE, st.floats(0.5, 20))
def test_the_scale_of_lexical_scores_does_not_matter(
    lexical: dict[str, float], dense: dict[str, float], scale: float
) -> None:
    scaled = fuse({id_: score * scale for id_, score in lexical.items()}, dense)
    assert scaled == pytest.approx(fuse(lexical, dense), abs=1e-9)


@pytest.mark.parametrize(
    ("lexical", "dense", "order"),
    [
        ({"a": 2.0, "b": 1.0}, {}, "ab"),
        ({}, {"a": 0.1, "b": 0.9}, "ba"),
        ({"a": 9.0, "b": 1.0}, {"b": 0.31, "a": 0.3}, "ab"),
        ({}, {}, ""),
    ],
)
def test_the_better_come_first(lexical: dict[str, float], dense: dict[str, float], order: str) -> None:
    scores = fuse(lexical, dense)
    assert "".join(sorted(scores, key=lambda id_: -scores[id_])) == order


def test_an_id_without_the_words_has_nothing_by_words() -> None:
    assert fuse({"a": 4.0}, {"a": 0.6, "c": 0.6}, 0.5)["c"] == pytest.approx(0.5)


def test_an_id_that_is_not_near_has_the_last_score_by_meaning() -> None:
    assert fuse({"a": 4.0, "b": 4.0}, {"a": 0.6, "c": 0.2}, 0.5)["b"] == pytest.approx(0.5 + 0.5 * 1.2 / 1.6)


def test_an_id_without_a_vector_is_placed_by_its_words() -> None:
    lexical, dense = {"best": 4.0, "half": 2.0, "far": 4.0}, {"near": 0.6, "last": 0.2}
    scores = fuse(lexical, dense, 0.5, without_vector={"best", "half"})
    assert scores["best"] == pytest.approx(1)
    assert scores["half"] == pytest.approx(0.5 * 0.5 + 0.5 * (0.75 + 0.25 * 0.5))
    assert scores["far"] == pytest.approx(0.5 + 0.5 * 0.75)


def test_a_weight_of_0_or_1_leaves_one_list_to_decide() -> None:
    lexical, dense = {"a": 4.0, "b": 1.0}, {"a": 0.2, "b": 0.6}
    assert fuse(lexical, dense, 0.0) == pytest.approx({"a": 1, "b": 0.25})
    assert fuse(lexical, dense, 1.0) == pytest.approx({"a": 1.2 / 1.6, "b": 1})


def test_a_neighbour_of_the_best_hit_rises_above_a_stranger() -> None:
    scores = {"best": 1.0, "stranger": 0.61, "neighbour": 0.6}
    lifted = lift_groups(scores, {"best": "1", "neighbour": "1", "stranger": "2"}, 0.2)
    assert sorted(lifted, key=lambda id_: -lifted[id_]) == ["best", "neighbour", "stranger"]
    assert lifted["best"] == 1.0


@given(st.dictionaries(IDS, st.floats(0, 1), max_size=8))
def test_lifting_keeps_the_order_inside_a_group(scores: dict[str, float]) -> None:
    lifted = lift_groups(scores, dict.fromkeys(scores, "one"))
    for a, b in product(scores, scores):
        if scores[a] >= scores[b]:
            assert lifted[a] >= lifted[b]
