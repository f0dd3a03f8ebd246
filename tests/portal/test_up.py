"""`manage.py up`, end to end: it comes up, mends itself, says what is wrong, leaves nothing."""

import json
import os
import signal
import socket
import stat
from pathlib import Path

import pytest

from apps.core.supervisor.places import free_port
from tests.portal.running import Up, processes_with, wait_until

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="counts processes in /proc")


def kinds(commands: dict[int, str]) -> set[str]:
    """Which parts of the portal are among these command lines."""
    parts = {
        "gunicorn": "web",
        " worker ": "worker",
        " beat": "beat",
        "manage.py": "up",
        ".fakes": "fakes",
    }
    return {part for word, part in parts.items() for line in commands.values() if word in line}


ONCE = pytest.mark.sqlite_only  # the same on every database


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGINT, marks=ONCE),
        pytest.param(signal.SIGHUP, marks=ONCE),
    ],
)
def test_it_comes_up_and_a_signal_leaves_no_process(
    environment: dict[str, str], number: signal.Signals
) -> None:
    with Up(environment) as up:
        up.wait_for("Stop with Ctrl-C")
        assert up.get("/healthz")[0] == 200
        assert kinds(up.processes()) == {"up", "web", "worker", "beat"}
        assert up.stop(number) == 0
        assert up.processes() == {}
    assert up.lines[-1] == "stopped"


@ONCE
def test_it_makes_the_first_administrator_once(new_environment: dict[str, str]) -> None:
    with Up(new_environment, "--web-only") as up:
        line = up.wait_for("Sign in")
    kept = Path(new_environment["VAR_DIR"]) / "first-sign-in.txt"
    name, password = kept.read_text(encoding="utf-8").split()
    assert f"{name} · password {password}" in line
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with Up(new_environment, "--web-only") as up:
        up.wait_for("Stop with Ctrl-C")
    assert "Sign in" not in "\n".join(up.lines)


@ONCE
def test_it_takes_everything_along_when_killed(environment: dict[str, str]) -> None:
    with Up(environment) as up:
        up.wait_for("Stop with Ctrl-C")
        assert len(up.processes()) >= 5
        up.stop(signal.SIGKILL)
        assert wait_until(lambda: up.processes() == {})


@ONCE
def test_it_starts_a_crashed_part_again(environment: dict[str, str]) -> None:
    with Up(environment, "--worker-only") as up:
        up.wait_for("Stop with Ctrl-C")
        (beat,) = [pid for pid, line in up.processes().items() if " beat" in line]
        os.kill(beat, signal.SIGKILL)
        up.wait_for("beat ended with -9; starting it again")
        assert wait_until(lambda: kinds(up.processes()) == {"up", "worker", "beat"})


@ONCE
def test_it_says_which_variable_moves_it_off_a_taken_port(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Up(environment | {"PORT": str(port)}) as up:
            assert up.process.wait() == 1
    assert up.lines == [
        f"CommandError: port {port} on 127.0.0.1 is taken; set PORT to a free one (PORT={port + 1})"
    ]


@ONCE
@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORT", "0", "is not a port (1 to 65535)"),
        ("PORT", "65536", "is not a port (1 to 65535)"),
        ("PORT", "eighty", "is not a port (1 to 65535)"),
        ("DEMO", "maybe", "is neither 1 nor 0"),
    ],
)
def test_it_names_a_setting_it_cannot_use(
    environment: dict[str, str], name: str, value: str, words: str
) -> None:
    with Up({**environment, name: value}) as up:
        assert up.process.wait() == 1
    said = [line.removeprefix("CommandError: ") for line in up.lines]
    assert said == [f"{name}: {value!r} {words}"]


@ONCE
def test_it_is_the_only_one_in_its_folder(environment: dict[str, str]) -> None:
    with Up(environment, "--worker-only") as first:
        first.wait_for("Stop with Ctrl-C")
        with Up(environment | {"PORT": str(free_port())}) as second:
            assert second.process.wait() == 1
    (line,) = second.lines
    owner = f"{environment['VAR_DIR']} (process {first.process.pid})"
    assert line.startswith(f"CommandError: already running with {owner}; stop it")
    assert processes_with(f"VAR_DIR={environment['VAR_DIR']}") == {}


def test_it_works_without_the_broker_it_was_given(environment: dict[str, str]) -> None:
    gone = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    with Up(environment | gone) as up:
        up.wait_for("Stop with Ctrl-C")
        assert wait_until(lambda: checks(up)["workers"] == "ok")
        assert checks(up)["broker"] == "degraded"
        assert up.get("/readyz")[0] == 200


def checks(up: Up) -> dict[str, str]:
    """State of each check of /readyz."""
    answer = json.loads(up.get("/readyz")[1])
    return {name: check["state"] for name, check in answer["checks"].items()}


def test_it_loads_the_demonstration_once(new_environment: dict[str, str]) -> None:
    with Up(new_environment | {"DEMO": "1"}) as up:
        assert ", ana, ben, " in up.wait_for("Sign in")
        assert "loading the demonstration programme" in up.lines
        assert kinds(up.processes()) == {"up", "web", "worker", "beat", "fakes"}
    with Up(new_environment | {"DEMO": "1"}) as up:
        up.wait_for("Sign in")
    assert "loading the demonstration programme" not in up.lines
    assert up.processes() == {}
