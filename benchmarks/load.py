"""A light load generator: prepared requests over kept-alive connections, one thread, no parsing
beyond status and length, so that little of the machine is lost to it."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What came of a run: answers per second, milliseconds, statuses."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which `share` (0 to 1) of the answers came."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def refused(self) -> int:
        return sum(count for status, count in self.statuses.items() if status != 200)

    def __str__(self) -> str:
        return (
            f"{self.rate:7.0f}/s   p50 {self.percentile(0.5):6.1f} ms   "
            f"p99 {self.percentile(0.99):6.1f} ms   max {self.percentile(1):6.1f} ms"
            + (f"   NOT 200: {self.refused}" if self.refused else "")
        )


class _Wire:
    """One connection with at most one request on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at, self.buffer = 0.0, b""

    def send(self, request: bytes) -> None:
        self.sent_at, self.buffer = time.perf_counter(), b""
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """The status when the answer is complete. Raises ConnectionError when it never will be."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        return int(head.split(b" ", 2)[1]) if len(body) >= length else None


def hammer(port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Outcome:
    """Send requests over so many connections for so long, each as soon as its wire is free."""
    outcome, selector = Outcome(), selectors.DefaultSelector()
    wires = [_Wire(port) for _ in range(connections)]
    started = time.perf_counter()
    for wire in wires:
        selector.register(wire.socket, selectors.EVENT_READ, wire)
        wire.send(next(requests))
    waiting = connections
    while waiting:
        for key, _ in selector.select():
            wire = key.data
            status = wire.receive()
            if status is None:
                continue
            now = time.perf_counter()
            outcome.times.append(now - wire.sent_at)
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
            if now - started < seconds:
                wire.send(next(requests))
            else:
                waiting -= 1
    outcome.seconds = time.perf_counter() - started
    for wire in wires:
        wire.socket.close()
    return outcome


def paced(
    port: int, requests: Iterator[bytes], *, connections: int, rate: float, seconds: float
) -> Outcome:
    """Send `rate` requests a second, spread over connections in turn; times count from the moment a
    request was due, so that a server that falls behind is seen to."""
    outcome, selector = Outcome(), selectors.DefaultSelector()
    free = [_Wire(port) for _ in range(connections)]
    for wire in free:
        selector.register(wire.socket, selectors.EVENT_READ, wire)
    started, sent, total = time.perf_counter(), 0, int(rate * seconds)
    while len(outcome.times) < total:
        due = started + sent / rate
        if sent < total and free and time.perf_counter() >= due:
            wire = free.pop()
            wire.send(next(requests))
            wire.sent_at, sent = due, sent + 1
            continue
        for key, _ in selector.select(timeout=max(0.0, min(0.05, due - time.perf_counter()))):
            status = key.data.receive()
            if status is not None:
                outcome.times.append(time.perf_counter() - key.data.sent_at)
                outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
                free.append(key.data)
    outcome.seconds = time.perf_counter() - started
    return outcome
