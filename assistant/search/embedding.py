"""The seam to embedding models: what an embedder is, and which one a name stands for."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.search import EmbedderUnavailable
from assistant.search.minilm import MiniLM

__all__ = ["Embedder", "Progress", "SentenceTransformerModel", "load_embedder"]

Progress = Callable[[int, int], None]
"""Called with how many texts are done, and how many there are."""


class Embedder(Protocol):
    """A model that turns texts into vectors whose dot product says how near they are in meaning.

    `name` tells models apart, and their versions: an index built under one name is refused under another.
    It is known before the model is loaded.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str], on_progress: Progress | None = None) -> NDArray[np.float32]:
        """float32, shape (len(texts), dimensions), rows of unit length. Raises EmbedderUnavailable."""
        ...


def load_embedder(name: str | None, cache: Path) -> Embedder:
    """The default model (`name` None), or the sentence-transformers model of that name or in that folder.

    `cache`: where the default model keeps its built graph. Nothing is loaded yet; a model that is not there
    raises EmbedderUnavailable when it is first used. Only a model's name that is not a folder makes
    sentence-transformers look beyond this machine.
    """
    return MiniLM(cache) if name is None else SentenceTransformerModel(name)


@dataclass(frozen=True)
class SentenceTransformerModel:
    """An `Embedder` for a model of sentence-transformers. `model`: its name on the model hub, or a folder."""

    model: str

    @cached_property
    def name(self) -> str:
        """The model's name; for a folder, the SHA-256 of its weights, wherever it lies."""
        folder = Path(self.model)
        if not folder.is_dir():
            return f"sentence-transformers:{self.model}"
        digest = hashlib.sha256()
        weights = [p for p in sorted(folder.rglob("*")) if p.suffix in {".safetensors", ".bin"}]
        if not weights:
            raise EmbedderUnavailable(self.model, "the folder holds no weights (*.safetensors, *.bin)", self._remedy)
        for path in weights:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return f"sentence-transformers:{folder.name}@{digest.hexdigest()[:12]}"

    @property
    def dimensions(self) -> int:
        return int(self.embed([""]).shape[1])

    def embed(self, texts: Sequence[str], on_progress: Progress | None = None) -> NDArray[np.float32]:
        """As `Embedder.embed`; texts longer than the model reads are cut by it."""
        blocks = [np.empty((0, 0), np.float32)] if not texts else []
        for start in range(0, len(texts), 256):
            block = [text.encode("utf-8", "replace").decode() for text in texts[start : start + 256]]
            vectors = self._loaded.encode(block, normalize_embeddings=True, show_progress_bar=False)
            blocks.append(np.asarray(vectors, np.float32))
            if on_progress:
                on_progress(start + len(block), len(texts))
        return np.concatenate(blocks)

    @cached_property
    def _loaded(self) -> Any:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            remedy = "run `pip install sentence-transformers`"
            raise EmbedderUnavailable(self.model, f"{error}", remedy) from error
        try:
            return SentenceTransformer(self.model)
        except (OSError, ValueError) as error:  # what the hub's client and the loaders raise
            problem = str(error).partition("\n")[0]
            raise EmbedderUnavailable(self.model, problem, self._remedy) from error

    @property
    def _remedy(self) -> str:
        return "give the folder of a downloaded sentence-transformers model, or choose none for the built-in model"
