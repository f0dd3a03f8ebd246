"""Guarded connections under `core.http`: who may be connected to, for how long, was it sent."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import TimeoutError as Urllib3Timeout
from urllib3.util.connection import create_connection

from apps.core.addresses import permitted, resolve

Kind = Literal[
    "policy",  # we refuse to make this call
    "unreachable",  # no such name, no route
    "refused",  # nobody listens there
    "tls",  # no trusted encryption
    "timeout",
    "reset",  # the connection broke or the answer was cut short
    "redirect",  # the answer sends us elsewhere; we do not go
    "too_large",
]
WORDS: dict[Kind, str] = {
    "policy": "may not be called",
    "unreachable": "cannot be reached: the name is unknown or there is no route",
    "refused": "refused the connection",
    "tls": "did not offer an encrypted connection we can trust",
    "timeout": "did not answer in time",
    "reset": "broke off the connection",
    "redirect": "sent us elsewhere, which we do not follow",
    "too_large": "answered with more than we accept",
}


class HttpProblem(Exception):
    """An outgoing call got no answer. `sent`: the other side may have received the request."""

    def __init__(self, kind: Kind, host: str, *, sent: bool, why: str = "") -> None:
        super().__init__(f"{host} {WORDS[kind]}" + (f" ({why})" if why else ""))
        self.kind = kind
        self.sent = sent


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One call under way. `deadline` is on the monotonic clock, `connect_within` in seconds."""

    deadline: float
    connect_within: float
    own_host: bool
    sent: bool = False

    def remaining(self) -> float:
        """Seconds left for all of the call. Raises TimeoutError when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the total time is used up")
        return left


# Carries the call down to the socket: neither requests nor urllib3 has a place for a deadline.
UNDER_WAY: ContextVar[Exchange] = ContextVar("exchange under way")


class _ClockedReader(io.RawIOBase):
    """Reads a socket so that each wait ends with the call's deadline, dripping servers included."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._patience = sock.gettimeout() or 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = UNDER_WAY.get().remaining()
        self._sock.settimeout(min(left, self._patience) if self._patience else left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _ClockedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_ClockedReader(sock))


class _Guarded(HTTPConnection):
    """Connects only to permitted addresses and notes when the first byte of a request leaves."""

    encrypted = False
    response_class = _ClockedResponse

    def _new_conn(self) -> socket.socket:
        return _connect(self.host, self.port, encrypted=self.encrypted)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        UNDER_WAY.get().sent = True
        super().send(data)


class _Plain(_Guarded):
    pass


class _Encrypted(_Guarded, HTTPSConnection):
    encrypted = True


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class GuardedAdapter(HTTPAdapter):
    """The transport of every session made by `core.http`; repeats nothing by itself."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _EncryptedPool}


def _connect(host: str, port: int, *, encrypted: bool) -> socket.socket:
    """A socket to the first permitted address that answers: the address judged is the one used."""
    exchange = UNDER_WAY.get()
    failure: OSError | None = None
    for address in _permitted_addresses(host, port, encrypted=encrypted):
        try:
            within = min(exchange.connect_within, exchange.remaining())
            return create_connection((address, port), within, socket_options=_NO_DELAY)
        except OSError as error:
            failure = error
    if failure is None:
        raise HttpProblem("policy", host, sent=False, why="its address is not allowed")
    raise HttpProblem(kind_of(failure, sent=False), host, sent=False) from failure


_NO_DELAY: list[tuple[int, int, int | bytes]] = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]


def _permitted_addresses(host: str, port: int, *, encrypted: bool) -> list[str]:
    own_host = UNDER_WAY.get().own_host
    try:
        found = resolve(host, port)
    except OSError as error:
        raise HttpProblem("unreachable", host, sent=False) from error
    return [each for each in found if permitted(each, encrypted=encrypted, own_host=own_host)]


def kind_of(error: BaseException, *, sent: bool) -> Kind:
    """What happened, read from an error of requests, urllib3 or the socket and its causes."""
    causes = list(_causes(error))
    for kind, types in _KINDS:
        if any(isinstance(cause, types) for cause in causes):
            return kind
    return "reset" if sent else "unreachable"


_KINDS: tuple[tuple[Kind, tuple[type[BaseException], ...]], ...] = (
    ("policy", (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError)),
    ("timeout", (TimeoutError, Urllib3Timeout, requests.Timeout)),
    ("refused", (ConnectionRefusedError,)),
    ("unreachable", (socket.gaierror,)),
    ("tls", (ssl.SSLError,)),
)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it was raised from and what it wraps, outermost first."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
        waiting += [each for each in cause.args if isinstance(each, BaseException)]
