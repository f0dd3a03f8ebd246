"""The sockets of a fake: a threaded HTTP server that can be quiet, hang up, and stop for good."""

import socket
import socketserver
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from apps.simulator.fakes.exchange import Reply, Request

HOST = "127.0.0.1"
SLICE = 0.05  # seconds between looks at a client that may have left
MAX_BODY = 16 * 1024 * 1024


class Listener(ThreadingHTTPServer):
    """Has its port from the moment it is made (0: a free one); OSError when that is taken."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, port: int, answer: Callable[[Request], Reply], clock: Callable[[], float]
    ) -> None:
        self.answer = answer
        self.clock = clock
        self.stopping = threading.Event()
        self.bugs: list[BaseException] = []
        self._busy: dict[Any, bool] = {}  # by connection; a new one is busy until it has asked
        self._lock = threading.Lock()
        super().__init__((HOST, port), Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(SLICE,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer would look up our name
        self.server_name, self.server_port = HOST, self.server_address[1]

    def stop(self) -> None:
        """Break off every request and let the port go."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._thread.join()
        with self._lock:
            for connection in self._busy:
                _hang_up(connection)
        _wait_until(lambda: not self._busy, 5.0)

    def quiet(self, within: float) -> bool:
        """Whether, within so many seconds, no request is under way or unread."""
        return _wait_until(self._is_quiet, within)

    def _is_quiet(self) -> bool:
        with self._lock:
            return not any(busy or _has_news(each) for each, busy in self._busy.items())

    def mark(self, connection: Any, *, busy: bool) -> None:
        with self._lock:
            if connection in self._busy:
                self._busy[connection] = busy

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._busy[request] = True
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._busy.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the game; anything else is a fault of the fake."""
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError | TimeoutError):
            self.bugs.append(error)
            traceback.print_exception(error)


class Handler(BaseHTTPRequestHandler):
    """Reads one request after the other from a connection and sends the replies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # the whole reply in one packet
    server: Listener

    def parse_request(self) -> bool:
        self.server.mark(self.connection, busy=True)
        return super().parse_request()

    def handle_one_request(self) -> None:
        super().handle_one_request()
        self.server.mark(self.connection, busy=False)

    def handle_any(self) -> None:
        request = self._read()
        if request is None:
            self.close_connection = True
            self._send(Reply(status=413))
            return
        reply = self.server.answer(request)
        self._wait(reply.after)
        if reply.ends or self.server.stopping.is_set():
            self._hang_up(reset=reply.ends == "reset")
        else:
            self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - http.server's names

    def _read(self) -> Request | None:
        """The request; None when the length of its body is not a plain, moderate number."""
        said = self.headers.get("Content-Length", "0")
        if not said.isascii() or not said.isdigit() or not 0 <= int(said) <= MAX_BODY:
            return None
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(said)),
        )

    def _wait(self, seconds: float) -> None:
        """Wait, but no longer than the client and the fake itself are there."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not _is_gone(self.connection):
            if self.server.stopping.wait(min(SLICE, max(until - time.monotonic(), 0))):
                return

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        self.send_header("Date", formatdate(self.server.clock(), usegmt=True))
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _hang_up(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:  # linger 0: the close that follows sends RST instead of FIN
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Quiet: the ledger keeps what happened."""


def _peek(connection: socket.socket) -> bytes | None:
    """The next byte without taking it; b"" when the other side has closed, None when none yet."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _is_gone(connection: socket.socket) -> bool:
    return _peek(connection) == b""


def _has_news(connection: socket.socket) -> bool:
    """Whether a request waits to be read, or the connection to be put away."""
    return _peek(connection) is not None


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the client was quicker


def _wait_until(is_so: Callable[[], bool], within: float) -> bool:
    until = time.monotonic() + within
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True
