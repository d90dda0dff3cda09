"""The embedders of these tests: one that needs no weights, and the real one where a test asks for it."""

import pytest
from word_embedder import WordEmbedder

from assistant.search.minilm import MiniLM


@pytest.fixture
def words() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> MiniLM:
    return MiniLM(tmp_path_factory.mktemp("models"))
