"""Which instrument and version a file holds, by what stands in it, and the parser that reads it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assistant.law.instruments import Instrument, Version, read_day
from assistant.law.provisions import Locator
from ingest.parsed import ParsedText, UnreadableText

__all__ = ["FoundFile", "Gathered", "Recognised", "gather", "parse", "recognise"]

_HEAD = 20_000
_MARK = 400
_SHOWN = (b"%pdf", b"<!doctype html", b"<html", b"pk\x03\x04")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file as it came: from a folder, a person or a publisher. `name` is for messages and the ending."""

    name: str
    data: bytes
    url: str = ""
    text_date: date | None = None
    retrieved_on: date | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file with the instrument and the version whose official text it is."""

    file: FoundFile
    instrument: Instrument
    version: Version


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a folder gave: the texts recognised, and in words what was not and why."""

    texts: tuple[Recognised, ...]
    problems: tuple[str, ...]


def recognise(file: FoundFile, instruments: Iterable[Instrument]) -> Recognised | None:
    """The instrument whose marks (`recognised_by` in sources.yaml) all stand near the beginning, or None.

    Of several, the one with the most marks. Of its versions, the first whose own marks stand there; a version
    without marks is taken where it holds the file's date, else where it is the last.
    """
    head = _folded(_beginning(file))
    candidates = [i for i in instruments if i.recognised_by and _has(head, i.recognised_by)]
    if not candidates:
        return None
    instrument = max(candidates, key=lambda i: sum(map(len, i.recognised_by)))
    marked = [v for v in instrument.versions if v.recognised_by and _has(head, v.recognised_by)]
    if marked:
        version = max(marked, key=lambda v: sum(map(len, v.recognised_by)))
    else:
        plain = [v for v in instrument.versions if not v.recognised_by] or list(instrument.versions)
        dated = [v for v in plain if file.text_date and v.interval.holds(file.text_date)]
        version = (dated or plain)[-1]
    return Recognised(file, instrument, version)


def _beginning(file: FoundFile) -> str:
    """The first words of a file: of a page or a PDF those that it shows."""
    raw = file.data[: _HEAD * 4].decode("utf-8", "replace")[:_HEAD]
    if file.data[:_MARK].lstrip().lower().startswith(_SHOWN):
        try:
            return raw + _text(file)[:_HEAD]
        except UnreadableText:
            return raw
    return raw


def _has(head: str, marks: Sequence[str]) -> bool:
    return all(_folded(mark) in head for mark in marks)


def _folded(text: str) -> str:
    return "".join(text.split()).casefold().replace("’", "'")


def gather(folder: Path, instruments: Sequence[Instrument]) -> Gathered:
    """The official texts in a folder. Its manifest.json, where present, gives address, date and expected hash.

    A file whose hash differs from the manifest's is taken and reported. A file that is no official text known
    here is reported and left alone. Raises FileNotFoundError where there is no such folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {folder}: give the folder that holds the official texts")
    expected, problems = _manifest(folder)
    texts = []
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        entry = expected.pop(name, {})
        data = path.read_bytes()
        file = FoundFile(
            name=name,
            data=data,
            url=_address(entry),
            text_date=_first_day(entry),
            notes={k: str(entry[k]) for k in ("completeness", "copied_from", "notes") if entry.get(k)},
        )
        if entry and entry["sha256"] != file.sha256:
            problems.append(f"{name}: its SHA-256 is not the one in manifest.json; it was taken as it is")
        found = recognise(file, instruments)
        if found:
            texts.append(found)
        else:
            problems.append(f"{name}: not an official text that I know; add it as your own with `ingest --add`")
    problems += [f"{name}: named in manifest.json, but not there" for name in expected]
    return Gathered(tuple(texts), tuple(problems))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and path.name.lower() not in ("manifest.json", "readme.md"):
            yield path


def _manifest(folder: Path) -> tuple[dict[str, dict[str, Any]], list[str]]:
    path = folder / "manifest.json"
    if not path.exists():
        return {}, []
    try:
        documents = json.loads(path.read_text(encoding="utf-8"))["documents"]
        return {
            name: {**document, "sha256": sha256} for document in documents for name, sha256 in document["files"].items()
        }, []
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return {}, [f"manifest.json cannot be read ({error!r}): the files are recognised by what stands in them"]


def _address(entry: Mapping[str, Any]) -> str:
    """The address itself, where words stand behind it; "" where there is none."""
    return next((word for word in str(entry.get("official_url", "")).split() if word.startswith("http")), "")


def _first_day(entry: Mapping[str, Any]) -> date | None:
    """The day of the text: `as_of` where given, else when the version was promulgated."""
    for key in ("as_of", "promulgated"):
        for word in reversed(str(entry.get(key, "")).replace(";", " ").replace("(", " ").split()):
            try:
                return read_day(word)
            except ValueError:
                continue
    return None


def parse(recognised: Recognised) -> ParsedText:
    """The provisions of a recognised file, read by its instrument's parser.

    Raises UnreadableText where the file is not what its format says.
    """
    file, instrument = recognised.file, recognised.instrument
    reader = instrument.reads_as
    if reader == "ecfr":
        from ingest.ecfr import parse_ecfr

        return parse_ecfr(file.data, instrument.id.split("/")[2])
    if reader == "executive_order":
        from ingest.executive_order import parse_executive_order

        return parse_executive_order(_text(file), instrument.id)
    if reader == "us_code":
        from ingest.us_code import parse_us_code

        return parse_us_code(_text(file))
    if reader == "chinese_statute":
        from ingest.chinese_statute import parse_chinese_statute

        return parse_chinese_statute(_text(file), instrument.id)
    if reader == "document":
        from ingest.documents import parse_document

        return parse_document(file.data, file.name, instrument.id)
    raise UnreadableText(file.name, f"no parser is named for {instrument.id} (reads_as in sources.yaml)")


def _text(file: FoundFile) -> str:
    """The text of a file: of a page or a PDF the words that it shows, else the file decoded."""
    if file.data[:_MARK].lstrip().lower().startswith(_SHOWN):
        from ingest.documents import plain_text

        return plain_text(file.data, file.name)
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableText(f"{file.name}, byte {error.start}", "not UTF-8 text: save it as UTF-8") from None


def user_base(name: str) -> Locator:
    """The locator under which a user's own file stands: `user/` and its name in plain letters."""
    stem = Path(name).stem.casefold()
    slug = "-".join("".join(c if c.isalnum() else " " for c in stem).split())
    return Locator(f"user/{slug or 'document'}")
