"""A private PostgreSQL and a private Redis on free ports, for tests and benchmarks.

PostgreSQL runs without fsync: a killed process loses nothing by that, only a power cut would, and
no test cuts the power. Ask for `durable=True` where the cost of a commit is measured.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

PACKAGES = {"initdb": "postgresql", "redis-server": "redis-server", "chromium": "chromium"}
STARTS_WITHIN = 30.0
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Missing(Exception):
    """A service cannot be started here; the words say why."""


def program(name: str) -> str | None:
    """Where a program is; Debian keeps those of PostgreSQL outside PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    return str(versions[-1]) if versions else shutil.which(name)


def _version(path: Path) -> float:
    return float(path.parts[-3])


def install_missing() -> None:
    """Install PostgreSQL, Redis and Chromium with apt where possible: Debian, and root."""
    names = [package for tool, package in PACKAGES.items() if program(tool) is None]
    apt = shutil.which("apt-get")
    if not names or apt is None or os.geteuid() != 0:
        return
    print(f"Installing {' and '.join(names)} (once)", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *names]):
        done = subprocess.run(
            [apt, "-q", *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"apt-get {command[0]} failed: {done.stderr.strip()[-500:]}", flush=True)


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """URL of a fresh PostgreSQL, stopped and removed at the end. Raises Missing."""
    initdb, server = program("initdb"), program("postgres")
    if initdb is None or server is None:
        raise Missing("PostgreSQL is not installed")
    user = _other_user("postgres")
    with _folder("rollcall-postgresql-", user) as folder:
        data, port = folder / "data", free_port()
        options = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8")
        _run([initdb, "--no-sync", *options, f"--pgdata={data}"], user)
        settings = [
            f"port={port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            *(() if durable else QUICK),
        ]
        flags = [flag for setting in settings for flag in ("-c", setting)]
        with _running([server, "-D", str(data), *flags], folder, port, user, signal.SIGINT):
            _until_it_accepts(port)
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"


def _until_it_accepts(port: int) -> None:
    """PostgreSQL listens before it accepts. Raises Missing."""
    asking = [program("pg_isready") or "pg_isready", "-q", "-h127.0.0.1", f"-p{port}"]
    until = time.monotonic() + STARTS_WITHIN
    while subprocess.run(asking, check=False).returncode:
        if time.monotonic() > until:
            raise Missing("PostgreSQL does not accept connections")
        time.sleep(0.05)


@contextmanager
def redis() -> Iterator[str]:
    """URL of a fresh Redis, stopped and removed at the end. Raises Missing."""
    server = program("redis-server")
    if server is None:
        raise Missing("Redis is not installed")
    with _folder("rollcall-redis-", None) as folder:
        port = free_port()
        flags = ("--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "no")
        with _running([server, "--port", str(port), *flags], folder, port, None, signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def _other_user(name: str) -> str | None:
    """PostgreSQL refuses to run as root: its own user then, which the package makes."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(name)
    except KeyError as nobody:
        raise Missing(f"there is no user {name!r} to run PostgreSQL as") from nobody
    return name


@contextmanager
def _folder(prefix: str, user: str | None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: Sequence[str], user: str | None) -> None:
    done = subprocess.run(command, user=user, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise Missing(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()}")


@contextmanager
def _running(
    command: Sequence[str], folder: Path, port: int, user: str | None, ending: signal.Signals
) -> Iterator[None]:
    with (folder / "log").open("wb") as output:
        # A session of its own: Ctrl-C reaches the tests first, then we stop the servers.
        process = subprocess.Popen(
            command, user=user, stdout=output, stderr=output, start_new_session=True, cwd="/"
        )
        try:
            _wait_for(port, process, folder / "log")
            yield
        finally:
            _stop(process, ending)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", output: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Missing(f"did not start: {output.read_text(errors='replace')[-500:]}")


def _stop(process: "subprocess.Popen[bytes]", ending: signal.Signals) -> None:
    process.send_signal(ending)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
