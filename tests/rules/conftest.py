"""Fixtures of the rule tests: the rules of part 202."""

import pytest

import corpus
from assistant.rules import Rules, load_rules


@pytest.fixture(scope="session")
def rules() -> Rules:
    """The rules of part 202."""
    return load_rules(corpus.FOLDER, "us-dsp")
