"""The default model: the published weights, on onnxruntime."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.search import EmbedderUnavailable
from assistant.search.embedding import SentenceTransformerModel, load_embedder
from assistant.search.minilm import DIMENSIONS, TOKENIZER_SHA256, MiniLM, genuine, model_folder

TEXTS = [
    "",
    "May I send these genomes to my co-author in Shenzhen?",
    "bulk U.S. sensitive personal data",
    "人类遗传资源",
    "No U.S. person may knowingly engage in a covered data transaction involving data brokerage. " * 40,
]


def test_vectors_have_unit_length_and_the_order_of_the_texts(minilm: MiniLM) -> None:
    vectors = minilm.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    alone = np.concatenate([minilm.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(vectors, alone, atol=1e-6)


def test_texts_alike_in_meaning_are_near(minilm: MiniLM) -> None:
    genomes, dna, weather = minilm.embed(["human genomes", "DNA sequences of people", "rain in the afternoon"])
    assert genomes @ dna > 0.5 > genomes @ weather


def test_progress_reaches_the_number_of_texts(minilm: MiniLM) -> None:
    seen: list[tuple[int, int]] = []
    minilm.embed(["a text"] * 20, lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (20, 20)


def test_half_a_surrogate_pair_from_a_shell_is_read_over(minilm: MiniLM) -> None:
    np.testing.assert_array_equal(minilm.embed(["genomes \udce9"]), minilm.embed(["genomes ?"]))


def test_no_texts_give_no_vectors(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, DIMENSIONS)


def test_the_graph_is_built_once(minilm: MiniLM) -> None:
    minilm.embed(["a"])
    built = {path: path.stat().st_mtime_ns for path in minilm.cache.iterdir()}
    assert len(built) == 1
    MiniLM(minilm.cache).embed(["a"])
    assert {path: path.stat().st_mtime_ns for path in minilm.cache.iterdir()} == built


def test_a_file_with_one_other_byte_is_refused(tmp_path: Path) -> None:
    published = (model_folder() / "tokenizer.json").read_bytes()
    path = tmp_path / "tokenizer.json"
    path.write_bytes(published)
    assert genuine(path, TOKENIZER_SHA256) == path
    path.write_bytes(published[:-1] + b" ")
    with pytest.raises(EmbedderUnavailable, match=r"tokenizer\.json has the SHA-256 .*--force-reinstall"):
        genuine(path, TOKENIZER_SHA256)


def test_without_a_name_the_default_model_is_meant(tmp_path: Path) -> None:
    embedder = load_embedder(None, tmp_path)
    assert isinstance(embedder, MiniLM)
    assert embedder.name == "all-MiniLM-L6-v2@53aa51172d14"
    assert not list(tmp_path.iterdir()), "nothing is built before the first text"


def test_a_folder_without_weights_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match=r"holds no weights.*give the folder of a downloaded"):
        _ = load_embedder(str(tmp_path), tmp_path).name


def test_a_folders_name_follows_its_weights_and_not_its_place(tmp_path: Path) -> None:
    names = []
    for place, weights in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        folder = tmp_path / place / "model"
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(weights)
        names.append(SentenceTransformerModel(str(folder)).name)
    assert names[0] == names[1] != names[2]


@pytest.mark.slow
def test_the_vectors_are_those_of_sentence_transformers(minilm: MiniLM) -> None:
    folder = model_folder()
    reference = load_embedder(str(folder), minilm.cache)
    expected, vectors = reference.embed(TEXTS), minilm.embed(TEXTS)
    assert reference.dimensions == minilm.dimensions
    assert np.abs(vectors - expected).max() < 1e-5
    assert (vectors * expected).sum(axis=1).min() > 0.99999


@pytest.mark.slow
def test_a_model_that_is_not_there_says_so(tmp_path: Path) -> None:
    asks = (
        "from pathlib import Path; from assistant.search.embedding import load_embedder; "
        "load_embedder('nobody/nothing', Path()).embed(['a'])"
    )
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}  # read when the hub's client is imported
    done = subprocess.run([sys.executable, "-c", asks], env=offline, capture_output=True, text=True, check=False)
    assert "EmbedderUnavailable: the embedding model nobody/nothing cannot be loaded" in done.stderr
    assert "choose none for the built-in model" in done.stderr
