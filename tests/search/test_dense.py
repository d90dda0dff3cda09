"""Search by meaning, in real Chroma collections: in a folder, and on a server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.search import StoreEmbedderMismatch, StoreNotBuilt, StoreUnreachable
from assistant.search.dense import DenseIndex, connect


def directions(count: int, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).standard_normal((count, 32)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


VECTORS = directions(400)
IDS = [f"us/{i % 250}:a" for i in range(400)]  # the first 150 have two vectors


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Any]:
    with connect(tmp_path / "chroma") as client:
        yield client


def nearest(vector: NDArray[np.float32], k: int) -> dict[str, float]:
    best: dict[str, float] = {}
    for id_, cosine in zip(IDS, (VECTORS @ vector).tolist(), strict=True):
        best[id_] = max(cosine, best.get(id_, -1.0))
    return dict(sorted(best.items(), key=lambda pair: -pair[1])[:k])


@pytest.mark.parametrize("k", [1, 10, 250])
def test_the_nearest_ids_come_with_the_cosine_of_their_nearest_vector(client: Any, k: int) -> None:
    index = DenseIndex.build(client, "test-us", "words", "build 1", IDS, VECTORS)
    for vector in directions(5, seed=1):
        found = index.search(vector, k)
        assert [id_ for id_, _ in found] == list(nearest(vector, k))
        assert [cosine for _, cosine in found] == pytest.approx(list(nearest(vector, k).values()), abs=1e-5)


def test_asking_for_more_than_there_are_gives_all(client: Any) -> None:
    index = DenseIndex.build(client, "test-us", "words", "build 1", IDS, VECTORS)
    assert {id_ for id_, _ in index.search(VECTORS[0], 1000)} == set(IDS)


def test_a_collection_is_found_again_with_its_search_width(client: Any, tmp_path: Path) -> None:
    DenseIndex.build(client, "test-us", "words", "build 1", IDS, VECTORS)
    with connect(tmp_path / "chroma") as again:
        index = DenseIndex.open(again, "test-us", "words", "build 1")
        assert index.vectors == 400
        assert index.search(VECTORS[3], 1)[0] == (IDS[3], pytest.approx(1, abs=1e-6))
        assert index.collection.configuration["hnsw"]["ef_search"] == 400
        assert index.collection.configuration["hnsw"]["space"] == "cosine"


def test_building_again_replaces_what_was_there(client: Any) -> None:
    DenseIndex.build(client, "test-us", "words", "build 1", IDS, VECTORS)
    DenseIndex.build(client, "test-us", "words", "build 2", ["only"], VECTORS[:1])
    assert [id_ for id_, _ in DenseIndex.open(client, "test-us", "words", "build 2").search(VECTORS[9], 5)] == ["only"]


def test_another_models_question_is_refused(client: Any) -> None:
    DenseIndex.build(client, "test-us", "words", "build 1", IDS, VECTORS)
    with pytest.raises(StoreEmbedderMismatch, match=r"built with the embedding model words .* searched with other"):
        DenseIndex.open(client, "test-us", "other", "build 1")


def test_a_collection_of_other_texts_is_refused(client: Any) -> None:
    DenseIndex.build(client, "test-us", "words", "build 1", IDS, VECTORS)
    with pytest.raises(StoreNotBuilt, match="other texts"):
        DenseIndex.open(client, "test-us", "words", "build 2")


def test_a_collection_that_is_not_there_says_so(client: Any) -> None:
    with pytest.raises(StoreNotBuilt, match="test-us: it does not exist; build it first"):
        DenseIndex.open(client, "test-us", "words", "build 1")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ftp://somewhere", "localhost:port"])
def test_an_address_where_no_server_answers_says_so(tmp_path: Path, address: str) -> None:
    with pytest.raises(StoreUnreachable, match=r"start one with `chroma run`"):
        connect(tmp_path, address)


@pytest.mark.slow
def test_a_server_answers_as_the_folder_does(server: str, client: Any, tmp_path: Path) -> None:
    local = DenseIndex.build(client, "test-us", "words", "build 1", IDS, VECTORS)
    with connect(tmp_path / "unused", f"http://{server}") as remote:
        DenseIndex.build(remote, "test-us", "words", "build 1", IDS, VECTORS)
    with connect(tmp_path / "unused", server) as remote:
        index = DenseIndex.open(remote, "test-us", "words", "build 1")
        for vector in directions(5, seed=2):
            assert [id_ for id_, _ in index.search(vector, 10)] == [id_ for id_, _ in local.search(vector, 10)]
        with pytest.raises(StoreEmbedderMismatch):
            DenseIndex.open(remote, "test-us", "other", "build 1")
    assert not (tmp_path / "unused").exists()
