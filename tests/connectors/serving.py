"""A small real HTTP server that answers with what a test has lined up."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """Answers in turn with `replies`; the last one is repeated. `seen` holds every request."""

    replies: list[Reply]
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    def take(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def record(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.seen.append(Seen(handler.command, parts.path, query, headers, body))


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away (timeouts, size caps) is part of many tests."""


@contextmanager
def serving(*replies: Reply) -> Iterator[Server]:
    """A server on 127.0.0.1 for as long as the block runs."""
    server = Server(list(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_answer(self) -> None:
            server.record(self)
            server.take()(self)

        do_GET = handle_one_answer  # noqa: N815 (the name http.server calls)
        do_POST = handle_one_answer  # noqa: N815 (the name http.server calls)

        def log_message(self, *args: Any) -> None:
            """Quiet: pytest shows what failed."""

    listening = _Listening(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join(5)


@dataclass
class Closed:
    """An address nobody listens at."""

    url: str

    @classmethod
    def make(cls) -> Self:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            return cls(f"http://127.0.0.1:{taken.getsockname()[1]}")


def raw(body: bytes, *, status: int = 200, kind: str = "text/plain", **headers: str) -> Reply:
    """Any bytes; header names are written with _ for -."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def answering(value: Any, *, status: int = 200, **headers: str) -> Reply:
    """JSON."""
    kind = "application/json; charset=utf-8"
    return raw(json.dumps(value).encode(), status=status, kind=kind, **headers)


def resetting(handler: BaseHTTPRequestHandler) -> None:
    """Reads the request, then breaks the connection."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def hanging(handler: BaseHTTPRequestHandler) -> None:
    """Reads the request and says nothing for two seconds."""
    time.sleep(2)
    handler.close_connection = True


def dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    """Sends a header byte now and then: never quiet for long, never done."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler)


def dripping_body(handler: BaseHTTPRequestHandler) -> None:
    """Sends a body byte now and then."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    _drip(handler)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    for _ in range(60):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    """Promises more body than it sends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    handler.close_connection = True
