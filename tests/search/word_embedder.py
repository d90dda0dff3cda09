"""A small embedder that needs no weights."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.search.embedding import Progress
from assistant.search.tokens import terms

__all__ = ["WordEmbedder"]


@dataclass
class WordEmbedder:
    """An embedder by the seam: each term is a fixed random direction, a text the sum of its terms.

    `embedded`: every text that it was asked for, in order. `fails_on`: a text that it breaks down at.
    """

    name: str = "words-64"
    dimensions: int = 64
    embedded: list[str] = field(default_factory=list)
    fails_on: str | None = None

    def embed(self, texts: Sequence[str], on_progress: Progress | None = None) -> NDArray[np.float32]:
        if self.fails_on in texts:
            raise RuntimeError("the power went out")
        self.embedded += texts
        rows = np.stack([self._vector(text) for text in texts])
        if on_progress:
            on_progress(len(texts), len(texts))
        return rows

    def _vector(self, text: str) -> NDArray[np.float32]:
        total = np.full(self.dimensions, 1e-3)
        for term in terms(text):
            seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:8], "big")
            total += np.random.default_rng(seed).standard_normal(self.dimensions)
        return (total / np.linalg.norm(total)).astype(np.float32)
