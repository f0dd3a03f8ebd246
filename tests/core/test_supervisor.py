"""The supervisor's parts: children, their leash, the demonstration's values, ports and locks."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.core.supervisor import parts
from apps.core.supervisor.child import RESTARTS, Child, Part
from apps.core.supervisor.demo import SECRETS, URLS, Demo
from apps.core.supervisor.family import SIGNALS, Family, GaveUp
from apps.core.supervisor.places import (
    PlaceTaken,
    answers,
    free_port,
    is_free,
    need_port,
    only_one,
    reachable,
)

SLEEPER = "import time; print('awake', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


def python(name: str, code: str, **environment: str) -> Part:
    return Part(name=name, command=[sys.executable, "-c", code], environment=environment)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)
    return is_so()


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def handlers() -> Iterator[None]:
    """Put the signal handlers of the test run back."""
    kept = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_child_has_its_name_before_each_line(lines: list[str]) -> None:
    child = Child(python("web", "import os; print(os.environ['X'])", X="hello"), lines.append)
    child.start()
    assert wait_until(lambda: child.ended_with == 0)
    child.kill()
    assert lines == ["web    | hello"]


def test_a_child_may_crash_five_times_a_minute(lines: list[str]) -> None:
    child = Child(python("web", "pass"), lines.append)
    assert [child.may_restart() for _ in range(RESTARTS + 1)] == [True] * RESTARTS + [False]


def test_a_family_gives_up_on_a_child_that_keeps_crashing(lines: list[str]) -> None:
    family = Family(
        [python("web", "raise SystemExit(3)"), python("beat", SLEEPER)], last=[], say=lines.append
    )
    with pytest.raises(GaveUp, match="web ended with 3 too often within a minute"):
        family.run(is_up=lambda: False, when_up=lambda: None)
    assert lines.count("web ended with 3; starting it again") == RESTARTS


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", SIGNALS)
def test_a_family_ends_in_order_on_a_signal(lines: list[str], number: signal.Signals) -> None:
    told = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('ended')));"
    web, fakes = python("web", told + SLEEPER), python("fakes", told + SLEEPER)
    family = Family([web], last=[fakes], say=lines.append)
    family.obey_signals()
    family.run(
        is_up=lambda: sum("awake" in line for line in lines) == 2,
        when_up=lambda: os.kill(os.getpid(), number),
    )
    assert lines[2:] == ["web    | ended", "fakes  | ended"]


@pytest.mark.usefixtures("handlers")
def test_a_second_signal_ends_even_the_stubborn_at_once(lines: list[str]) -> None:
    family = Family([python("web", STUBBORN)], last=[], say=lines.append)
    family.obey_signals()

    def insist() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    family.run(is_up=lambda: "web    | awake" in lines, when_up=insist)
    assert lines == ["web    | awake"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a parent's end")
def test_a_leash_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from apps.core.supervisor.child import Child, Part\n"
        f"child = Child(Part(name='x', command=[sys.executable, '-c', {STUBBORN!r}]), print)\n"
        "child.start()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert "awake" in parent.stdout.readline()
        assert is_alive(pid)
        parent.kill()
    assert wait_until(lambda: not is_alive(pid))


def test_demo_values_are_made_once_for_their_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch)
    first = Demo(tmp_path)
    first.prepare("http://127.0.0.1:8000")
    assert stat.S_IMODE((tmp_path / "demo.env").stat().st_mode) == 0o600
    again = Demo(tmp_path)
    again.prepare("http://127.0.0.1:8000")
    assert again.values == first.values
    assert os.environ["SNOW_URL"] == f"http://127.0.0.1:{first.servicenow_port}"
    assert os.environ["SLACK_URL"] == f"http://127.0.0.1:{first.slack_port}/api/"


def test_demo_moves_off_a_port_that_was_taken_and_asks_to_be_applied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch)
    example = tmp_path / "example.yaml"
    example.write_text("programme: {}\n", encoding="utf-8")
    demo = Demo(tmp_path)
    demo.prepare("http://127.0.0.1:8000")
    assert demo.needs_applying(example)
    demo.note_applied(example)
    with socket.create_server(("127.0.0.1", demo.slack_port)):
        later = Demo(tmp_path)
        assert not later.needs_applying(example)
        later.prepare("http://127.0.0.1:8000")
    assert later.slack_port != demo.slack_port
    assert later.servicenow_port == demo.servicenow_port
    assert later.needs_applying(example)
    assert later.values["SLACK_BOT_TOKEN"] == demo.values["SLACK_BOT_TOKEN"]


def test_demo_is_applied_again_after_a_change_of_the_example_but_not_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch)
    example = tmp_path / "example.yaml"
    example.write_text("programme: {}\n", encoding="utf-8")
    demo = Demo(tmp_path)
    demo.prepare("http://127.0.0.1:8000")
    demo.note_applied(example)
    demo.prepare("http://127.0.0.1:8001")
    assert not demo.needs_applying(example)
    example.write_text("programme: {key: x}\n", encoding="utf-8")
    assert demo.needs_applying(example)


def test_demo_leaves_alone_what_somebody_has_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch)
    monkeypatch.setenv("SNOW_URL", "http://127.0.0.1:5555")
    Demo(tmp_path).prepare("http://127.0.0.1:8000")
    assert os.environ["SNOW_URL"] == "http://127.0.0.1:5555"


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """No value of a demonstration in this environment, and what the test sets is undone."""
    for name in (*SECRETS, *URLS, "BASE_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_it_needs_a_port_nobody_has() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not is_free(port)
        with pytest.raises(PlaceTaken, match=f"port {port} on 127.0.0.1 is taken; set PORT"):
            need_port("127.0.0.1", port)
    assert is_free(port)


def test_it_says_so_when_it_cannot_listen_at_an_address() -> None:
    with pytest.raises(PlaceTaken, match=r"cannot listen on 192\.0\.2\.1 .*; set HOST"):
        need_port("192.0.2.1", 8000)


def test_a_role_has_one_supervisor_and_another_role_its_own(tmp_path: Path) -> None:
    with only_one(tmp_path, ("web",)), only_one(tmp_path, ("worker",)):
        second = only_one(tmp_path, ("web", "worker"))
        with pytest.raises(PlaceTaken, match=f"process {os.getpid()}"):
            second.__enter__()
    with only_one(tmp_path, ("web", "worker")):
        assert (tmp_path / "up-web.lock").read_text(encoding="utf-8") == f"{os.getpid()}\n"


def test_nobody_answers_at_a_free_port() -> None:
    assert not answers("127.0.0.1", free_port(), "127.0.0.1")


@pytest.mark.parametrize(
    ("host", "there"),
    [
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - compared only
        ("::", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", "localhost"),
    ],
)
def test_it_knows_where_to_find_a_server(host: str, there: str) -> None:
    assert reachable(host) == there


def test_the_web_server_is_one_process_with_many_threads_on_sqlite(database_vendor: str) -> None:
    part = parts.web("::1", 8000)
    command = list(part.command)
    assert "[::1]:8000" in command
    assert "--no-control-socket" in command
    workers = int(command[command.index("--workers") + 1])
    threads = int(command[command.index("--threads") + 1])
    assert (
        (workers, threads) == (1, 80) if database_vendor == "sqlite" else workers * threads <= 256
    )
    assert int(part.environment["STREAMS"]) == threads // 2


def test_somebody_may_say_how_many_streams_there_are(settings: Any) -> None:
    settings.STREAMS = 3
    assert parts.web("::1", 8000).environment["STREAMS"] == "3"
