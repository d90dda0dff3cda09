"""Laws of the logic, on transactions made at random: facts added, facts missing, presumptions, order."""

import random
from collections import Counter
from typing import Any

import pytest
from transactions import DAY, flat, random_document, without

from assistant.rules import Rules

SEEDS = range(250)
CONTRADICTS = {"citizenships": "us_status", "designation_announced": "designated"}
"""A fact that can contradict the presumption on another fact of the same record."""
UNDETERMINED = "undetermined"


def _verdict(rules: Rules, document: dict[str, Any], *, presume: bool = True) -> Any:
    return rules.evaluate(rules.read(document, DAY), presume=presume)


def _sparse(document: dict[str, Any], seed: int, most: int = 6) -> dict[str, Any]:
    """The document with some facts taken away."""
    pick = random.Random(seed)
    paths = sorted(p for p in flat(document) if p != "as_of")
    for path in pick.sample(paths, min(most, pick.randrange(most + 1))):
        document = without(document, path)
    return document


def test_the_random_transactions_reach_every_verdict(rules: Rules) -> None:
    found = Counter(_verdict(rules, _sparse(random_document(seed), seed)).verdict for seed in SEEDS)
    assert set(found) == set(rules.pack.gravest)
    assert min(found.values()) >= 3, found


@pytest.mark.parametrize("presume", [True, False])
def test_adding_a_fact_changes_a_verdict_only_as_was_listed(rules: Rules, presume: bool) -> None:
    for seed in SEEDS:
        whole = _sparse(random_document(seed), seed)
        after = _verdict(rules, whole, presume=presume)
        for path in [p for p in flat(whole) if p.rpartition(".")[2] not in ("as_of", "date")]:  # a day has its default
            before = _verdict(rules, without(whole, path), presume=presume)
            key = path.rpartition(".")[2]
            listed = {*before.missing(), *before.presumed()}
            allowed = {path, path.removesuffix(key) + CONTRADICTS.get(key, key)}
            if before.verdict != after.verdict:
                assert listed & allowed, (seed, path, before.verdict, after.verdict)
            if before.verdict not in (UNDETERMINED, after.verdict):
                assert {*before.presumed()} & allowed, (seed, path, before.verdict, after.verdict)


@pytest.mark.parametrize("presume", [True, False])
def test_undetermined_if_and_only_if_something_is_missing(rules: Rules, presume: bool) -> None:
    for seed in SEEDS:
        found = _verdict(rules, _sparse(random_document(seed), seed, most=10), presume=presume)
        assert (found.verdict == UNDETERMINED) is bool(found.missing()), seed


def test_without_presumptions_a_verdict_is_the_same_or_undetermined(rules: Rules) -> None:
    for seed in SEEDS:
        document = _sparse(random_document(seed), seed)
        strict = _verdict(rules, document, presume=False)
        assert strict.presumed() == {}
        assert strict.verdict in (UNDETERMINED, _verdict(rules, document).verdict), seed


def test_telling_what_was_presumed_changes_nothing(rules: Rules) -> None:
    from assistant.rules.changes import changed

    for seed in SEEDS:
        before = _verdict(rules, _sparse(random_document(seed), seed))
        for path, presumed in before.presumed().items():
            if presumed.value is None:  # the kind of a dealing that follows from what is done
                continue
            transaction = changed(before.case.transaction, {path: presumed.value})
            assert rules.evaluate(transaction).verdict == before.verdict, (seed, path)


def test_the_order_of_facts_does_not_matter(rules: Rules) -> None:
    for seed in SEEDS:
        document = _sparse(random_document(seed), seed)
        turned = {
            key: dict(reversed(value.items()))
            if isinstance(value, dict)
            else value[::-1]
            if isinstance(value, list)
            else value
            for key, value in reversed(document.items())
        }
        assert _verdict(rules, turned).verdict == _verdict(rules, document).verdict, seed
