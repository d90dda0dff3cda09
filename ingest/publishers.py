"""`ingest --fetch`: the official texts that have a public address, from their publishers.

What is asked for, and from which hosts, is data: `publisher.adapter`, `publisher.fetch` and `hosts` in
sources.yaml. Adapters: `ecfr` (the versioner API, at the latest day the title is complete for), `federal-register`
(the document API, then the document's own text) and `page` (one address).
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from assistant.law import strict_yaml
from assistant.law.citations import Citator
from assistant.law.instruments import Instrument
from ingest.fetch import (
    Client,
    Fetched,
    FetchError,
    FetchRequest,
    NoNetwork,
    ecfr_title,
    federal_register_document,
    fetch,
    request_for,
)
from ingest.parsed import UnreadableText
from ingest.recognise import FoundFile, Recognised, parse, recognise

__all__ = ["fetch_texts", "fetchable"]

_ECFR_TITLES = "https://www.ecfr.gov/api/versioner/v1/titles.json"

Ask = Callable[[FetchRequest], Fetched]
Progress = Callable[[str, int, int], None]


def fetchable(citator: Citator) -> tuple[Instrument, ...]:
    """The instruments whose official text can be asked for, in the order of sources.yaml."""
    return tuple(i for i in citator.instruments.values() if i.publisher.adapter and i.publisher.fetch)


def fetch_texts(
    citator: Citator,
    corpus: Path,
    wanted: Sequence[str],
    base_address: str | None,
    on_progress: Progress,
    sleep: Callable[[float], None],
) -> Iterator[Recognised | str]:
    """Each text as it arrives, or in words why it did not. `wanted`: ids, "*" for all that can be fetched.

    Without a network the first text says so, and the rest are not tried.
    """
    known = {instrument.id: instrument for instrument in fetchable(citator)}
    chosen: list[Instrument] = []
    for name in wanted:
        if name == "*":
            chosen += [instrument for instrument in known.values() if instrument not in chosen]
        elif name in known:
            chosen.append(known[name])  # type: ignore[index]
        else:
            yield f"{name}: not a text that can be fetched; those are {', '.join(known)}"
    hosts = strict_yaml.load((corpus / "sources.yaml").read_text(encoding="utf-8"), corpus / "sources.yaml")["hosts"]
    client = Client(frozenset(hosts), base_address=base_address)

    def ask(request: FetchRequest) -> Fetched:
        return fetch(request, client, clock=lambda: datetime.now(UTC), sleep=sleep)

    for done, instrument in enumerate(chosen):
        on_progress("fetching", done, len(chosen))
        try:
            yield _checked(_found(instrument, ask), instrument)
        except NoNetwork as error:
            yield f"no network: nothing fetched; the texts held stay in use ({error.url})"
            break
        except (FetchError, UnreadableText) as error:
            yield f"{instrument.id}: {error}"
    on_progress("fetching", len(chosen), len(chosen))


def _found(instrument: Instrument, ask: Ask) -> FoundFile:
    if instrument.publisher.adapter == "ecfr":
        return _from_ecfr(instrument, ask)
    if instrument.publisher.adapter == "federal-register":
        return _from_federal_register(instrument, ask)
    assert instrument.publisher.fetch is not None
    return _file(ask(request_for(instrument.publisher.fetch)), instrument, None)


def _from_ecfr(instrument: Instrument, ask: Ask) -> FoundFile:
    """The part as of the latest day for which the eCFR says that the title is complete."""
    title = ecfr_title(ask(request_for(_ECFR_TITLES, "json")).data, int(instrument.id.split("/")[2]))
    assert instrument.publisher.fetch is not None
    answer = ask(request_for(instrument.publisher.fetch, "xml", date=title.up_to_date_as_of.isoformat()))
    return replace(_file(answer, instrument, title.up_to_date_as_of), name=f"{instrument.id.replace('/', '-')}.xml")


def _from_federal_register(instrument: Instrument, ask: Ask) -> FoundFile:
    assert instrument.publisher.fetch is not None
    record = ask(request_for(instrument.publisher.fetch, "json", number=instrument.extra["number"]))
    document = federal_register_document(record.data)
    address = document.body_html_url or document.raw_text_url
    if not address:
        raise UnreadableText(record.url, "the Federal Register names no text of this document")
    published = json.loads(record.data).get("publication_date")
    return _file(ask(FetchRequest(address)), instrument, date.fromisoformat(published) if published else None)


def _file(answer: Fetched, instrument: Instrument, text_date: date | None) -> FoundFile:
    ending = {"text/html": ".html", "application/pdf": ".pdf", "text/xml": ".xml", "application/xml": ".xml"}
    kind = answer.content_type.partition(";")[0].strip().lower()
    return FoundFile(
        name=f"{instrument.id.replace('/', '-')}{ending.get(kind, '.txt')}",
        data=answer.data,
        url=answer.url,
        text_date=text_date,
        retrieved_on=answer.retrieved_at.date(),
    )


def _checked(file: FoundFile, instrument: Instrument) -> Recognised:
    """The file as a text of the instrument, which must know it again and be able to read it."""
    found = recognise(file, [instrument])
    if found is None:
        raise UnreadableText(file.url, f"what came is not the text of {instrument.id}; it was not taken")
    parse(found)
    return found
