"""Durable intake: the hook against the bare one-INSERT view and "hello" of the same run."""

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.load import Outcome, hammer, paced
from benchmarks.servers import web
from tests import slack

CONNECTIONS = 16
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))
SEED = """
from tests import build
build.slack(build.programme(), key="dsva")
"""
TEXT = "636 Omaha: check-in link gives an error, MSA has to check people in by hand"
SQLITE_INIT = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000"
)


def requests(path: str, first: int, *, method: str = "POST") -> Iterator[bytes]:
    """Signed messages numbered from `first`, each with an event id and a time stamp of its own."""
    for number in itertools.count(first):
        envelope = slack.event(TEXT, ts=f"1656340800.{number:06}", event_id=f"Ev{number:09}")
        body = slack.body_of(envelope) if method == "POST" else b""
        signature = "".join(f"{name}: {value}\r\n" for name, value in slack.signed(body).items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n{signature}\r\n"
        )
        yield head.encode() + body


def measure(name: str, database_url: str) -> None:
    """Print the figures for one database."""
    is_sqlite = not database_url
    print(f"\nDurable intake on {name}, {CONNECTIONS} connections, {SECONDS:.0f} s each")
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder:
        var, log = Path(folder), Path(folder) / "server.log"
        environment = _environment(var, database_url)
        _prepare(environment)
        bare = _bare_environment(environment, var, is_sqlite)
        with web(
            "benchmarks.bare:make_application()", bare, log, is_sqlite=is_sqlite, ready="/hello"
        ) as port:
            hello = _hammer(port, "/hello", method="GET")
            limit = _hammer(port, "/insert")
        with web(
            "portal.wsgi:application", environment, log, is_sqlite=is_sqlite, ready="/healthz"
        ) as port:
            ours = _hammer(port, "/hooks/dsva/")
            steady = paced(
                port, requests("/hooks/dsva/", 500_000), connections=32, rate=100, seconds=SECONDS
            )
    aim = 60 if is_sqlite else 75
    print(f"  hello                {hello}")
    print(f"  limit: one INSERT    {limit}")
    print(f"  hook                 {ours}")
    print(f"  hook at 100/s        {steady}")
    print(f"  hook / limit         {100 * ours.rate / limit.rate:5.0f} %   (aim {aim} %; p99 aim "
          f"{100 if is_sqlite else 25} ms)")  # fmt: skip


def _hammer(port: int, path: str, method: str = "POST") -> Outcome:
    """A second to warm up, then the run that counts."""
    hammer(port, requests(path, 0, method=method), connections=CONNECTIONS, seconds=1)
    fresh = requests(path, 100_000, method=method)
    return hammer(port, fresh, connections=CONNECTIONS, seconds=SECONDS)


def _environment(var: Path, database_url: str) -> dict[str, str]:
    return {
        "VAR_DIR": str(var),
        "ENV_FILE": os.devnull,
        "DATABASE_URL": database_url,
        "SECRET_KEY": "bench",
        "FIELD_KEYS": "cm9sbGNhbGwtdGVzdHMtZmllbGQta2V5LTAwMDAwMDE=",
        "LOG_LEVEL": "INFO",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }


def _prepare(environment: dict[str, str]) -> None:
    for command in (["migrate", "--verbosity", "0"], ["shell", "--no-imports", "-c", SEED],
                    ["shell", "--no-imports", "-c", _make_bare()]):  # fmt: skip
        subprocess.run(
            [sys.executable, "manage.py", *command], env={**os.environ, **environment}, check=True
        )


def _make_bare() -> str:
    return (
        "from django.db import connection\n"
        "connection.cursor().execute('CREATE TABLE IF NOT EXISTS bare (body TEXT NOT NULL)')"
    )


def _bare_environment(environment: dict[str, str], var: Path, is_sqlite: bool) -> dict[str, str]:
    database: dict[str, object]
    if is_sqlite:
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_INIT}
        file = str(var / "rollcall.sqlite3")
        database = {"ENGINE": "apps.core.sqlite", "NAME": file, "OPTIONS": options}
    else:
        database = _from_url(environment)
    database["CONN_MAX_AGE"] = None
    return {"BARE_DATABASE": json.dumps(database), "BARE_SECRET": slack.SECRET, **{
        name: value for name, value in environment.items() if name != "DJANGO_SETTINGS_MODULE"
    }}  # fmt: skip


def _from_url(environment: dict[str, str]) -> dict[str, object]:
    code = (
        "import json; from portal.settings import DATABASES as d; print(json.dumps(d['default']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    settings: dict[str, object] = json.loads(done.stdout)
    return settings
