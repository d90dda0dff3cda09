"""The hybrid index: texts found by their words and by their meaning, in one ranking.

A chunk has one vector for the whole of it, with its headings, and where it is long one for each window of some
sixty words; its nearest vector counts. So a long provision is found by one of its sentences, and nothing of it is
lost behind the model's limit. (The maximum over passages: Dai and Callan, 2019, arXiv:1905.09217.)
"""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.search import StoreEmbedderMismatch, StoreNotBuilt
from assistant.search.embedding import Embedder, Progress
from assistant.search.fusion import DENSE_WEIGHT, GROUP_WEIGHT, fuse, lift_groups
from assistant.search.lexical import LexicalIndex, Record, pairs
from assistant.search.tokens import terms
from assistant.search.vectors import ShippedVectors, VectorCache, embed_cached

__all__ = ["FORMAT", "Chunk", "Hit", "HybridIndex", "fingerprint", "texts_to_embed"]

DEPTH = 200
"""How many hits each list brings to the fusion; 100 finds the same on 13,000 passages."""

WINDOW_WORDS = 60
"""Fitted on the dev questions of ObliQA; 35 does the same with twice the vectors, 100 loses 0.5% of precision."""

FORMAT = "1"  # raise it when what is stored, or how text is analysed, changes
_MANIFEST, _LEXICAL, _DENSE = "manifest.json", "lexical", "chroma"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A text that can be found. `id`: unique. `context`: the headings above it, searched with it.

    `group`: chunks that lift each other when one of them is a good hit (a section's paragraphs).
    `collection`: what a search can be narrowed to (a jurisdiction); letters, digits, "-", "_".
    `dense`: whether it has vectors; not for text that the model cannot read.
    """

    id: str
    text: str
    context: str = ""
    group: str = ""
    collection: str = "all"
    dense: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found. `score`: 0 to 1, to be compared within one search only.

    `lexical`: its BM25 score, None when not among the best by words. `cosine`: of its nearest vector, None when
    not among the nearest. `coverage`: the share of the question's idf, 0 to 1, that stands in the chunk or its
    headings: how much of what was asked for is there at all.
    """

    id: str
    score: float
    lexical: float | None
    cosine: float | None
    coverage: float


@dataclass(frozen=True)
class HybridIndex:
    """An open index. `built_from`: the fingerprint of its chunks and model; `groups`: the group of each chunk;
    `without_vector`: the chunks that are found by words alone.

    `collections`: those that have vectors, with their names in Chroma. Chroma and the model are loaded by the
    first search that needs them.
    """

    folder: Path
    built_from: str
    embedder: Embedder
    chroma: str | None
    groups: Mapping[str, str]
    without_vector: frozenset[str]
    collections: Mapping[str, str]
    lexical: LexicalIndex

    @classmethod
    def build(
        cls,
        folder: Path,
        chunks: Sequence[Chunk],
        embedder: Embedder,
        *,
        chroma: str | None = None,
        namespace: str = "search",
        cache: VectorCache | None = None,
        shipped: Sequence[ShippedVectors] = (),
        on_progress: Progress | None = None,
    ) -> "HybridIndex":
        """The index of `chunks`, written into `folder` in place of what was there, and opened.

        `chroma`: the address of a server; None keeps the vectors in `folder`, which may be moved afterwards.
        `namespace`: what the names of the collections begin with; one that no other index on the server has.
        `cache`, `shipped`: where vectors are looked up before the model is asked. Of equal scores the earlier
        chunk comes first. Raises ValueError for an id given twice, StoreUnreachable and EmbedderUnavailable.
        """
        built_from = fingerprint(chunks, embedder)
        (folder / _MANIFEST).unlink(missing_ok=True)  # from here on there is no index, until there is a whole one
        shutil.rmtree(folder / _LEXICAL, ignore_errors=True)
        LexicalIndex.build(
            folder / _LEXICAL, (Record(c.id, terms(c.text), terms(c.context), c.collection) for c in chunks)
        )
        rows = [(chunk, text) for chunk in chunks if chunk.dense for text in texts_to_embed(chunk)]
        collections = sorted({chunk.collection for chunk, _ in rows})
        if rows:
            from assistant.search.dense import DenseIndex, connect

            vectors = embed_cached([text for _, text in rows], embedder, cache, shipped, on_progress)
            with connect(folder / _DENSE, chroma) as client:
                for collection in collections:
                    at = [i for i, (chunk, _) in enumerate(rows) if chunk.collection == collection]
                    ids = [rows[i][0].id for i in at]
                    DenseIndex.build(client, f"{namespace}-{collection}", embedder.name, built_from, ids, vectors[at])
        manifest = {
            "format": FORMAT,
            "built_from": built_from,
            "embedder": embedder.name,
            "collections": {collection: f"{namespace}-{collection}" for collection in collections},
            "groups": {chunk.id: chunk.group or chunk.id for chunk in chunks},
            "without_vector": [chunk.id for chunk in chunks if not chunk.dense],
        }
        part = folder / f"{_MANIFEST}.part"
        part.write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
        part.replace(folder / _MANIFEST)
        return cls.open(folder, embedder, chroma=chroma)

    @classmethod
    def open(cls, folder: Path, embedder: Embedder, *, chroma: str | None = None) -> "HybridIndex":
        """The index in `folder`. Raises StoreNotBuilt, and StoreEmbedderMismatch for another model's vectors."""
        try:
            manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError) as error:
            raise StoreNotBuilt(str(folder), f"{_MANIFEST}: {error}") from error
        if manifest.get("format") != FORMAT:
            raise StoreNotBuilt(str(folder), "it was built by another version of this program")
        if manifest["embedder"] != embedder.name:
            raise StoreEmbedderMismatch(str(folder), manifest["embedder"], embedder.name)
        lexical = LexicalIndex.open(folder / _LEXICAL)
        return cls(
            folder=folder,
            built_from=manifest["built_from"],
            embedder=embedder,
            chroma=chroma,
            groups=manifest["groups"],
            without_vector=frozenset(manifest["without_vector"]),
            collections=manifest["collections"],
            lexical=lexical,
        )

    @staticmethod
    def exists(folder: Path) -> bool:
        """Whether `folder` holds a whole index."""
        return (folder / _MANIFEST).exists()

    @staticmethod
    def remove(folder: Path, *, chroma: str | None = None) -> None:
        """Takes the index in `folder` away, and its collections from the server at `chroma`."""
        if chroma is not None and HybridIndex.exists(folder):
            from assistant.search.dense import connect

            names = set(json.loads((folder / _MANIFEST).read_text("utf-8"))["collections"].values())
            with connect(folder / _DENSE, chroma) as client:
                for collection in client.list_collections():
                    if collection.name in names:
                        client.delete_collection(collection.name)
        shutil.rmtree(folder, ignore_errors=True)

    def search(
        self,
        query: str,
        k: int = 10,
        *,
        synonyms: Mapping[str, float] | None = None,
        dense_query: str | None = None,
        allow: Callable[[str], bool] | None = None,
        collections: Collection[str] | None = None,
        dense_weight: float = DENSE_WEIGHT,
        group_weight: float = GROUP_WEIGHT,
    ) -> list[Hit]:
        """The `k` best chunks, best first; fewer where fewer are found.

        `synonyms`: words or phrases to look for as well, each with its weight (1 is that of the question's own).
        `dense_query`: what to embed in place of the question; "" searches by words alone, and then neither the
        model nor Chroma is loaded. `allow`: which ids may be found. `collections`: where to look (None: all).
        Raises StoreNotBuilt, StoreEmbedderMismatch, StoreUnreachable and EmbedderUnavailable.
        """
        own = terms(query)
        term_weights, pair_weights = _weights(own, synonyms or {})
        meaning = query if dense_query is None else dense_query
        vector = self.embedder.embed([meaning])[0] if meaning.strip() and self.collections else None

        def by_words(depth: int) -> list[tuple[str, float]]:
            return self.lexical.search(term_weights, pair_weights, depth, collections)

        def by_meaning(depth: int) -> list[tuple[str, float]]:
            wanted = [i for name, i in self._dense.items() if collections is None or name in collections]
            found = [pair for index in wanted for pair in index.search(vector, depth)]
            return sorted(found, key=lambda pair: -pair[1])[:depth]

        lexical = _enough(by_words, k, len(self.groups), allow)
        dense = _enough(by_meaning, k, len(self.groups), allow) if vector is not None else {}
        scores = lift_groups(fuse(lexical, dense, dense_weight, self.without_vector), self.groups, group_weight)
        best = sorted(scores, key=lambda id_: (-scores[id_], self._places[id_]))[:k]
        idf = {term: self.lexical.idf(term) for term in own}
        return [Hit(i, scores[i], lexical.get(i), dense.get(i), self._coverage(i, idf)) for i in best]

    def close(self) -> None:
        """Lets go of Chroma. A later search opens it again."""
        if "_client" in self.__dict__:
            self._client.close()
            del self.__dict__["_client"], self.__dict__["_dense"]

    def _coverage(self, id_: str, idf: Mapping[str, float]) -> float:
        found = self.lexical.terms_of(id_)
        return sum(v for term, v in idf.items() if term in found) / (sum(idf.values()) or 1.0)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {id_: place for place, id_ in enumerate(self.groups)}

    @cached_property
    def _client(self) -> Any:
        from assistant.search.dense import connect

        return connect(self.folder / _DENSE, self.chroma)

    @cached_property
    def _dense(self) -> dict[str, Any]:
        from assistant.search.dense import DenseIndex

        return {
            collection: DenseIndex.open(self._client, name, self.embedder.name, self.built_from)
            for collection, name in self.collections.items()
        }


