"""What only one supervisor may have: its VAR_DIR, its port."""

import errno
import fcntl
import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from ipaddress import ip_address
from pathlib import Path


class PlaceTaken(Exception):
    """Somebody else is there already; the words say what to change."""


@contextmanager
def only_one(folder: Path, roles: tuple[str, ...]) -> Iterator[None]:
    """Hold the lock of each role ("web", "worker") in `folder`. Raises PlaceTaken."""
    locks = [os.open(folder / f"up-{role}.lock", os.O_RDWR | os.O_CREAT, 0o600) for role in roles]
    try:
        for lock in locks:
            _lock(lock, folder)
        yield
    finally:
        for lock in locks:
            os.close(lock)


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        owner = os.pread(lock, 20, 0).decode().strip()
        raise PlaceTaken(
            f"already running with {folder} (process {owner}); stop it, or set VAR_DIR to another"
        ) from taken
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def need_port(host: str, port: int) -> None:
    """Raise PlaceTaken, with the variable to change, when the portal cannot listen there."""
    try:
        _listen(host, port)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            words = f"port {port} on {host} is taken; set PORT to a free one (PORT={port + 1})"
        else:
            words = f"cannot listen on {host} port {port} ({problem.strerror}); set HOST and PORT"
        raise PlaceTaken(words) from problem


def is_free(port: int) -> bool:
    """Whether somebody could listen on this port of the loopback."""
    try:
        _listen("127.0.0.1", port)
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def answers(host: str, port: int, name: str) -> bool:
    """Whether the portal answers `GET /healthz`, asked by the host name `name`."""
    wire = http.client.HTTPConnection(reachable(host), port, timeout=2)
    with closing(wire):
        try:
            wire.request("GET", "/healthz", headers={"Host": name})
            return wire.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False


def reachable(host: str) -> str:
    """Where to find a server that listens on `host`: "every address" is not one to go to."""
    try:
        address = ip_address(host)
    except ValueError:  # a name
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


def _listen(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    socket.create_server((host, port), family=family).close()
