"""Official texts brought from their publishers over HTTP, when somebody asks for it.

One request goes to one host of a list that the caller gives; a redirect is checked like the first address. No
cookies, no credentials, nothing kept between two requests. Nothing here reads the clock, the environment or a
file: proxy, certificates, clock and sleep come from the caller.

`Client.base_address` sends every request to a mirror instead (or to a test's server): `https://www.ecfr.gov/api/x`
is then asked as `{base_address}/www.ecfr.gov/api/x`, and what is told of it still names the publisher's address.

Errors::

    FetchError                nothing was fetched; the texts held stay as they are
    ├── HostNotAllowed        an address, or a redirect, outside the publishers known
    ├── NotFound              the publisher has nothing at the address (404, 410)
    ├── TooLarge              the answer is larger than allowed
    ├── PublisherUnavailable  it was reached and did not give the text
    └── NoNetwork             it could not be reached at all

Sources: the eCFR API (ecfr.gov/developers/documentation/api/v1), the Federal Register API
(federalregister.gov/developers/documentation/api/v1), RFC 9110 (redirects, Retry-After).
"""

import json
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from ingest.parsed import UnreadableText

if TYPE_CHECKING:
    import httpx

__all__ = [
    "Client",
    "EcfrTitle",
    "EcfrVersion",
    "Expected",
    "FederalRegisterDocument",
    "FetchError",
    "FetchRequest",
    "Fetched",
    "HostNotAllowed",
    "NoNetwork",
    "NotFound",
    "PublisherUnavailable",
    "TooLarge",
    "ecfr_title",
    "ecfr_versions",
    "federal_register_document",
    "fetch",
    "request_for",
]

Expected = Literal["any", "html", "json", "pdf", "text", "xml"]


class FetchError(Exception):
    """Nothing was fetched from `url`. `problem`: what happened; `remedy`: what to do next."""

    def __init__(self, url: str, problem: str, remedy: str) -> None:
        self.url, self.problem, self.remedy = url, problem, remedy
        super().__init__(f"{url}: {problem}: nothing fetched; the texts held stay in use. {remedy}")


class HostNotAllowed(FetchError):
    """An address that no source names, or a publisher that sends the request to one."""


class TooLarge(FetchError):
    """The answer is larger than `Client.max_bytes`."""


class NotFound(FetchError):
    """The publisher holds nothing at the address."""


class PublisherUnavailable(FetchError):
    """The publisher was reached, and did not give the text: an error, silence, a block, or something else."""


class NoNetwork(FetchError):
    """The publisher could not be reached: no network, no such host, or nothing listens there."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to ask a publisher for. `expects`: what the answer must be; a page instead of it is an error."""

    url: str
    expects: Expected = "any"


