"""Search by words: BM25 over our own terms, in a tantivy index on disk.

BM25 (Robertson and Zaragoza, 2009, "The Probabilistic Relevance Framework: BM25 and Beyond") with k1 = 1.2
and b = 0.75, tantivy's constants. A term in the headings above a text counts half as much as one in the text
and not twice when it is in both (a disjunction max). Two neighbouring words of the question that stand side by
side in the text add half the pair's idf: the ordered pairs of Metzler and Croft's sequential dependence model
(2005), without their frequency.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.search import StoreNotBuilt

__all__ = ["CONTEXT_WEIGHT", "PAIR_WEIGHT", "LexicalIndex", "Record", "pairs"]

CONTEXT_WEIGHT = 0.5
PAIR_WEIGHT = 0.5
"""Both fitted on the dev questions of ObliQA; 0.3 to 0.7 are much the same."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is indexed of a text: its terms and those of the headings above it, both from `tokens.terms`."""

    id: str
    terms: Sequence[str]
    context: Sequence[str] = ()
    collection: str = ""


def pairs(terms: Sequence[str]) -> list[str]:
    """Each two neighbouring terms as one.

    >>> pairs(["bulk", "human", "genom"])
    ['bulk_human', 'human_genom']
    """
    return [f"{first}_{second}" for first, second in pairwise(terms)]


@dataclass(frozen=True)
class LexicalIndex:
    """An open index. `size`: how many records it holds."""

    index: Any
    searcher: Any
    size: int

    @classmethod
    def build(cls, folder: Path, records: Iterable[Record]) -> "LexicalIndex":
        """Writes a new index of `records` into `folder`, which is made and must be empty, and opens it."""
        import tantivy

        folder.mkdir(parents=True, exist_ok=True)
        schema = (
            tantivy.SchemaBuilder()
            .add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
            .add_text_field("collection", tokenizer_name="raw", index_option="basic")
            .add_text_field("terms", stored=True, tokenizer_name="whitespace", index_option="freq")
            .add_text_field("context", stored=True, tokenizer_name="whitespace", index_option="freq")
            .add_text_field("pairs", tokenizer_name="whitespace", index_option="basic")
            .build()
        )
        writer = tantivy.Index(schema, str(folder)).writer(num_threads=1)  # one thread keeps the records' order
        for record in records:
            writer.add_document(
                tantivy.Document(
                    id=record.id,
                    collection=record.collection,
                    terms=" ".join(record.terms),
                    context=" ".join(record.context),
                    pairs=" ".join(pairs(record.terms)),
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> "LexicalIndex":
        """The index in `folder`. Raises StoreNotBuilt."""
        import tantivy

        try:
            index = tantivy.Index.open(str(folder))
        except ValueError as error:
            raise StoreNotBuilt(str(folder), str(error)) from error
        searcher = index.searcher()
        return cls(index, searcher, searcher.num_docs)

    def search(
        self,
        terms: Mapping[str, float],
        pairs: Mapping[str, float],
        k: int,
        collections: Collection[str] | None = None,
    ) -> list[tuple[str, float]]:
        """The `k` best records, as (id, score), best first; none without a term of the question.

        `terms`, `pairs`: weights, 1 for a word of the question itself. `collections`: only these (None: all).
        """
        from tantivy import Occur, Query

        schema = self.index.schema
        parts = []
        for term, weight in terms.items():
            text = Query.boost_query(Query.term_query(schema, "terms", term, "freq"), weight)
            context = Query.boost_query(Query.term_query(schema, "context", term, "freq"), weight * CONTEXT_WEIGHT)
            parts.append(Query.disjunction_max_query([text, context]))
        for pair, weight in pairs.items():
            value = weight * PAIR_WEIGHT * self._idf(self.searcher.doc_freq("pairs", pair))
            parts.append(Query.const_score_query(Query.term_query(schema, "pairs", pair, "basic"), value))
        if not parts or not k:
            return []
        query = Query.boolean_query([(Occur.Should, part) for part in parts])
        if collections is not None:
            within = Query.term_set_query(schema, "collection", sorted(collections))
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, Query.const_score_query(within, 0.0))])
        hits = self.searcher.search(query, k, count=False).hits
        return [(self.searcher.doc(address).get_first("id"), score) for score, address in hits]

    def idf(self, term: str) -> float:
        """How much a term tells: ln(1 + (N - n + 0.5) / (n + 0.5)), n of the N records having it."""
        return self._idf(max(self.searcher.doc_freq(field, term) for field in ("terms", "context")))

    def terms_of(self, record_id: str) -> frozenset[str]:
        """The terms of a record and of its headings. Raises KeyError."""
        from tantivy import Query

        hits = self.searcher.search(Query.term_query(self.index.schema, "id", record_id, "basic"), 1).hits
        if not hits:
            raise KeyError(record_id)
        document = self.searcher.doc(hits[0][1])
        return frozenset(f"{document.get_first('terms')} {document.get_first('context')}".split())

    def _idf(self, records: int) -> float:
        return math.log(1 + (self.size - records + 0.5) / (records + 0.5))
