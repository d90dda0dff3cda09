"""Building the store: beside the one in use, switched at the end, so that a stopped ingest changes nothing.

The data folder:

    texts/  added/         official files and the user's own, as they came (`kept.py`)
    vectors.sqlite         every vector computed so far, by text and model
    models/                the embedding model's graph
    stores/<name>/         holdings.sqlite, index/, store.json (written last)
    current                the name of the store in use
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.law.citations import Citator
from assistant.law.holdings import HeldText, write_holdings
from assistant.law.instruments import Instrument
from assistant.law.outside import load_outside
from assistant.law.provisions import Locator, Provision
from assistant.search.embedding import Embedder
from assistant.search.hybrid import FORMAT, HybridIndex
from assistant.search.vectors import VectorCache, read_shipped
from ingest.asked import read_asked
from ingest.chunks import chunks, outside_chunks
from ingest.kept import kept_texts, kept_user_files
from ingest.parsed import UnreadableText
from ingest.recognise import parse, user_base
from ingest.restatements import read_restatements
from ingest.wordings import DatedText, dated_provisions, dated_text

__all__ = ["Built", "build_store", "corpus_fingerprint"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Built:
    """A store that is now in use. `problems`: in words, what could not be read and was left out."""

    name: str
    texts: int
    provisions: int
    chunks: int
    problems: tuple[str, ...]


def build_store(
    data: Path,
    corpus: Path,
    citator: Citator,
    embedder: Embedder,
    *,
    name: str,
    chroma: str | None = None,
    on_progress: Progress = lambda _what, _done, _of: None,
) -> Built:
    """Builds a store called `name` from the restatements and all texts that are kept, and puts it into use.

    `chroma`: the address of a Chroma server, or None for the embedded one. A kept text that can no longer be
    read is left out and reported; the rest goes on. Raises CorpusFileError where the corpus itself is broken.
    """
    on_progress("reading", 0, 1)
    instruments = tuple(citator.instruments.values())
    texts, provisions, problems = _read(data, corpus, citator, instruments)
    folder = data / "stores" / name
    folder.mkdir(parents=True)
    write_holdings(folder / "holdings.sqlite", texts, provisions)
    topics = load_outside(corpus / "outside.yaml").values()
    pieces = [*chunks(provisions, read_asked(corpus)), *outside_chunks(topics)]
    HybridIndex.build(
        folder / "index",
        pieces,
        embedder,
        chroma=chroma,
        cache=VectorCache(data / "vectors.sqlite"),
        shipped=[read_shipped(path) for path in sorted((corpus / "vectors").glob("*.npz"))],
        on_progress=lambda done, of: on_progress("embedding", done, of),
    )
    facts = {
        "embedder": embedder.name,
        "corpus": corpus_fingerprint(corpus),
        "index": FORMAT,
        "chroma": chroma,
        "provisions": len(provisions),
        "chunks": len(pieces),
    }
    (folder / "store.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    _switch(data, name)
    _sweep(data, keep=name)
    return Built(name, len(texts), len(provisions), len(pieces), tuple(problems))


def _read(
    data: Path, corpus: Path, citator: Citator, instruments: Sequence[Instrument]
) -> tuple[list[HeldText], list[Provision], list[str]]:
    """Every text with its provisions: restatements first, then official texts, then the user's own files."""
    restated = read_restatements(corpus, citator)
    texts = list(_restatement_texts(restated, citator))
    provisions = list(restated)
    kept, problems = kept_texts(data, instruments)
    dated: list[DatedText] = []
    for recognised in kept:
        try:
            dated.append(dated_text(recognised, parse(recognised)))
        except UnreadableText as error:
            problems.append(f"{recognised.file.name}: {error}")
    provisions += dated_provisions(dated)
    texts += [text.held for text in dated]
    added, more = kept_user_files(data)
    for file in added:
        from ingest.documents import parse_document

        base = user_base(file.name)
        source = f"{base}@{file.sha256[:8]}"
        try:
            parsed = parse_document(file.data, file.name, base)
        except UnreadableText as error:
            more.append(f"{file.name}: {error}")
            continue
        provisions += [replace(p, source=source, trail=(file.name, *p.trail)) for p in parsed.provisions]
        texts.append(
            HeldText(
                id=source,
                instrument=base,
                version=file.sha256[:8],
                layer="official",
                language="en",
                title=parsed.title or file.name,
                url=file.url,
                sha256=file.sha256,
                retrieved_on=file.retrieved_on,
                text_date=None,
                checked_to=None,
                notes=dict(parsed.notes),
            )
        )
    return texts, provisions, [*problems, *more]


def _restatement_texts(restated: Iterable[Provision], citator: Citator) -> Iterable[HeldText]:
    for source in dict.fromkeys(provision.source for provision in restated):
        instrument = citator.instruments[Locator(source.removesuffix("@restatement"))]
        yield HeldText(
            id=source,
            instrument=instrument.id,
            version="restatement",
            layer="restatement",
            language="en",
            title=instrument.names["en"],
            url=instrument.publisher.address,
            sha256=None,
            retrieved_on=None,
            text_date=None,
            checked_to=instrument.versions[-1].checked_to,
            notes={},
        )


def _switch(data: Path, name: str) -> None:
    beside = data / f".current.{os.getpid()}"
    beside.write_text(name, encoding="utf-8")
    beside.replace(data / "current")


def _sweep(data: Path, keep: str) -> None:
    """Removes what earlier builds left, but for the store before this one, which somebody may still be reading."""
    others = sorted((path for path in (data / "stores").iterdir() if path.name != keep), key=lambda path: path.name)
    finished = [path for path in others if (path / "store.json").exists()]
    for path in others:
        if path not in finished[-1:]:
            shutil.rmtree(path, ignore_errors=True)


def corpus_fingerprint(corpus: Path) -> str:
    """A short hash over the files of the corpus that go into a store; it changes when one of them does."""
    digest = hashlib.sha256()
    for path in sorted(
        (*corpus.glob("*.yaml"), *(corpus / "restatements").rglob("*.md"), *(corpus / "asked").glob("*.yaml"))
    ):
        digest.update(path.relative_to(corpus).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
