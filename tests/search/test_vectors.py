"""No text is embedded twice, whichever place holds its vector."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from word_embedder import WordEmbedder

from assistant.search.vectors import VectorCache, embed_cached, read_shipped, text_key, write_shipped

TEXTS = ["genomes of people", "人类遗传资源", "", "an investment agreement", "genomes of people"]


def test_vectors_come_in_the_order_of_the_texts(words: WordEmbedder, tmp_path: Path) -> None:
    vectors = embed_cached(TEXTS, words, VectorCache(tmp_path / "vectors.sqlite"))
    np.testing.assert_array_equal(vectors, words.embed(TEXTS))


def test_a_text_is_embedded_once(words: WordEmbedder, tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "data" / "vectors.sqlite")
    first = embed_cached(TEXTS, words, cache)
    assert sorted(words.embedded) == sorted(set(TEXTS)), "a text that is there twice is one text"
    again = embed_cached([*TEXTS, "a new one"], words, cache)
    assert words.embedded[len(set(TEXTS)) :] == ["a new one"]
    np.testing.assert_array_equal(again[:-1], first)


def test_another_model_has_its_own_vectors(words: WordEmbedder, tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite")
    embed_cached(TEXTS, words, cache)
    other = WordEmbedder(name="words-64-again")
    embed_cached(TEXTS, other, cache)
    assert sorted(other.embedded) == sorted(set(TEXTS))


def test_an_interrupted_run_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    texts = [f"text number {i:04}" for i in range(1500)]
    cache = VectorCache(tmp_path / "vectors.sqlite")
    with pytest.raises(RuntimeError, match="power"):
        embed_cached(texts, WordEmbedder(fails_on="text number 1400"), cache)
    words = WordEmbedder()
    embed_cached(texts, words, cache)
    assert 0 < len(words.embedded) < 500


def test_progress_counts_what_is_held_and_reaches_the_end(words: WordEmbedder, tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite")
    embed_cached(TEXTS[:2], words, cache)
    seen: list[tuple[int, int]] = []
    embed_cached(TEXTS, words, cache, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 4), (4, 4)]


def test_no_texts_ask_nothing_of_the_model(words: WordEmbedder) -> None:
    assert len(embed_cached([], words)) == 0
    assert words.embedded == []


def test_shipped_vectors_are_used_before_the_model_and_have_unit_length(words: WordEmbedder, tmp_path: Path) -> None:
    texts = TEXTS[:4]
    write_shipped(tmp_path / "shipped.npz", words.name, texts, words.embed(texts))
    other = replace(words, embedded=[])
    vectors = embed_cached([*texts, "one more"], other, shipped=[read_shipped(tmp_path / "shipped.npz")])
    assert other.embedded == ["one more"]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert (vectors[:4] * words.embed(texts)).sum(axis=1).min() > 0.999999


def test_shipped_vectors_of_another_model_are_left_alone(words: WordEmbedder, tmp_path: Path) -> None:
    write_shipped(tmp_path / "shipped.npz", "another", TEXTS[:2], words.embed(TEXTS[:2]))
    assert read_shipped(tmp_path / "shipped.npz").read(words.name, [text_key(TEXTS[0])]) == {}


def test_equal_input_gives_equal_bytes_in_whatever_order(words: WordEmbedder, tmp_path: Path) -> None:
    written = []
    for i, texts in enumerate((TEXTS[:4], TEXTS[3::-1], [*TEXTS[:4], TEXTS[0]])):
        path = tmp_path / f"{i}.npz"
        write_shipped(path, words.name, texts, words.embed(texts))
        written.append(path.read_bytes())
    assert written[0] == written[1] == written[2]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def _other(path: Path) -> None:
    np.savez(path, something=np.zeros(3))


@pytest.mark.parametrize("spoil", [_cut, _other], ids=["cut short", "another file"])
def test_a_file_that_holds_no_vectors_is_an_error(
    words: WordEmbedder, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    path = tmp_path / "shipped.npz"
    write_shipped(path, words.name, TEXTS[:2], words.embed(TEXTS[:2]))
    spoil(path)
    with pytest.raises(ValueError, match=r"shipped\.npz"):
        read_shipped(path)
