"""Starts what is measured: gunicorn with the portal or the bare project, workers, fakes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

GUNICORN = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--no-control-socket",
            "--log-level", "warning", "--keep-alive", "30"]  # fmt: skip


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process group of its own while the block runs."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextmanager
def web(
    application: str, environment: Mapping[str, str], log: Path, *, is_sqlite: bool, ready: str
) -> Iterator[int]:
    """gunicorn as `manage.py up` runs it; yields the port once `ready` answers."""
    port = free_port()
    shape = (
        ["--workers", "1", "--threads", "80"]
        if is_sqlite
        else ["--workers", "2", "--threads", "32"]
    )
    command = [*GUNICORN, *shape, "--bind", f"127.0.0.1:{port}", application]
    with running(command, environment, log):
        wait_for(f"http://127.0.0.1:{port}{ready}")
        yield port


def wait_for(url: str, seconds: float = 30.0) -> None:
    """Until the address answers. Raises TimeoutError."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            with urlopen(url, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(url)
