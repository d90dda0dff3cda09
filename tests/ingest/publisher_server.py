"""A publisher on loopback, for tests: real HTTP, with the answers that a test writes down.

with publisher({"/www.example.gov/a.xml": Answer(b"<a/>")}) as server:
    ...  # Client(base_address=server.address, ...)
    assert server.asked[0].path == "/www.example.gov/a.xml"
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

__all__ = ["Answer", "Asked", "Publisher", "publisher"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says. `silent_seconds`: before it begins. `drip_seconds`: between one byte and the next.

    `promised_bytes`: a Content-Length other than the body's; a longer one breaks the connection off. `chunked`:
    without a Content-Length.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    silent_seconds: float = 0.0
    drip_seconds: float = 0.0
    promised_bytes: int | None = None
    chunked: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived. `path` has its query; header names are in lower case."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Publisher:
    """A running server. `asked`: the requests so far, in order."""

    address: str
    asked: list[Asked]


@contextmanager
def publisher(pages: Mapping[str, Answer | Sequence[Answer]]) -> Iterator[Publisher]:
    """A server on a free port. Several answers to a path are given in turn, the last again and again.

    A path that is not in `pages` is answered 404. Leaving the block ends answers under way.
    """
    asked: list[Asked] = []
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            turn = sum(request.path == self.path for request in asked)
            asked.append(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
            found = pages.get(self.path, Answer(b"nothing here", 404))
            answer = found if isinstance(found, Answer) else found[min(turn, len(found) - 1)]
            over.wait(answer.silent_seconds)
            try:
                self.say(answer)
            except OSError:
                self.close_connection = True  # the client has hung up, which is what some tests are about

        def say(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                promised = answer.promised_bytes
                self.send_header("Content-Length", str(len(answer.body) if promised is None else promised))
            self.end_headers()
            if answer.chunked:
                for start in range(0, len(answer.body), 8192):
                    piece = answer.body[start : start + 8192]
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")
            elif answer.drip_seconds:
                for byte in answer.body:
                    if over.wait(answer.drip_seconds):
                        break
                    self.wfile.write(bytes([byte]))
            else:
                self.wfile.write(answer.body)
            if answer.promised_bytes is not None:
                self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  (the library's name)
            """Says nothing: a test reads `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Publisher(f"http://127.0.0.1:{server.server_address[1]}", asked)
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
