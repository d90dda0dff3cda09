"""The data folder's own copies of official texts: each file as it came, with where it came from beside it.

`texts/<instrument>/<version>.<first eight of the SHA-256>.<ending>` and the same name with `.json`.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from assistant.law.instruments import Instrument
from assistant.law.provisions import Locator
from ingest.recognise import FoundFile, Recognised

__all__ = ["keep", "keep_user_file", "kept_texts", "kept_user_files"]


def keep(recognised: Recognised, data: Path) -> bool:
    """Keeps a copy of the file; False where the very same file was there already."""
    folder = data / "texts" / _slug(recognised.instrument.id)
    file = recognised.file
    stem = f"{_slug(recognised.version.name)}.{file.sha256[:8]}"
    return _write(folder, stem, file, {"instrument": recognised.instrument.id, "version": recognised.version.name})


def keep_user_file(file: FoundFile, data: Path) -> bool:
    """Keeps a copy of a user's own file; False where the very same file was there already."""
    return _write(data / "added", file.sha256[:16], file, {})


def _write(folder: Path, stem: str, file: FoundFile, more: dict[str, str]) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / f"{stem}.json"
    if record.exists():
        return False
    path = folder / f"{stem}{Path(file.name).suffix or '.txt'}"
    facts = {
        **more,
        "name": file.name,
        "file": path.name,
        "url": file.url,
        "sha256": file.sha256,
        "text_date": file.text_date.isoformat() if file.text_date else None,
        "retrieved_on": file.retrieved_on.isoformat() if file.retrieved_on else None,
        "notes": dict(file.notes),
    }
    _replace(path, file.data)
    _replace(record, json.dumps(facts, ensure_ascii=False, indent=1).encode())
    return True


def _replace(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(path)


def kept_texts(data: Path, instruments: Sequence[Instrument]) -> tuple[list[Recognised], list[str]]:
    """Every official text that is kept, and in words the copies that can no longer be used."""
    known = {instrument.id: instrument for instrument in instruments}
    found, problems = [], []
    for record, file, facts in _records(data / "texts"):
        instrument = known.get(Locator(facts.get("instrument") or ""))
        versions = {version.name: version for version in instrument.versions} if instrument else {}
        version = versions.get(facts.get("version") or "")
        if instrument is None or version is None:
            problems.append(
                f"{record}: {facts.get('instrument')} ({facts.get('version')}) is no longer in sources.yaml"
            )
        elif file is None:
            problems.append(f"{record}: its file is missing or was changed; bring the text in again")
        else:
            found.append(Recognised(file, instrument, version))
    return found, problems


def kept_user_files(data: Path) -> tuple[list[FoundFile], list[str]]:
    """Every file that the user added, and in words those that can no longer be read."""
    found, problems = [], []
    for record, file, _ in _records(data / "added"):
        if file is None:
            problems.append(f"{record}: its file is missing or was changed; add it again")
        else:
            found.append(file)
    return found, problems


def _records(folder: Path) -> list[tuple[Path, FoundFile | None, dict[str, str]]]:
    out = []
    for record in sorted(folder.rglob("*.json")):
        facts = json.loads(record.read_text(encoding="utf-8"))
        path = record.with_name(facts["file"])
        file = None
        if path.exists():
            plain = FoundFile(name=facts["name"], data=path.read_bytes(), url=facts["url"], notes=facts["notes"])
            if plain.sha256 == facts["sha256"]:
                file = replace(plain, text_date=_day(facts["text_date"]), retrieved_on=_day(facts["retrieved_on"]))
        out.append((record, file, facts))
    return out


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _slug(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-." else "-" for c in name)
