"""Fixtures that many tests share: the corpus, a store built from it, and one with the official texts too."""

import os
from pathlib import Path

import pytest

import corpus
from assistant.desk import Desk, open_desk
from assistant.law.citations import Citator, load_citator
from assistant.settings import Settings

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def official_sources() -> Path:
    """The folder of official texts: POLICY_SOURCES, else ../shared/sources; the test is skipped without it."""
    folder = Path(os.environ.get("POLICY_SOURCES") or PROJECT.parent / "shared" / "sources")
    if not (folder / "manifest.json").is_file():
        pytest.skip(f"official texts are not at {folder}: set POLICY_SOURCES")
    return folder


@pytest.fixture(scope="session")
def citator() -> Citator:
    """Reads and prints citations by the project's own corpus."""
    return load_citator(corpus.FOLDER)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a store of the restatements alone, as a fresh machine without network has it."""
    from ingest.run import build_if_needed

    data = tmp_path_factory.mktemp("data")
    build_if_needed(_settings(data, None), corpus.FOLDER, on_progress=_silent)
    return data


@pytest.fixture(scope="session")
def desk(data_folder: Path) -> Desk:
    """The desk over the restatements alone."""
    return open_desk(data_folder, corpus.FOLDER)


@pytest.fixture(scope="session")
def official_data_folder(tmp_path_factory: pytest.TempPathFactory, official_sources: Path) -> Path:
    """A data folder with a store of the restatements and of every official text."""
    from ingest.run import build_if_needed

    data = tmp_path_factory.mktemp("official")
    build_if_needed(_settings(data, official_sources), corpus.FOLDER, on_progress=_silent)
    return data


@pytest.fixture(scope="session")
def official_desk(official_data_folder: Path) -> Desk:
    """The desk over restatements and official texts."""
    return open_desk(official_data_folder, corpus.FOLDER)


@pytest.fixture
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any of the project's settings."""
    for name in [name for name in os.environ if name.startswith("POLICY_")]:
        monkeypatch.delenv(name)
    return monkeypatch


def _settings(data: Path, sources: Path | None) -> Settings:
    return Settings(data=data, sources=sources, embedder=None, chroma=None, publishers=None)


def _silent(_what: str, _done: int, _of: int) -> None:
    return None
