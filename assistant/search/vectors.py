"""Vectors kept by what they stand for: the model's name and the SHA-256 of the text.

A text that has not changed is never embedded twice. Two places keep them: a cache in the data folder
(SQLite, single precision), and a file that is shipped with a corpus (half precision, read only).
"""

import hashlib
import io
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from assistant.search.embedding import Embedder, Progress

__all__ = ["ShippedVectors", "VectorCache", "embed_cached", "read_shipped", "text_key", "write_shipped"]

Vector = NDArray[np.float32]

_BLOCK = 512  # texts embedded between two writes to the cache: what an interruption can lose


def text_key(text: str) -> bytes:
    """The SHA-256 of the text in UTF-8: 32 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True)
class VectorCache:
    """The SQLite file `path`, made with its folder when first written. Safe for several processes."""

    path: Path

    def read(self, embedder: str, keys: Iterable[bytes]) -> dict[bytes, Vector]:
        """The vectors held for these keys under the model `embedder`; a key not held is left out."""
        if not self.path.exists():
            return {}
        found: dict[bytes, Vector] = {}
        wanted = list(keys)
        with closing(self._connect()) as database:
            for start in range(0, len(wanted), 500):
                some = wanted[start : start + 500]
                places = ",".join("?" * len(some))
                rows = database.execute(
                    f"SELECT key, vector FROM vectors WHERE embedder = ? AND key IN ({places})", [embedder, *some]
                )
                found.update((key, np.frombuffer(vector, "<f4")) for key, vector in rows)
        return found

    def write(self, embedder: str, vectors: Mapping[bytes, Vector]) -> None:
        """Keeps the vectors, in one transaction."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as database, database:
            database.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                ((embedder, key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()),
            )

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=60)
        database.execute(
            "CREATE TABLE IF NOT EXISTS vectors"
            " (embedder TEXT, key BLOB, vector BLOB, PRIMARY KEY (embedder, key)) WITHOUT ROWID"
        )
        return database


@dataclass(frozen=True)
class ShippedVectors:
    """Vectors read from a file: of the model `embedder`, `rows[i]` (half precision) for `keys[i]`."""

    embedder: str
    places: Mapping[bytes, int]
    rows: NDArray[np.float16]

    def read(self, embedder: str, keys: Iterable[bytes]) -> dict[bytes, Vector]:
        """As `VectorCache.read`, of unit length again; nothing for another model."""
        if embedder != self.embedder:
            return {}
        held = [key for key in keys if key in self.places]
        vectors = self.rows[[self.places[key] for key in held]].astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return dict(zip(held, vectors, strict=True))


def read_shipped(path: Path) -> ShippedVectors:
    """The vectors in the file `path`, as `write_shipped` left it. Raises OSError and ValueError (not such a file)."""
    try:
        with np.load(path, allow_pickle=False) as file:
            embedder, keys, rows = str(file["embedder"]), file["keys"], file["vectors"]
    except (BadZipFile, KeyError, EOFError, ValueError) as error:
        raise ValueError(f"{path}: not a file of vectors: {error}; write it again with write_shipped") from error
    return ShippedVectors(embedder, {key.tobytes(): i for i, key in enumerate(keys)}, rows)


def write_shipped(path: Path, embedder: str, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """Writes the vectors of `texts` (shape (len(texts), d)) to `path`, an .npz file, in half precision.

    The bytes depend on the model's name, the set of texts and their vectors alone, not on order or day.
    """
    by_key = {text_key(text): i for i, text in enumerate(texts)}
    keys = sorted(by_key)
    buffer = io.BytesIO()
    np.savez(  # numpy dates each member 1 January 1980
        buffer,
        embedder=np.array(embedder),
        keys=np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 32),
        vectors=vectors[[by_key[key] for key in keys]].astype("<f2"),
    )
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(buffer.getvalue())
    part.replace(path)


def embed_cached(
    texts: Sequence[str],
    embedder: Embedder,
    cache: VectorCache | None = None,
    shipped: Sequence[ShippedVectors] = (),
    on_progress: Progress | None = None,
) -> NDArray[np.float32]:
    """The vectors of `texts`, shape (len(texts), d): from `shipped`, else from `cache`, else from the model.

    The model is loaded only for texts that neither holds; its vectors are written to the cache as it goes, so
    that an interrupted run is taken up where it stopped. `on_progress` counts different texts.
    """
    by_key = {text_key(text): text for text in texts}
    held: dict[bytes, Vector] = {}
    stores: list[ShippedVectors | VectorCache] = [*shipped, *([cache] if cache else [])]
    for store in stores:
        held.update(store.read(embedder.name, [key for key in by_key if key not in held]))
    missing = sorted((key for key in by_key if key not in held), key=lambda key: len(by_key[key]))
    if on_progress:
        on_progress(len(held), len(by_key))
    for start in range(0, len(missing), _BLOCK):
        keys = missing[start : start + _BLOCK]
        done = len(held)

        def report(count: int, _: int, done: int = done) -> None:
            if on_progress:
                on_progress(done + count, len(by_key))

        fresh = dict(zip(keys, embedder.embed([by_key[key] for key in keys], report), strict=True))
        if cache:
            cache.write(embedder.name, fresh)
        held.update(fresh)
    if not texts:
        return np.empty((0, 0), np.float32)
    return np.stack([held[text_key(text)] for text in texts])
