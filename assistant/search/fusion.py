"""One ranking from two: a convex combination of the scores by words and by meaning.

The lexical score is divided by the best one. The cosine is scaled likewise from its least possible value, -1
(Bruch, Gai and Ingber, 2023, "An Analysis of Fusion Functions for Hybrid Retrieval", arXiv:2210.11934: scaling from
the theoretical minimum, "TM2C2", beats reciprocal ranks and needs next to no fitting).
"""

from collections.abc import Container, Mapping

__all__ = ["DENSE_WEIGHT", "GROUP_WEIGHT", "fuse", "lift_groups"]

DENSE_WEIGHT = 0.75
"""Fitted on the dev questions of ObliQA; 0.65 to 0.8 are much the same. Cosines lie so close together after the
scaling that 0.75 here weighs about as much as 0.4 where both lists are stretched over 0 to 1."""

GROUP_WEIGHT = 0.2
"""Set on the same questions, where it adds little; on ObliQA's questions that need several passages, to which nothing
was fitted, it adds 1.6% to recall."""


def fuse(
    lexical: Mapping[str, float],
    dense: Mapping[str, float],
    dense_weight: float = DENSE_WEIGHT,
    without_vector: Container[str] = frozenset(),
) -> dict[str, float]:
    """The score of each id in either list, from 0 to 1, higher is better.

    `lexical`: scores of 0 or more; `dense`: cosines. An id that the lexical list lacks has 0 there; one that the
    dense list lacks has its last score, for it can have no better one. An id `without_vector` could not be in the
    dense list: it is placed between its last and its first as it stands between 0 and the best by words. Where
    one list is empty, the other decides alone.

    >>> {k: round(v, 2) for k, v in fuse({"a": 8.0, "b": 4.0}, {"a": 0.2, "c": 0.6}, 0.5).items()}
    {'a': 0.88, 'b': 0.62, 'c': 0.5}
    """
    words, meaning = _scaled(lexical, 0.0), _scaled(dense, -1.0)
    if not words or not meaning:
        return words or meaning
    last = min(meaning.values())
    scores = {}
    for id_ in {**words, **meaning}:
        by_words = words.get(id_, 0.0)
        unknown = last + (1 - last) * by_words if id_ in without_vector else last
        scores[id_] = (1 - dense_weight) * by_words + dense_weight * meaning.get(id_, unknown)
    return scores


def lift_groups(
    scores: Mapping[str, float], groups: Mapping[str, str], weight: float = GROUP_WEIGHT
) -> dict[str, float]:
    """Each score with `weight` times the best score of its group, scaled back: neighbours of a good hit rise.

    `groups`: the group of each id, for a statute the section.
    """
    best: dict[str, float] = {}
    for id_, score in scores.items():
        best[groups[id_]] = max(score, best.get(groups[id_], score))
    return {id_: (score + weight * best[groups[id_]]) / (1 + weight) for id_, score in scores.items()}


def _scaled(scores: Mapping[str, float], least: float) -> dict[str, float]:
    """Scores divided by the best one, both counted from `least`."""
    best = max(scores.values(), default=least) - least
    return {id_: (score - least) / best if best > 0 else 0.0 for id_, score in scores.items()}