@dataclass(frozen=True, slots=True)
class Client:
    """How to ask. `allowed_hosts`: exact host names. Seconds and bytes are limits of one `fetch`.

    `total_seconds` covers every attempt and the waits between them. `longest_wait_seconds`: a publisher that
    asks for a longer wait is not waited for. `certificates`: a file of certificates to trust instead of the
    usual ones.
    """

    allowed_hosts: frozenset[str]
    base_address: str | None = None
    proxy: str | None = None
    certificates: str | None = None
    user_agent: str = "genomic-policy-assistant (reads official legal texts on request)"
    max_bytes: int = 50_000_000
    connect_seconds: float = 10.0
    read_seconds: float = 30.0
    total_seconds: float = 180.0
    attempts: int = 3
    backoff_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` was asked for and `final_url` answered (both the publisher's, also behind a mirror).

    `data`: the body, decompressed; `sha256` is of it. `retrieved_at`: when the answer was complete, by the clock
    that `fetch` was given.
    """

    url: str
    final_url: str
    retrieved_at: datetime
    content_type: str
    data: bytes
    sha256: str


def request_for(template: str, expects: Expected = "any", **values: object) -> FetchRequest:
    """The request for an address template whose every `{name}` is in `values`, and no name more.

    Raises ValueError where names and values differ. Values are percent-encoded, dates written as ISO 8601.

    >>> request_for("https://www.ecfr.gov/api/versioner/v1/full/{date}/title-{title}.xml?part={part}", "xml",
    ...             date=date(2026, 1, 29), title=28, part=202).url
    'https://www.ecfr.gov/api/versioner/v1/full/2026-01-29/title-28.xml?part=202'
    """
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    if names != values.keys():
        raise ValueError(f"the address {template} takes {sorted(names)}, not {sorted(values)}")
    return FetchRequest(
        template.format(**{name: quote(str(value), safe="") for name, value in values.items()}), expects
    )


def fetch(
    request: FetchRequest, client: Client, *, clock: Callable[[], datetime], sleep: Callable[[float], None]
) -> Fetched:
    """The answer to `request`. Asks again after 429, 5xx, silence and broken answers, not after anything else.

    `clock` gives the time with its zone, `sleep` waits for seconds. Raises FetchError (see the module).
    """
    started = clock()

    def left() -> float:
        return client.total_seconds - (clock() - started).total_seconds()

    problem: FetchError = PublisherUnavailable(request.url, "not asked, no attempt is allowed", "Allow one.")
    _asked_as(request.url, client)  # refuses what may not be asked, before a connection is opened
    with _session(client) as session:
        for attempt in range(client.attempts):
            try:
                final_url, content_type, data = _ask(request, client, session, left)
            except _Again as again:
                problem = again.error
                wait = client.backoff_seconds * 2**attempt if again.after is None else again.after(clock())
                if wait > client.longest_wait_seconds:
                    told = f"{problem.problem}, and asks to be left alone for {wait:.0f} seconds"
                    raise PublisherUnavailable(request.url, told, _LATER) from None
                if attempt + 1 == client.attempts or wait > left():
                    break
                sleep(wait)
                continue
            _check_content(request, content_type, data)
            return Fetched(request.url, final_url, clock(), content_type, data, sha256(data).hexdigest())
    raise problem


_LATER = "Try again later, or save the page from a browser and add it with `ingest --from DIR`."
_BY_HAND = "Open the address in a browser, save the page, and add it with `ingest --from DIR`."
_OFFLINE = "Connect, or check the proxy; a folder of official texts can be read with `ingest --from DIR`."


class _Again(Exception):
    """An attempt that may be repeated. `after`: how long the publisher asks to wait, from a given time."""

    def __init__(self, error: FetchError, after: Callable[[datetime], float] | None = None) -> None:
        self.error, self.after = error, after


@contextmanager
def _session(client: Client) -> "Iterator[httpx.Client]":
    import ssl
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx

    trusted = ssl.create_default_context(cafile=client.certificates) if client.certificates else True
    with httpx.Client(
        headers={"User-Agent": client.user_agent},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
        proxy=client.proxy,
        verify=trusted,
    ) as session:
        yield session


def _ask(
    request: FetchRequest, client: Client, session: "httpx.Client", left: Callable[[], float]
) -> tuple[str, str, bytes]:
    """One attempt, redirects followed: the address that answered, the content type, the body."""
    import httpx

    url = request.url
    try:
        for _ in range(client.max_redirects + 1):
            seconds = max(left(), 0.001)
            timeout = httpx.Timeout(min(client.read_seconds, seconds), connect=min(client.connect_seconds, seconds))
            with session.stream("GET", _asked_as(url, client), timeout=timeout) as answer:
                if answer.status_code in (301, 302, 303, 307, 308):
                    url = _redirected(url, answer, client)
                    continue
                _check_status(url, answer)
                return url, answer.headers.get("Content-Type", ""), _body(url, answer, client, left)
    except httpx.TimeoutException as error:
        if isinstance(error, httpx.ConnectTimeout):
            raise _Again(_no_network(url, client, f"no answer within {client.connect_seconds:g} seconds")) from None
        raise _Again(PublisherUnavailable(url, f"no answer within {client.read_seconds:g} seconds", _LATER)) from None
    except (httpx.ConnectError, httpx.ProxyError) as error:
        if "[SSL" in str(error):
            remedy = "Where a network inspects its traffic, name its certificate file."
            raise PublisherUnavailable(url, f"no secure connection ({error})", remedy) from None
        raise _no_network(url, client, str(error)) from None
    except httpx.DecodingError as error:
        raise _Again(PublisherUnavailable(url, f"an answer that does not unpack ({error})", _LATER)) from None
    except httpx.TransportError as error:
        raise _Again(PublisherUnavailable(url, f"the connection broke off ({error})", _LATER)) from None
    raise PublisherUnavailable(request.url, f"more than {client.max_redirects} redirects, the last to {url}", _BY_HAND)


def _no_network(url: str, client: Client, said: str) -> NoNetwork:
    import httpx

    at = client.base_address or "the publisher"
    if client.proxy:
        at = f"the proxy at {httpx.URL(client.proxy).host}"  # not the whole of it: it may hold a password
    return NoNetwork(url, "no network", f"The connection to {at} says: {said}. {_OFFLINE}")


# Addresses


def _official_host(url: str, asked: str, client: Client) -> str:
    """The host of a publisher's address. Raises HostNotAllowed unless the address is https and the host on the list."""
    import httpx

    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise HostNotAllowed(asked, f"no address of a publisher ({error})", _NAME_SOURCE) from None
    where = "" if url == asked else f"it sends the request on to {url}, and "
    if parts.scheme != "https" or parts.userinfo or parts.port not in (None, 443):
        raise HostNotAllowed(asked, f"{where}only plain https addresses are asked", _NAME_SOURCE)
    if parts.host not in client.allowed_hosts:
        known = ", ".join(sorted(client.allowed_hosts)) or "none"
        raise HostNotAllowed(
            asked, f"{where}{parts.host or 'it'} is not among the publishers known ({known})", _NAME_SOURCE
        )
    return parts.host


_NAME_SOURCE = (
    "Name the publisher in corpus/sources.yaml, or save the page from a browser and add it with `ingest --from DIR`."
)


def _asked_as(url: str, client: Client) -> str:
    """The address to open for a publisher's address: the same, or its place at the mirror."""
    import httpx

    host = _official_host(url, url, client)
    if client.base_address is None:
        return url
    return f"{_base(client.base_address, url)}{host}{httpx.URL(url).raw_path.decode('ascii')}"


def _base(base_address: str, url: str) -> str:
    import httpx

    try:
        base = httpx.URL(base_address)
    except (httpx.InvalidURL, ValueError):
        base = httpx.URL("")
    if base.scheme not in ("http", "https") or not base.host or base.query:
        raise HostNotAllowed(
            url, f"the base address {base_address!r} is no http address", "Set it as https://host/path."
        )
    return str(base).rstrip("/") + "/"


def _redirected(url: str, answer: "httpx.Response", client: Client) -> str:
    """The publisher's address that an answer redirects to, checked like any other."""
    import httpx

    try:
        target = str(answer.request.url.join(answer.headers["Location"]).copy_with(fragment=None))
    except (KeyError, httpx.InvalidURL, ValueError):
        raise PublisherUnavailable(url, f"a redirect ({answer.status_code}) that leads nowhere", _BY_HAND) from None
    if client.base_address is not None:
        base = _base(client.base_address, url)
        if target.startswith(base):
            target = "https://" + target[len(base) :]
    _official_host(target, url, client)
    return target


# Answers


def _check_status(url: str, answer: "httpx.Response") -> None:
    status = answer.status_code
    if status == 200:
        return
    said = f"it answers {status} {answer.reason_phrase}".rstrip()
    if status in (404, 410):
        raise NotFound(
            url, said, "Check the number and the date: publishers hold no text of a day they have not reached."
        )
    if status == 429 or status >= 500:
        raise _Again(PublisherUnavailable(url, said, _LATER), _retry_after(answer.headers.get("Retry-After", "")))
    raise PublisherUnavailable(url, f"{said}, which is no text: it may refuse requests by programs", _BY_HAND)


def _retry_after(value: str) -> Callable[[datetime], float] | None:
    """How long Retry-After (seconds or a date) asks to wait; None where it says nothing that can be read."""
    if value.strip().isdigit():
        return lambda _: float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return lambda now: max(0.0, (until - now).total_seconds())


def _body(url: str, answer: "httpx.Response", client: Client, left: Callable[[], float]) -> bytes:
    """The decompressed body, given up as soon as it is too large or too slow."""
    too_large = TooLarge(
        url,
        f"more than the {client.max_bytes:,} bytes allowed",
        "Ask for a part of it, or raise the limit if the text is that long.",
    )
    declared = answer.headers.get("Content-Length", "")
    if declared.isdigit() and int(declared) > client.max_bytes:
        raise too_large
    chunks, size = [], 0
    for chunk in answer.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > client.max_bytes:
            raise too_large
        if left() <= 0:
            raise PublisherUnavailable(url, f"not complete within {client.total_seconds:g} seconds", _LATER)
    if not size:
        raise _Again(PublisherUnavailable(url, "an empty answer", _LATER))
    return b"".join(chunks)


def _check_content(request: FetchRequest, content_type: str, data: bytes) -> None:
    """Raises PublisherUnavailable where a page came instead of a text: publishers answer programs with such pages."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    page = "html" in content_type.lower() or head.startswith((b"<!doctype html", b"<html"))
    right = {
        "any": True,
        "html": page or head.startswith(b"<"),
        "json": head.startswith((b"{", b"[")),
        "pdf": b"%pdf-" in head,
        "text": not head.startswith(b"%pdf-"),
        "xml": head.startswith(b"<") and not page,
    }
    if not right[request.expects]:
        told = content_type or "no type"
        raise PublisherUnavailable(
            request.url,
            f"{request.expects.upper()} was asked for and {told} came, perhaps a page that asks who you are",
            _BY_HAND,
        )


# What the publishers' interfaces say


@dataclass(frozen=True, slots=True)
class EcfrTitle:
    """A title as `titles.json` of the eCFR versioner tells of it.

    `up_to_date_as_of`: the latest day that `full/{date}` has; a later one is not found. `import_in_progress`: the
    eCFR is being brought up to date, and answers may differ from minute to minute.
    """

    number: int
    name: str
    latest_amended_on: date
    latest_issue_date: date
    up_to_date_as_of: date
    import_in_progress: bool


@dataclass(frozen=True, slots=True)
class EcfrVersion:
    """One version of a section or appendix, as `versions/title-{title}.json` of the eCFR versioner tells of it."""

    identifier: str
    kind: str
    name: str
    amendment_date: date
    issue_date: date
    substantive: bool
    removed: bool


@dataclass(frozen=True, slots=True)
class FederalRegisterDocument:
    """A document as `documents/{number}.json` of the Federal Register tells of it; "" where it says nothing."""

    document_number: str
    title: str
    kind: str
    citation: str
    publication_date: date
    effective_on: date | None
    html_url: str
    pdf_url: str
    full_text_xml_url: str
    body_html_url: str
    raw_text_url: str


def ecfr_title(answer: bytes, number: int) -> EcfrTitle:
    """The title numbered `number`. Raises UnreadableText where the answer does not tell of it."""
    told = _object(answer, "titles.json")
    for title in told.get("titles") or ():
        if isinstance(title, dict) and title.get("number") == number:
            where = f"titles.json, title {number}"
            if title.get("reserved"):
                raise UnreadableText(where, "reserved: the CFR has no text in it")
            meta = told.get("meta")
            return EcfrTitle(
                number,
                str(title.get("name") or ""),
                _day(title, "latest_amended_on", where),
                _day(title, "latest_issue_date", where),
                _day(title, "up_to_date_as_of", where),
                bool(isinstance(meta, dict) and meta.get("import_in_progress")),
            )
    raise UnreadableText("titles.json", f"no title {number} in it: the CFR has titles 1 to 50")


def ecfr_versions(answer: bytes) -> tuple[EcfrVersion, ...]:
    """The versions in the answer, in its order. Raises UnreadableText where it has none or they lack a date."""
    versions = _object(answer, "versions.json").get("content_versions")
    if not isinstance(versions, list) or not versions:
        raise UnreadableText("versions.json", "no content_versions in it: check title and part")
    out = []
    for place, version in enumerate(versions):
        where = f"versions.json, content_versions[{place}]"
        if not isinstance(version, dict):
            raise UnreadableText(where, "not an object")
        out.append(
            EcfrVersion(
                str(version.get("identifier") or ""),
                str(version.get("type") or ""),
                str(version.get("name") or ""),
                _day(version, "amendment_date", where),
                _day(version, "issue_date", where),
                bool(version.get("substantive")),
                bool(version.get("removed")),
            )
        )
    return tuple(out)


def federal_register_document(answer: bytes) -> FederalRegisterDocument:
    """The document. Raises UnreadableText where the answer tells of none."""
    told = _object(answer, "document.json")
    if not told.get("document_number"):
        raise UnreadableText("document.json", "no document_number in it: this is no Federal Register document")

    def words(name: str) -> str:
        return str(told.get(name) or "")

    return FederalRegisterDocument(
        words("document_number"),
        words("title"),
        words("type"),
        words("citation"),
        _day(told, "publication_date", "document.json"),
        _day(told, "effective_on", "document.json") if told.get("effective_on") else None,
        words("html_url"),
        words("pdf_url"),
        words("full_text_xml_url"),
        words("body_html_url"),
        words("raw_text_url"),
    )


def _object(answer: bytes, where: str) -> dict[str, Any]:
    try:
        told = json.loads(answer)
    except ValueError as error:
        raise UnreadableText(where, f"not JSON ({error}): fetch it again") from None
    if not isinstance(told, dict):
        raise UnreadableText(where, "not a JSON object: the publisher's interface has changed")
    return told


def _day(told: dict[str, Any], name: str, where: str) -> date:
    try:
        return date.fromisoformat(str(told.get(name)))
    except ValueError:
        problem = f"{name} is {told.get(name)!r}, not a date: the publisher's interface has changed"
        raise UnreadableText(where, problem) from None