def fingerprint(chunks: Sequence[Chunk], embedder: Embedder) -> str:
    """A hash of all that an index depends on. Raises ValueError for an id given twice."""
    digest = hashlib.sha256(f"{FORMAT}\n{embedder.name}\n".encode())
    seen: set[str] = set()
    for chunk in chunks:
        if chunk.id in seen:
            raise ValueError(f"the chunk id {chunk.id!r} is given twice: ids must be unique")
        seen.add(chunk.id)
        digest.update(json.dumps(astuple(chunk)).encode())
    return digest.hexdigest()[:16]


def texts_to_embed(chunk: Chunk) -> list[str]:
    """The texts whose vectors stand for a chunk: the whole with its headings, then its windows.

    >>> texts_to_embed(Chunk("1", "No person shall.", context="Scope"))
    ['Scope\\nNo person shall.', 'No person shall.']
    """
    whole = f"{chunk.context}\n{chunk.text}" if chunk.context else chunk.text
    return list(dict.fromkeys([whole, *_windows(chunk.text)]))


def _windows(text: str) -> list[str]:
    """The text cut at the ends of sentences, items and lines, in pieces of about WINDOW_WORDS words."""
    windows: list[str] = []
    window: list[str] = []
    for piece in re.split(r"(?<=[.;:])\s+|\n+", text):
        words = piece.split()
        if window and len(window) + len(words) > WINDOW_WORDS:
            windows.append(" ".join(window))
            window = []
        window += words
    return [*windows, " ".join(window)] if windows else [text]


def _weights(own: Sequence[str], synonyms: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """The weights of terms and of pairs: 1 for the question's own, else the highest that a synonym brings."""
    term_weights, pair_weights = dict.fromkeys(own, 1.0), dict.fromkeys(pairs(own), 1.0)
    for phrase, weight in synonyms.items():
        words = terms(phrase)
        for weights, found in ((term_weights, words), (pair_weights, pairs(words))):
            weights.update({term: max(weight, weights.get(term, 0.0)) for term in found})
    return term_weights, pair_weights


def _enough(
    search: Callable[[int], list[tuple[str, float]]], k: int, size: int, allow: Callable[[str], bool] | None
) -> dict[str, float]:
    """The allowed hits of a search; searched deeper while fewer than `k` are allowed and there may be more."""
    depth = max(DEPTH, 2 * k)
    while True:
        found = search(depth)
        allowed = {id_: score for id_, score in found if allow is None or allow(id_)}
        if len(allowed) >= k or len(found) < depth or depth >= size:
            return allowed
        depth *= 4
