"""The reference desk: one store opened, and the questions that it answers."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.answer.ask import Knowledge, answer_question
from assistant.answer.corrections import load_misstatements
from assistant.answer.reply import Reply
from assistant.law.citations import Citator, load_citator
from assistant.law.holdings import Holdings
from assistant.law.outside import load_outside
from assistant.search.retriever import PolicySearch
from assistant.words import Lang, language_of

__all__ = ["Desk", "NoStore", "open_desk", "store_facts"]


class NoStore(RuntimeError):
    """There is no store in the data folder yet. `data` is the folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        super().__init__(f"no store in {data} yet: run `policy-assistant ingest`")


@dataclass(frozen=True)
class Desk:
    """One store, open. Search is made ready when the first question needs it."""

    data: Path
    corpus: Path
    store: Path
    embedder_name: str | None

    @cached_property
    def citator(self) -> Citator:
        """Reads and prints citations."""
        return load_citator(self.corpus)

    @cached_property
    def holdings(self) -> Holdings:
        """The texts and provisions that are held."""
        return Holdings(self.store / "holdings.sqlite")

    @cached_property
    def search(self) -> PolicySearch:
        """The retriever over this store."""
        from assistant.search.embedding import load_embedder
        from assistant.search.glossary import load_glossary
        from assistant.search.hybrid import HybridIndex

        facts = json.loads((self.store / "store.json").read_text(encoding="utf-8"))
        embedder = load_embedder(self.embedder_name, self.data / "models")
        index = HybridIndex.open(self.store / "index", embedder, chroma=facts["chroma"])
        return PolicySearch(self.holdings, index, self.citator, load_glossary(self.corpus / "glossary.yaml"))

    @cached_property
    def knowledge(self) -> Knowledge:
        """Errors that people repeat, and topics that lie outside."""
        return Knowledge(
            load_misstatements(self.corpus / "misstatements.yaml"), load_outside(self.corpus / "outside.yaml")
        )

    def ask(self, question: str, as_of: date, lang: Lang | None = None, *, dated: bool = False) -> Reply:
        """The answer, in `lang` or else in the language of the question. `dated`: the user named the day."""
        lang = lang or language_of(question)
        return answer_question(self.search, self.knowledge, question, as_of, lang, dated=dated)


def open_desk(data: Path, corpus: Path, embedder_name: str | None = None) -> Desk:
    """The desk over the store in use in the data folder. Raises NoStore where there is none."""
    current = data / "current"
    store = data / "stores" / current.read_text(encoding="utf-8").strip() if current.exists() else None
    if store is None or not (store / "store.json").exists():
        raise NoStore(data)
    return Desk(data, corpus, store, embedder_name)


def store_facts(data: Path) -> dict[str, Any] | None:
    """What the store in use was built from (`store.json`), or None where there is none."""
    try:
        name = (data / "current").read_text(encoding="utf-8").strip()
        facts: dict[str, Any] = json.loads((data / "stores" / name / "store.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return facts
