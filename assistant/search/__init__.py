"""Hybrid search over anybody's texts: by words, by meaning, and both together. It knows no law.

    HybridIndex (hybrid)
    ├── LexicalIndex (lexical)   BM25 over our own terms (tokens)
    ├── DenseIndex (dense)       nearest vectors in Chroma; the vectors from an Embedder (embedding, minilm),
    │                            each text embedded once (vectors)
    └── fusion                   one ranking of the two

    SearchError
    ├── EmbedderUnavailable      the model cannot be loaded
    ├── StoreUnreachable         no Chroma server answers at the address
    ├── StoreNotBuilt            there is no index here, or only a part of one
    └── StoreEmbedderMismatch    the index was built with another model

The modules are imported one by one; importing this one loads nothing.
"""

__all__ = ["EmbedderUnavailable", "SearchError", "StoreEmbedderMismatch", "StoreNotBuilt", "StoreUnreachable"]


class SearchError(Exception):
    """The root of what this package raises for its caller to handle."""


class EmbedderUnavailable(SearchError):
    """The embedding model `name` cannot be loaded: `problem` says why, `remedy` what to do."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        self.name, self.problem, self.remedy = name, problem, remedy
        super().__init__(f"the embedding model {name} cannot be loaded: {problem}; {remedy}")


class StoreUnreachable(SearchError):
    """No Chroma server answers at `address`, or the address cannot be read."""

    def __init__(self, address: str, problem: str) -> None:
        self.address, self.problem = address, problem
        super().__init__(
            f"no Chroma server at {address}: {problem}; start one with `chroma run`, "
            "or give no address to use the store in the data folder"
        )


class StoreNotBuilt(SearchError):
    """There is no usable index at `place`; `problem` says what is missing."""

    def __init__(self, place: str, problem: str) -> None:
        self.place, self.problem = place, problem
        super().__init__(f"no search index at {place}: {problem}; build it first")


class StoreEmbedderMismatch(SearchError):
    """The index at `place` holds vectors of the model `built_with`, and was opened with `opened_with`."""

    def __init__(self, place: str, built_with: str, opened_with: str) -> None:
        self.place, self.built_with, self.opened_with = place, built_with, opened_with
        super().__init__(
            f"the index at {place} was built with the embedding model {built_with} and cannot be searched with "
            f"{opened_with}: choose {built_with} again, or build the index anew"
        )
