"""Fetching, over real HTTP on loopback. Every text here is made up."""

import gzip
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from time import monotonic
from typing import Any

import pytest
from publisher_server import Answer, publisher

from ingest import fetch as fetching
from ingest.fetch import (
    Client,
    FetchError,
    FetchRequest,
    HostNotAllowed,
    NoNetwork,
    NotFound,
    PublisherUnavailable,
    TooLarge,
    ecfr_title,
    ecfr_versions,
    federal_register_document,
    fetch,
    request_for,
)
from ingest.parsed import UnreadableText

NOON = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
URL = "https://rules.example.gov/part-7.xml?part=7"
PATH = "/rules.example.gov/part-7.xml?part=7"
BODY = b"<PART><P>A keeper of samples writes a log.</P></PART>"
XML = {"Content-Type": "application/xml; charset=utf-8"}
HOSTS = frozenset({"rules.example.gov", "www.example.gov"})
QUICK = Client(HOSTS, connect_seconds=2, read_seconds=2, total_seconds=8, user_agent="genomic-policy-assistant/test")


class Waits(list[float]):
    """The waits asked for, none of them waited."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def ask(
    address: str | None, request: FetchRequest | str = URL, waits: Waits | None = None, **settings: Any
) -> fetching.Fetched:
    asked = FetchRequest(request) if isinstance(request, str) else request
    client = replace(QUICK, base_address=address, **settings)
    return fetch(asked, client, clock=lambda: NOON, sleep=Waits() if waits is None else waits)


@pytest.fixture
def closed_port() -> Iterator[str]:
    with socket.socket() as held:  # bound and not listening: a connection to it is refused
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


# The answer


def test_an_answer_tells_where_it_came_from_and_what_it_is() -> None:
    with publisher({PATH: Answer(BODY, headers=XML)}) as server:
        fetched = ask(server.address, FetchRequest(URL, "xml"))
    assert fetched.url == fetched.final_url == URL
    assert fetched.retrieved_at == NOON
    assert fetched.content_type == XML["Content-Type"]
    assert (fetched.data, fetched.sha256) == (BODY, sha256(BODY).hexdigest())


def test_the_request_names_the_project_and_carries_nothing_else_about_the_user() -> None:
    with publisher({PATH: Answer(BODY)}) as server:
        ask(server.address)
    headers = server.asked[0].headers
    assert headers["user-agent"] == "genomic-policy-assistant/test"
    assert not {"cookie", "authorization", "referer", "from"} & headers.keys()


def test_a_packed_answer_is_unpacked_and_hashed_unpacked() -> None:
    packed = Answer(gzip.compress(BODY), headers={**XML, "Content-Encoding": "gzip"})
    with publisher({PATH: packed}) as server:
        fetched = ask(server.address)
    assert (fetched.data, fetched.sha256) == (BODY, sha256(BODY).hexdigest())


def test_the_mirror_may_have_a_path_of_its_own() -> None:
    with publisher({f"/law/copies{PATH}": Answer(BODY)}) as server:
        assert ask(f"{server.address}/law/copies/").data == BODY


def test_the_environment_does_not_change_where_a_request_goes(
    monkeypatch: pytest.MonkeyPatch, closed_port: str
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, closed_port)
    with publisher({PATH: Answer(BODY)}) as server:
        assert ask(server.address).data == BODY


def test_a_proxy_that_the_caller_names_is_used() -> None:
    with publisher({f"http://mirror.invalid{PATH}": Answer(BODY)}) as proxy:
        assert ask("http://mirror.invalid", proxy=proxy.address).data == BODY


# Which hosts


REFUSED = {
    "a host that is not listed": "https://elsewhere.example.org/part-7.xml",
    "a host below a listed one": "https://a.rules.example.gov/part-7.xml",
    "a listed host in front of the real one": "https://rules.example.gov@elsewhere.example.org/part-7.xml",
    "another port": "https://rules.example.gov:8443/part-7.xml",
    "plain http": "http://rules.example.gov/part-7.xml",
    "a file": "file:///etc/hostname",
    "no address": "part-7.xml",
    "an address that cannot be read": "https://rules.example.gov:port/",
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("mirrored", [False, True])
def test_an_address_outside_the_list_is_refused_before_anything_is_asked(url: str, mirrored: bool) -> None:
    with publisher({}) as server, pytest.raises(HostNotAllowed, match="nothing fetched"):
        ask(server.address if mirrored else None, url)
    assert server.asked == []


def test_a_base_address_must_be_http() -> None:
    with pytest.raises(HostNotAllowed, match="no http address"):
        ask("ftp://127.0.0.1/")


FOLLOWED = {
    "within the host": ("/rules.example.gov/new.xml", "https://rules.example.gov/new.xml"),
    "relative": ("new.xml", "https://rules.example.gov/new.xml"),
    "to another listed host": ("https://www.example.gov/new.xml#top", "https://www.example.gov/new.xml"),
}


@pytest.mark.parametrize(("location", "final"), FOLLOWED.values(), ids=FOLLOWED.keys())
def test_a_redirect_between_listed_hosts_is_followed_and_told(location: str, final: str) -> None:
    moved = Answer(status=301, headers={"Location": location, "Set-Cookie": "who=you; Path=/"})
    new = "/" + final.removeprefix("https://")
    with publisher({PATH: moved, new: Answer(BODY)}) as server:
        fetched = ask(server.address)
    assert (fetched.url, fetched.final_url, fetched.data) == (URL, final, BODY)
    assert [request.path for request in server.asked] == [PATH, new]
    assert "cookie" not in server.asked[1].headers


FOREIGN = {
    "by name": "https://unblock.example.org/who-are-you",
    "by a path of the mirror": "/unblock.example.org/who-are-you",
    "to plain http": "http://rules.example.gov/part-7.xml",
    "to the server itself": "http://127.0.0.1:1/rules.example.gov/part-7.xml",
    "without a scheme": "//unblock.example.org/who-are-you",
}


@pytest.mark.parametrize("location", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_redirect_to_a_foreign_host_is_refused_and_not_followed(location: str) -> None:
    with publisher({PATH: Answer(status=302, headers={"Location": location})}) as server:
        with pytest.raises(HostNotAllowed) as refused:
            ask(server.address)
        assert len(server.asked) == 1
    assert URL in str(refused.value)
    assert "sends the request on" in str(refused.value)


def test_redirects_in_a_circle_end() -> None:
    with publisher({PATH: Answer(status=302, headers={"Location": PATH})}) as server:
        with pytest.raises(PublisherUnavailable, match="more than 3 redirects"):
            ask(server.address, max_redirects=3)
        assert len(server.asked) == 4


def test_a_redirect_without_an_address_is_an_error() -> None:
    with publisher({PATH: Answer(status=302)}) as server, pytest.raises(PublisherUnavailable, match="leads nowhere"):
        ask(server.address)


# Limits


BIG = b"<P>" + b"x" * 200_000
LARGE = {
    "by its declared size": Answer(BIG),
    "while it comes, undeclared": Answer(BIG, chunked=True),
    "once unpacked": Answer(gzip.compress(BIG), headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("answer", LARGE.values(), ids=LARGE.keys())
def test_an_answer_that_is_too_large_is_given_up(answer: Answer) -> None:
    with publisher({PATH: answer}) as server, pytest.raises(TooLarge, match="100,000 bytes"):
        ask(server.address, max_bytes=100_000)
    assert len(server.asked) == 1


def test_an_answer_of_exactly_the_allowed_size_is_taken() -> None:
    with publisher({PATH: Answer(BIG)}) as server:
        assert ask(server.address, max_bytes=len(BIG)).data == BIG


def test_a_silent_server_is_given_up_after_each_attempt() -> None:
    waits = Waits()
    with publisher({PATH: Answer(BODY, silent_seconds=5)}) as server:
        with pytest.raises(PublisherUnavailable, match=r"no answer within 0\.2 seconds"):
            ask(server.address, waits=waits, read_seconds=0.2, attempts=2)
        assert len(server.asked) == 2
    assert waits == [1.0]


def test_an_answer_that_drips_is_given_up_when_the_whole_time_is_over() -> None:
    seconds = count()
    too_slow = pytest.raises(PublisherUnavailable, match="not complete within 8 seconds")
    with publisher({PATH: Answer(BODY * 20, drip_seconds=0.005)}) as server, too_slow:
        client = replace(QUICK, base_address=server.address)
        fetch(FetchRequest(URL), client, clock=lambda: NOON + timedelta(seconds=next(seconds)), sleep=Waits())


# Asking again


def test_a_busy_publisher_is_asked_again_after_the_wait_it_names() -> None:
    waits = Waits()
    busy = Answer(b"busy", 503, {"Retry-After": "7"})
    with publisher({PATH: [busy, Answer(BODY)]}) as server:
        assert ask(server.address, waits=waits).data == BODY
    assert waits == [7.0]


def test_a_publisher_may_name_the_time_at_which_to_come_back() -> None:
    waits = Waits()
    busy = Answer(b"busy", 429, {"Retry-After": "Sun, 01 Feb 2026 12:00:30 GMT"})
    with publisher({PATH: [busy, Answer(BODY)]}) as server:
        assert ask(server.address, waits=waits, total_seconds=60).data == BODY
    assert waits == [30.0]


def test_a_long_wait_is_not_waited_but_told() -> None:
    waits = Waits()
    with publisher({PATH: Answer(b"busy", 503, {"Retry-After": "3600"})}) as server:
        with pytest.raises(PublisherUnavailable, match="left alone for 3600 seconds"):
            ask(server.address, waits=waits)
        assert len(server.asked) == 1
    assert waits == []


def test_no_wait_goes_beyond_the_whole_time() -> None:
    waits = Waits()
    with publisher({PATH: Answer(b"busy", 503, {"Retry-After": "20"})}) as server, pytest.raises(PublisherUnavailable):
        ask(server.address, waits=waits, total_seconds=10)
    assert waits == []


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_waits_grow_until_the_attempts_are_used_up(status: int) -> None:
    waits = Waits()
    with publisher({PATH: Answer(b"no", status, {"Retry-After": "soon"})}) as server:
        with pytest.raises(PublisherUnavailable, match=f"answers {status}"):
            ask(server.address, waits=waits, attempts=4)
        assert len(server.asked) == 4
    assert waits == [1.0, 2.0, 4.0]


BROKEN = {
    "broken off": Answer(BODY, promised_bytes=len(BODY) + 100),
    "empty": Answer(b""),
    "packed wrongly": Answer(BODY, headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_is_never_taken_for_the_text_and_asked_for_again(broken: Answer) -> None:
    with publisher({PATH: [broken, Answer(BODY)]}) as server:
        assert ask(server.address).data == BODY
    with publisher({PATH: broken}) as server, pytest.raises(PublisherUnavailable):
        ask(server.address)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFound),
        (410, NotFound),
        (403, PublisherUnavailable),
        (400, PublisherUnavailable),
        (202, PublisherUnavailable),
    ],
)
def test_a_plain_no_is_not_asked_again(status: int, error: type[FetchError]) -> None:
    with publisher({PATH: Answer(b"no", status)}) as server:
        with pytest.raises(error, match=str(status)):
            ask(server.address)
        assert len(server.asked) == 1


def test_without_a_network_it_says_so_at_once(closed_port: str) -> None:
    waits = Waits()
    began = monotonic()
    with pytest.raises(NoNetwork, match="no network: nothing fetched; the texts held stay in use"):
        ask(closed_port, waits=waits)
    assert waits == []
    assert monotonic() - began < 2


def test_a_dead_proxy_is_named_without_its_password(closed_port: str) -> None:
    with pytest.raises(NoNetwork) as error:
        ask("http://127.0.0.1:1", proxy=closed_port.replace("//", "//user:secret@"))
    assert "127.0.0.1" in str(error.value)
    assert "secret" not in str(error.value)


# What came


PAGE = b"<!DOCTYPE html><html><body>Are you a person?</body></html>"
MISTAKEN = [
    ("xml", PAGE, "text/html"),
    ("json", PAGE, "text/html"),
    ("pdf", PAGE, ""),
    ("xml", b"{}", "application/json"),
    ("html", b"%PDF-1.7", "application/pdf"),
]


@pytest.mark.parametrize(("expected", "body", "kind"), MISTAKEN)
def test_a_page_in_place_of_the_text_is_an_error(expected: fetching.Expected, body: bytes, kind: str) -> None:
    mistaken = pytest.raises(PublisherUnavailable, match="was asked for")
    with publisher({PATH: Answer(body, headers={"Content-Type": kind})}) as server, mistaken:
        ask(server.address, FetchRequest(URL, expected))


RIGHT = [
    ("xml", BODY),
    ("json", b'{"a": 1}'),
    ("html", PAGE),
    ("html", b"<p>part of a page</p>"),
    ("pdf", b"%PDF-1.7 x"),
    ("text", b"words"),
    ("any", b"\x00\x01"),
]


@pytest.mark.parametrize(("expected", "body"), RIGHT)
def test_what_was_asked_for_is_taken(expected: fetching.Expected, body: bytes) -> None:
    with publisher({PATH: Answer(body)}) as server:
        assert ask(server.address, FetchRequest(URL, expected)).data == body


@pytest.mark.parametrize("kind", [HostNotAllowed, NoNetwork, NotFound, PublisherUnavailable, TooLarge])
def test_every_error_says_where_what_and_what_to_do(kind: type[FetchError]) -> None:
    error = kind(URL, "a problem", "Do this.")
    assert isinstance(error, FetchError)
    assert (error.url, error.problem, error.remedy) == (URL, "a problem", "Do this.")
    assert str(error) == f"{URL}: a problem: nothing fetched; the texts held stay in use. Do this."


# Addresses and what the interfaces say


def test_an_address_is_filled_in_and_escaped() -> None:
    request = request_for(
        "https://x.example.gov/{date}/{number}?q={words}", "json", date=date(2025, 4, 8), number="2024/1", words="a&b c"
    )
    assert request == FetchRequest("https://x.example.gov/2025-04-08/2024%2F1?q=a%26b%20c", "json")


@pytest.mark.parametrize("values", [{}, {"number": 1, "part": 2}, {"part": 1}])
def test_an_address_needs_exactly_its_values(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="takes"):
        request_for("https://x.example.gov/{number}", **values)


TITLES: dict[str, Any] = {
    "titles": [
        {"number": 27, "name": "Reserved", "latest_amended_on": None, "up_to_date_as_of": None, "reserved": True},
        {
            "number": 28,
            "name": "Samples",
            "latest_amended_on": "2026-01-14",
            "latest_issue_date": "2026-01-15",
            "up_to_date_as_of": "2026-01-29",
            "reserved": False,
        },
    ],
    "meta": {"date": "2026-01-29", "import_in_progress": True},
}


def test_the_latest_day_of_a_title_is_read() -> None:
    title = ecfr_title(json.dumps(TITLES).encode(), 28)
    assert (title.up_to_date_as_of, title.latest_issue_date) == (date(2026, 1, 29), date(2026, 1, 15))
    assert title.import_in_progress


def test_the_versions_of_a_part_are_read() -> None:
    version = {
        "date": "2025-04-08",
        "amendment_date": "2025-04-08",
        "issue_date": "2025-04-09",
        "identifier": "7.1",
        "name": "§ 7.1 Scope.",
        "part": "7",
        "substantive": True,
        "removed": False,
        "subpart": "A",
        "title": "28",
        "type": "section",
    }
    (read,) = ecfr_versions(json.dumps({"content_versions": [version], "meta": {}}).encode())
    assert (read.identifier, read.kind, read.substantive, read.removed) == ("7.1", "section", True, False)
    assert (read.amendment_date, read.issue_date) == (date(2025, 4, 8), date(2025, 4, 9))


DOCUMENT: dict[str, Any] = {
    "document_number": "2024-00001",
    "title": "Keeping of Samples",
    "type": "Rule",
    "citation": "89 FR 1",
    "publication_date": "2024-03-01",
    "effective_on": None,
    "html_url": "https://www.example.gov/d/1",
    "pdf_url": None,
    "full_text_xml_url": "https://www.example.gov/1.xml",
    "body_html_url": "https://www.example.gov/1.html",
    "raw_text_url": "https://www.example.gov/1.txt",
}


def test_a_federal_register_document_is_read() -> None:
    document = federal_register_document(json.dumps(DOCUMENT).encode())
    assert (document.document_number, document.publication_date) == ("2024-00001", date(2024, 3, 1))
    assert (document.effective_on, document.pdf_url) == (None, "")
    assert document.full_text_xml_url == "https://www.example.gov/1.xml"


UNREADABLE = {
    "not JSON": (lambda: ecfr_title(PAGE, 28), "not JSON"),
    "not an object": (lambda: ecfr_title(b"[]", 28), "not a JSON object"),
    "no such title": (lambda: ecfr_title(json.dumps(TITLES).encode(), 51), "no title 51"),
    "a reserved title": (lambda: ecfr_title(json.dumps(TITLES).encode(), 27), "reserved"),
    "a title without its day": (lambda: ecfr_title(b'{"titles": [{"number": 28}]}', 28), "latest_amended_on is None"),
    "no versions": (lambda: ecfr_versions(b'{"content_versions": []}'), "content_versions"),
    "a version without a date": (lambda: ecfr_versions(b'{"content_versions": [{}]}'), "amendment_date"),
    "no document": (lambda: federal_register_document(b'{"errors": {}}'), "document_number"),
}


@pytest.mark.parametrize("case", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_answer_of_another_shape_is_named_and_nothing_is_guessed(case: tuple[Any, str]) -> None:
    read, problem = case
    with pytest.raises(UnreadableText, match=problem):
        read()


def test_the_latest_text_of_a_part_is_found_and_fetched() -> None:
    titles = "https://rules.example.gov/api/titles.json"
    full = "https://rules.example.gov/api/full/{date}/title-{title}.xml?part={part}"
    pages = {
        "/rules.example.gov/api/titles.json": Answer(
            json.dumps(TITLES).encode(), headers={"Content-Type": "application/json"}
        ),
        "/rules.example.gov/api/full/2026-01-29/title-28.xml?part=7": Answer(BODY, headers=XML),
    }
    with publisher(pages) as server:
        latest = ecfr_title(ask(server.address, request_for(titles, "json")).data, 28).up_to_date_as_of
        fetched = ask(server.address, request_for(full, "xml", date=latest, title=28, part=7))
    assert fetched.data == BODY
