"""Words and meaning in one ranking, over real indexes."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from word_embedder import WordEmbedder

from assistant.search import StoreEmbedderMismatch, StoreNotBuilt, StoreUnreachable
from assistant.search.hybrid import WINDOW_WORDS, Chunk, HybridIndex, fingerprint, texts_to_embed
from assistant.search.minilm import MiniLM
from assistant.search.vectors import VectorCache

CHUNKS = [
    Chunk("genomic", "Human genomic data of more than 100 U.S. persons.", "Bulk thresholds", "202.205", "us"),
    Chunk("health", "Personal health data of more than 10,000 U.S. persons.", "Bulk thresholds", "202.205", "us"),
    Chunk("broker", "A sale of data to a foreign person.", "Data brokerage", "202.214", "us"),
    Chunk("statute", "国家对人类遗传资源实行申报登记制度。", "人类遗传资源管理条例", "26", "cn", dense=False),
    Chunk("restated", "Human genetic resources are registered.", "HGR Regulation", "26-en", "cn"),
    *(Chunk(f"filler {i}", f"Filler sentence {i} about nothing in particular.") for i in range(60)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HybridIndex]:
    index = HybridIndex.build(tmp_path_factory.mktemp("hybrid") / "index", CHUNKS, WordEmbedder())
    yield index
    index.close()


def ids(index: HybridIndex, query: str, k: int = 10, **how: object) -> list[str]:
    return [hit.id for hit in index.search(query, k, **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("How many people's human genomic data is bulk?", "genomic"),
        ("selling data to a foreign person", "broker"),
        ("registration of genetic resources", "restated"),
        ("人类遗传资源的申报登记", "statute"),
        ("10000 persons", "health"),
    ],
)
def test_a_question_finds_its_chunk(index: HybridIndex, query: str, first: str) -> None:
    assert ids(index, query)[0] == first


def test_hits_come_best_first_and_no_more_than_asked(index: HybridIndex) -> None:
    hits = index.search("data of U.S. persons", 4)
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_hit_tells_its_scores_by_words_and_by_meaning(index: HybridIndex) -> None:
    by_id = {hit.id: hit for hit in index.search("人类遗传资源 registered", 100)}
    assert by_id["statute"].cosine is None, "it has no vector"
    assert by_id["statute"].lexical is not None
    restated, filler = by_id["restated"], by_id["filler 1"]
    assert restated.cosine is not None
    assert restated.cosine > 0
    assert filler.lexical is None, "it has none of the words"


def test_coverage_is_the_share_of_the_questions_idf_in_the_chunk_and_its_headings(index: HybridIndex) -> None:
    hit = index.search("bulk genomic platypus", 1)[0]
    idf = {term: index.lexical.idf(term) for term in ("bulk", "genom", "platypus")}
    assert hit.id == "genomic"
    assert hit.coverage == pytest.approx((idf["bulk"] + idf["genom"]) / sum(idf.values()))
    assert index.search("the of and", 1, dense_query="") == []
    assert index.search("genomic", 1)[0].coverage == 1


def test_only_allowed_chunks_are_found_however_many_are_not(index: HybridIndex) -> None:
    assert ids(index, "human genomic data", allow=lambda id_: id_ == "filler 59") == ["filler 59"]
    assert ids(index, "human genomic data", allow=lambda _: False) == []


def test_deeper_lists_are_fetched_where_the_filter_leaves_too_few(words: WordEmbedder, tmp_path: Path) -> None:
    many = [Chunk(f"{i}", "data of persons " * (1 + i % 3)) for i in range(900)]
    index = HybridIndex.build(tmp_path / "index", many, words)
    found = ids(index, "data of persons", 5, allow=lambda id_: int(id_) % 300 == 299)
    assert sorted(found, key=int) == ["299", "599", "899"]


def test_a_search_can_be_narrowed_to_collections(index: HybridIndex) -> None:
    assert set(ids(index, "human data", 100, collections=["cn"])) <= {"statute", "restated"}
    assert ids(index, "human data", 100, collections=["cn"])


def test_a_synonym_finds_what_the_question_does_not_say(index: HybridIndex) -> None:
    assert "statute" not in ids(index, "genetic resources", dense_query="")
    found = {h.id: h for h in index.search("genetic resources", synonyms={"人类遗传资源": 0.4}, dense_query="")}
    assert found["statute"].lexical == pytest.approx(
        0.4 * index.search("人类遗传资源", 1, dense_query="")[0].lexical, rel=1e-5
    )


def test_a_synonym_never_lowers_the_questions_own_words(index: HybridIndex) -> None:
    plain = index.search("genomic data", 5, dense_query="")
    assert index.search("genomic data", 5, dense_query="", synonyms={"genomic": 0.1}) == plain


def test_another_text_can_be_embedded_than_is_looked_up(index: HybridIndex) -> None:
    assert ids(index, "人类遗传资源", 2, dense_query="human genetic resources are registered") == [
        "statute",
        "restated",
    ]


def test_a_neighbour_of_the_best_hit_rises(index: HybridIndex) -> None:
    alone = {hit.id: hit.score for hit in index.search("human genomic data of persons", 100, group_weight=0.0)}
    lifted = {hit.id: hit.score for hit in index.search("human genomic data of persons", 100)}
    assert lifted["health"] > alone["health"]


def test_of_equal_scores_the_earlier_comes_first(words: WordEmbedder, tmp_path: Path) -> None:
    same = [Chunk(id_, "the very same words") for id_ in ("d", "a", "c", "b")]
    assert ids(HybridIndex.build(tmp_path / "index", same, words), "same words") == ["d", "a", "c", "b"]


def test_a_question_without_words_finds_nothing_by_words(index: HybridIndex) -> None:
    assert ids(index, "???", dense_query="") == []
    assert ids(index, "", 5) == []


def test_an_index_of_chunks_without_vectors_asks_no_model(words: WordEmbedder, tmp_path: Path) -> None:
    index = HybridIndex.build(tmp_path / "index", [replace(CHUNKS[0], dense=False)], words)
    assert ids(index, "genomic data") == ["genomic"]
    assert words.embedded == []
    assert not (tmp_path / "index" / "chroma").exists()


def test_an_index_of_nothing_finds_nothing(words: WordEmbedder, tmp_path: Path) -> None:
    assert HybridIndex.build(tmp_path / "index", [], words).search("genomic data") == []


def test_a_long_text_is_found_by_one_of_its_sentences(minilm: MiniLM, tmp_path: Path) -> None:
    filler = "The agency keeps a record of each request and answers it within a month of the day it came in. "
    long = Chunk("long", filler * 30 + "A blood sample sent by mail is a parcel. " + filler * 5)
    index = HybridIndex.build(tmp_path / "index", [long, Chunk("short", filler)], minilm)
    hit = index.search("shipping of human specimens", 1)[0]
    assert hit.id == "long"
    assert hit.cosine is not None
    assert hit.cosine > 0.2


def test_a_built_index_opens_again_with_the_same_hits_wherever_it_was_moved(
    words: WordEmbedder, tmp_path: Path
) -> None:
    before = HybridIndex.build(tmp_path / "building", CHUNKS, words).search("human genomic data", 20)
    (tmp_path / "building").rename(tmp_path / "moved")
    assert HybridIndex.open(tmp_path / "moved", words).search("human genomic data", 20) == before


def test_building_again_replaces_the_index(words: WordEmbedder, tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite")
    HybridIndex.build(tmp_path / "index", CHUNKS, words, cache=cache)
    asked = len(words.embedded)
    index = HybridIndex.build(tmp_path / "index", CHUNKS[:3], words, cache=cache)
    assert set(ids(index, "genetic data", 100)) == {"genomic", "health", "broker"}
    assert words.embedded[asked:] == ["genetic data"], "nothing but the question is embedded again"


def test_an_interrupted_build_leaves_no_index(tmp_path: Path) -> None:
    HybridIndex.build(tmp_path / "index", CHUNKS, WordEmbedder())
    with pytest.raises(RuntimeError, match="power"):
        HybridIndex.build(tmp_path / "index", CHUNKS, WordEmbedder(fails_on=CHUNKS[-1].text))
    with pytest.raises(StoreNotBuilt, match="build it first"):
        HybridIndex.open(tmp_path / "index", WordEmbedder())


def test_another_model_is_refused(index: HybridIndex) -> None:
    with pytest.raises(StoreEmbedderMismatch, match="words-64 again, or build"):
        HybridIndex.open(index.folder, WordEmbedder(name="other"))


def test_a_folder_without_an_index_says_so(words: WordEmbedder, tmp_path: Path) -> None:
    assert not HybridIndex.exists(tmp_path)
    with pytest.raises(StoreNotBuilt):
        HybridIndex.open(tmp_path, words)


def test_a_removed_index_is_gone(words: WordEmbedder, tmp_path: Path) -> None:
    HybridIndex.build(tmp_path / "index", CHUNKS[:2], words)
    HybridIndex.remove(tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_a_server_that_does_not_answer_is_named_by_the_first_search_by_meaning(index: HybridIndex) -> None:
    elsewhere = HybridIndex.open(index.folder, WordEmbedder(), chroma="127.0.0.1:1")
    assert ids(elsewhere, "genomic data", dense_query="")
    with pytest.raises(StoreUnreachable, match=r"127\.0\.0\.1:1"):
        elsewhere.search("genomic data")


@pytest.mark.slow
def test_two_indexes_share_a_server_and_one_is_removed(server: str, index: HybridIndex, tmp_path: Path) -> None:
    one, two = (
        HybridIndex.build(tmp_path / name, CHUNKS, WordEmbedder(), chroma=server, namespace=name)
        for name in ("store-1", "store-2")
    )
    assert ids(one, "human genomic data", 3) == ids(index, "human genomic data", 3)
    one.close()
    HybridIndex.remove(one.folder, chroma=server)
    assert not one.folder.exists()
    assert ids(two, "human genomic data", 3) == ids(index, "human genomic data", 3)
    with pytest.raises(StoreNotBuilt, match=r"store-1-\w+: it does not exist"):
        replace(two, collections=one.collections).search("human genomic data")


def test_an_index_of_another_version_is_refused(words: WordEmbedder, tmp_path: Path) -> None:
    HybridIndex.build(tmp_path / "index", CHUNKS[:2], words)
    manifest = tmp_path / "index" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format": "', '"format": "older than '))
    with pytest.raises(StoreNotBuilt, match="another version"):
        HybridIndex.open(tmp_path / "index", words)


def test_an_id_given_twice_is_an_error(words: WordEmbedder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'genomic' is given twice"):
        HybridIndex.build(tmp_path / "index", [CHUNKS[0], CHUNKS[0]], words)


@pytest.mark.parametrize(
    "changed",
    [CHUNKS[1:], CHUNKS[::-1], [replace(CHUNKS[0], context="Other"), *CHUNKS[1:]]],
    ids=["one fewer", "another order", "another heading"],
)
def test_the_fingerprint_follows_the_chunks(words: WordEmbedder, changed: Sequence[Chunk]) -> None:
    assert fingerprint(changed, words) != fingerprint(CHUNKS, words) == fingerprint(list(CHUNKS), words)
    assert fingerprint(CHUNKS, WordEmbedder(name="other")) != fingerprint(CHUNKS, words)


def test_a_short_text_has_one_vector_and_with_a_heading_two() -> None:
    assert texts_to_embed(Chunk("1", "Short.")) == ["Short."]
    assert texts_to_embed(Chunk("1", "Short.", "Heading")) == ["Heading\nShort.", "Short."]


def test_windows_hold_all_words_in_order() -> None:
    sentences = [" ".join(f"word{i}{j}" for j in range(5 + i)) + "." for i in range(20)]
    whole, *windows = texts_to_embed(Chunk("1", "\n".join(sentences)))
    assert len(windows) > 2
    assert " ".join(windows).split() == whole.split()
    assert all(len(window.split()) <= WINDOW_WORDS for window in windows)


@pytest.mark.parametrize("text", ["one " * 500, ""], ids=["a sentence without end", "nothing"])
def test_what_cannot_be_cut_is_embedded_whole(text: str) -> None:
    assert texts_to_embed(Chunk("1", text)) == [text]


def test_importing_loads_nothing_heavy_and_a_search_by_words_no_model(index: HybridIndex, tmp_path: Path) -> None:
    heavy = "{'chromadb', 'onnxruntime', 'onnx', 'tokenizers', 'torch', 'sentence_transformers', 'langchain_core'}"
    program = f"""
import sys
from pathlib import Path
from assistant.search import dense, embedding, fusion, hybrid, lexical, minilm, tokens, vectors
assert not {heavy[:-1]}, 'tantivy', 'Stemmer', 'safetensors'}} & set(sys.modules), 'at import'
from word_embedder import WordEmbedder
index = hybrid.HybridIndex.open(Path({str(index.folder)!r}), WordEmbedder())
assert index.search('genomic data', dense_query='')
assert not {heavy} & set(sys.modules), 'at a search by words'
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
