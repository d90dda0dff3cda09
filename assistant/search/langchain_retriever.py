"""The search as LangChain's `BaseRetriever`, for chains and agents built on it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from assistant.law.printing import heading_of
from assistant.search.retriever import Hit, PolicySearch

__all__ = ["PolicyRetriever"]


class PolicyRetriever(BaseRetriever):
    """Gives for a question the `k` best provisions of the day `as_of()` as documents, best first.

    `page_content`: the official words where they are held, else our restatement. `metadata`: locator, citation,
    heading, layer, language, restatement, score and as_of.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search: PolicySearch
    as_of: Callable[[], date]
    k: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        day = self.as_of()
        return [self._document(hit, day) for hit in self.search.search(query, day, self.k).hits]

    def _document(self, hit: Hit, day: date) -> Document:
        best, restated = hit.reading.best, hit.reading.restatement
        metadata: dict[str, Any] = {
            "locator": best.locator,
            "citation": self.search.citator.printed(best.locator),
            "heading": heading_of(best),
            "layer": best.layer,
            "language": best.language,
            "restatement": restated.text if restated else None,
            "score": hit.score,
            "as_of": day.isoformat(),
        }
        return Document(page_content=best.text or (restated.text if restated else ""), metadata=metadata)
