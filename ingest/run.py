"""`policy-assistant ingest`: gather, keep, build, report; and the first build, when a question finds no store."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.desk import store_facts
from assistant.law.citations import Citator, load_citator
from assistant.search.embedding import Embedder, load_embedder
from assistant.search.hybrid import FORMAT
from assistant.settings import Settings
from ingest.kept import keep, keep_user_file
from ingest.parsed import UnreadableText
from ingest.recognise import FoundFile, gather, recognise
from ingest.store import Built, build_store, corpus_fingerprint

__all__ = ["IngestReport", "build_if_needed", "run_ingest", "write_restatement_vectors"]

Progress = Callable[[str, int, int], None]

_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. `kept`: texts that are new; `same`: texts that were held already."""

    kept: int
    same: int
    built: Built
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For `ingest --json`."""
        return {
            "new_texts": self.kept,
            "unchanged_texts": self.same,
            "texts": self.built.texts,
            "provisions": self.built.provisions,
            "chunks": self.built.chunks,
            "problems": list(self.problems),
        }

    def in_words(self) -> str:
        """One line for a person."""
        return (
            f"{self.kept} new texts, {self.same} unchanged; the store holds {self.built.provisions:,} provisions "
            f"of {self.built.texts} texts."
        )


def build_if_needed(settings: Settings, corpus: Path, on_progress: Progress) -> None:
    """Builds the store where there is none, or where the corpus or the embedding model has changed since."""
    embedder = load_embedder(settings.embedder, settings.data / "models")
    facts = store_facts(settings.data)
    wanted = {
        "embedder": embedder.name,
        "corpus": corpus_fingerprint(corpus),
        "index": FORMAT,
        "chroma": settings.chroma,
    }
    if facts and all(facts.get(key) == value for key, value in wanted.items()):
        return
    with _lock(settings.data):
        facts = store_facts(settings.data)
        if facts and all(facts.get(key) == value for key, value in wanted.items()):
            return
        citator = load_citator(corpus)
        if settings.sources and settings.sources.is_dir():
            for recognised in gather(settings.sources, tuple(citator.instruments.values())).texts:
                keep(recognised, settings.data)
        _build(settings, corpus, citator, embedder, on_progress)


def run_ingest(
    settings: Settings,
    corpus: Path,
    *,
    folder: Path | None = None,
    added: Sequence[Path] = (),
    fetched: Sequence[str] = (),
    on_progress: Progress,
) -> IngestReport:
    """Brings in texts from where the user says (with nothing said: POLICY_SOURCES, if set) and builds the store.

    Raises FileNotFoundError for a folder or file that is not there. What cannot be read is reported, and the
    rest goes on.
    """
    citator = load_citator(corpus)
    instruments = tuple(citator.instruments.values())
    kept, same = 0, 0
    problems: list[str] = []
    with _lock(settings.data):
        source = folder or (settings.sources if not (added or fetched) else None)
        if source:
            gathered = gather(source, instruments)
            problems += gathered.problems
            for recognised in gathered.texts:
                new = keep(recognised, settings.data)
                kept, same = kept + new, same + (not new)
        for file, problem in _added_files(added):
            if problem:
                problems.append(problem)
                continue
            official = recognise(file, instruments)
            new = keep(official, settings.data) if official else keep_user_file(file, settings.data)
            kept, same = kept + new, same + (not new)
        if fetched:
            from ingest.publishers import fetch_texts

            for outcome in fetch_texts(citator, corpus, fetched, settings.publishers, on_progress, time.sleep):
                if isinstance(outcome, str):
                    problems.append(outcome)
                else:
                    new = keep(outcome, settings.data)
                    kept, same = kept + new, same + (not new)
        embedder = load_embedder(settings.embedder, settings.data / "models")
        built = _build(settings, corpus, citator, embedder, on_progress)
    return IngestReport(kept, same, built, (*problems, *built.problems))


def _added_files(paths: Sequence[Path]) -> list[tuple[FoundFile, str]]:
    out = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"no file {path}: give a file or folder that is there")
        files = [p for p in sorted(path.rglob("*")) if p.is_file()] if path.is_dir() else [path]
        for file in files:
            found = (
                FoundFile(file.name, b"") if file.stat().st_size > _LARGEST else FoundFile(file.name, file.read_bytes())
            )
            out.append((found, _unusable(file, found)))
    return out


def _unusable(path: Path, file: FoundFile) -> str:
    from ingest.documents import parse_document
    from ingest.recognise import user_base

    if path.stat().st_size > _LARGEST:
        return f"{path}: larger than {_LARGEST // 1_000_000} MB; split it, or add the part that matters"
    try:
        parse_document(file.data, file.name, user_base(file.name))
    except UnreadableText as error:
        return f"{path}: {error}"
    return ""


def _build(settings: Settings, corpus: Path, citator: Citator, embedder: Embedder, on_progress: Progress) -> Built:
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    return build_store(
        settings.data, corpus, citator, embedder, name=name, chroma=settings.chroma, on_progress=on_progress
    )


def _lock(data: Path) -> Any:
    """One ingest at a time: a second waits for the first."""
    from filelock import FileLock

    data.mkdir(parents=True, exist_ok=True)
    return FileLock(data / "ingest.lock")


def write_restatement_vectors(settings: Settings, corpus: Path) -> str:
    """Writes `corpus/vectors`: the vectors of the restatements by the default model, a file an instrument."""
    from assistant.law.outside import load_outside
    from assistant.search.hybrid import texts_to_embed
    from assistant.search.vectors import VectorCache, embed_cached, write_shipped
    from ingest.asked import read_asked
    from ingest.chunks import chunks, outside_chunks
    from ingest.restatements import read_restatements

    embedder = load_embedder(None, settings.data / "models")
    restated = read_restatements(corpus, load_citator(corpus))
    texts: dict[str, dict[str, None]] = {}
    for chunk in chunks(restated, read_asked(corpus)):
        if not chunk.dense:
            continue
        provision = restated[int(chunk.id.partition("?")[0]) - 1]
        name = _file_of(provision.source.removesuffix("@restatement"), provision.locator)
        texts.setdefault(name, {}).update(dict.fromkeys(texts_to_embed(chunk)))
    for chunk in outside_chunks(load_outside(corpus / "outside.yaml").values()):
        if chunk.dense:
            texts.setdefault("outside", {}).update(dict.fromkeys(texts_to_embed(chunk)))
    folder = corpus / "vectors"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.npz"):
        if old.stem not in texts:
            old.unlink()
    for name, some in texts.items():
        vectors = embed_cached(list(some), embedder, VectorCache(settings.data / "vectors.sqlite"))
        write_shipped(folder / f"{name}.npz", embedder.name, list(some), vectors)
    return f"{sum(map(len, texts.values())):,} vectors in {len(texts)} files"


def _file_of(instrument: str, locator: str) -> str:
    """The file for a provision's vectors: small enough that a change of some words rewrites little.

    >>> _file_of("us/cfr/28/202", "us/cfr/28/202.1001/a"), _file_of("cn/pipl", "cn/pipl/38")
    ('us-cfr-28-202-10', 'cn')
    """
    if instrument.startswith("us/cfr/"):
        section = locator.removeprefix(instrument).partition("/")[0].lstrip(".")
        return f"{instrument.replace('/', '-')}-{int(section) // 100 if section else 0}"
    return instrument.split("/")[0]
