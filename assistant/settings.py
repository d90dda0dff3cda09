"""What the environment says: the settings of the contract, read once by the shell and by nothing else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Settings", "read_settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """`data`: POLICY_DATA, the data folder. `sources`: POLICY_SOURCES, a folder of official texts, or None.
    `embedder`: POLICY_EMBEDDER, a model's name or path, or None for the one that ships. `chroma`: POLICY_CHROMA,
    the address of a Chroma server, or None for the embedded one. `publishers`: POLICY_PUBLISHERS, a base address
    that stands in for all publishers (a mirror, or a server in a test), or None.
    """

    data: Path
    sources: Path | None
    embedder: str | None
    chroma: str | None
    publishers: str | None


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in `environment`; an empty value is the same as none."""
    import platformdirs

    data = environment.get("POLICY_DATA") or platformdirs.user_data_dir("genomic-policy-assistant", appauthor=False)
    sources = environment.get("POLICY_SOURCES")
    return Settings(
        data=Path(data).expanduser(),
        sources=Path(sources).expanduser() if sources else None,
        embedder=environment.get("POLICY_EMBEDDER") or None,
        chroma=environment.get("POLICY_CHROMA") or None,
        publishers=environment.get("POLICY_PUBLISHERS") or None,
    )
