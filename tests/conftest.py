"""TEMPORARY: replaced by the project's own."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def official_sources() -> Path:
    folder = Path(os.environ.get("POLICY_SOURCES") or Path(__file__).parents[2] / "shared" / "sources")
    if not (folder / "manifest.json").is_file():
        pytest.skip(f"official texts are not at {folder}: set POLICY_SOURCES")
    return folder
