"""How long a message takes to become an incident in the fake ServiceNow: real processes, real
HTTP, the engineer replaced by a program that logs at once; and until somebody is paged."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack
from benchmarks.servers import free_port, running, wait_for

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "40"))
KILLS = int(os.environ.get("BENCH_KILLS", "9"))
CHANNEL = "C02UP02HHGX"
STEPS = (
    "message committed → in the inbox",
    "log answered → in ServiceNow",
    "message committed → in ServiceNow",
)


def measure(name: str, urls: Mapping[str, str]) -> None:
    """Print the figures for one arrangement."""
    print(f"\nMessage to ServiceNow, {MESSAGES} messages one after the other, {name}")
    with _arranged(urls) as (portal, snow, slack, group):
        found = [_one(portal, snow, slack, number) for number in range(MESSAGES)]
        paged = [_paged(portal, slack, number) for number in range(MESSAGES)]
        killed = [_paged(portal, slack, number, kill=partial(_kill, group, number))
                  for number in range(KILLS)]  # fmt: skip
    for index, what in enumerate(STEPS):
        _print(what, [one[index] for one in found])
    _print("severity 1 logged → first page told", paged)
    if killed:
        _print("the same, a process killed with -9", killed)
    print("  aims: 5 s at p95; 60 s after a kill")


def _print(what: str, seconds: Sequence[float]) -> None:
    times = sorted(1000 * one for one in seconds)
    p50, p95 = times[len(times) // 2], times[int(0.95 * len(times))]
    print(f"  {what:36} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   max {times[-1]:7.1f} ms")


@contextmanager
def _arranged(
    urls: Mapping[str, str],
) -> Iterator[tuple["_Portal", FakeServiceNow, FakeSlack, int]]:
    """A running portal with the example's programme, and the systems around it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rollcall-bench-")))
        snow = stack.enter_context(FakeServiceNow(username="svc"))
        slack = stack.enter_context(FakeSlack())
        environment = _environment(folder, urls, snow, slack)
        token = _prepare(environment)
        port = int(environment["PORT"])
        command = [sys.executable, "manage.py", "up"]
        up = stack.enter_context(running(command, environment, folder / "up.log"))
        wait_for(f"http://127.0.0.1:{port}/healthz", 60)
        time.sleep(3)  # until the worker is there too
        yield _Portal(port, token), snow, slack, up.pid


class _Portal:
    def __init__(self, port: int, token: str) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.token = token

    def ask(self, path: str, sent: Mapping[str, object] | None = None) -> Any:
        """The answer to a GET, or to a POST of what is sent."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        method, data = "GET", None
        if sent is not None:
            method, data = "POST", json.dumps(sent).encode()
        with urlopen(Request(self.base + path, data, headers, method=method), timeout=30) as answer:
            return json.load(answer)

    def until(self, path: str) -> Any:
        """Ask until there is a result; every 5 ms, so that asking costs little."""
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            if results := self.ask(path)["results"]:
                return results[0]
            time.sleep(0.005)
        raise TimeoutError(path)


def _one(
    portal: _Portal, snow: FakeServiceNow, slack: FakeSlack, number: int
) -> tuple[float, float, float]:
    """Seconds from the hook's answer to the inbox, from log to ServiceNow, and in all."""
    committed, message = _heard(portal, slack, number)
    listed = time.time()
    incident = portal.ask(f"/api/v1/messages/{message}/log/", {})
    logged = time.time()
    there = _created(snow, incident["key"])
    return listed - committed, there - logged, there - committed


def _paged(
    portal: _Portal, slack: FakeSlack, number: int, kill: Callable[[], None] | None = None
) -> float:
    """Seconds from the answer that a ticket of severity 1 is logged to the first direct message
    about it, by the ledger of the fake."""
    _, message = _heard(portal, slack, number)
    incident = portal.ask(f"/api/v1/messages/{message}/log/", {"severity": 1})
    logged = time.time()
    if kill is not None:
        kill()
    told = slack.ledger.wait_for(
        lambda entry: entry.kind == "effect" and _is_direct(entry.payload, incident["number"]),
        within=120,
    )
    if kill is not None:
        time.sleep(3)  # an orphaned web worker may answer a little longer
        wait_for(f"{portal.base}/healthz", 60)
    assert told is not None, f"nobody was told of {incident['number']}"
    return datetime.fromisoformat(told.at).timestamp() - logged


def _kill(group: int, number: int) -> None:
    """Web, worker, beat, one after another, a little later each time; `up` starts it anew."""
    time.sleep(0.02 * number)
    os.kill(_child(group, ("gunicorn", "worker", "beat")[number % 3]), signal.SIGKILL)


def _child(parent: int, part: str) -> int:
    """The process of a part that `up` has started (Linux)."""
    pids = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return next(int(pid) for pid in pids if part in Path(f"/proc/{pid}/cmdline").read_text())


def _is_direct(payload: Any, number: str) -> bool:
    return str(payload.get("channel", "")) != CHANNEL and number in str(payload)


def _heard(portal: _Portal, slack: FakeSlack, number: int) -> tuple[float, int]:
    """When the hook had answered a new message, and its id in the inbox."""
    text = f"636 Omaha: check-in link gives an error, number {number}"
    answer = slack.send_message(f"{portal.base}/hooks/dsva/", CHANNEL, text)
    assert answer.status == 200, answer.body
    committed = time.time()
    return committed, portal.until("/api/v1/messages/?logged=false&fields=id")["id"]


def _created(snow: FakeServiceNow, key: str) -> float:
    """When the fake made the record, by its own ledger (unix seconds)."""
    made = snow.ledger.wait_for(lambda entry: entry.kind == "effect" and key in str(entry.payload))
    assert made is not None, f"no incident for {key}"
    return datetime.fromisoformat(made.at).timestamp()


def _environment(
    folder: Path, urls: Mapping[str, str], snow: FakeServiceNow, slack: FakeSlack
) -> dict[str, str]:
    return {
        "VAR_DIR": str(folder),
        "ENV_FILE": os.devnull,
        "DEMO": "0",
        "PORT": str(free_port()),
        "SECRET_KEY": "bench",
        "FIELD_KEYS": "cm9sbGNhbGwtdGVzdHMtZmllbGQta2V5LTAwMDAwMDE=",
        "SNOW_URL": snow.url,
        "SNOW_PASSWORD": snow.password,
        "SLACK_URL": slack.api_url,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_BOT_TOKEN": slack.token,
        "DEMO_PASSWORD": "bench-password-1",
        "LOG_LEVEL": "WARNING",
        **urls,
    }


def _prepare(environment: Mapping[str, str]) -> str:
    """The real programme, shifted to today; returns a token of Ana's."""
    example = "examples/va-check-in-2022.yaml"
    for command in (["migrate", "--verbosity", "0"], ["apply", example, "--shift-to-today"]):
        _manage(command, environment)
    return _manage(["token", "create", "--user", "ana"], environment).strip()


def _manage(command: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
