"""`python -m apps.simulator.fakes`: both fakes in one process of their own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from apps.simulator.fakes.slack import send_message
from tests.simulator.asking import INCIDENT, ask, basic
from tests.simulator.hook import hook

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "apps.simulator.fakes"]
LINE = re.compile(r"(\w+) +(http://127\.0\.0\.1:\d+)\n")


@contextmanager
def _fakes(
    *arguments: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The process and the URLs it has printed."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SNOW_", "SLACK_"))
    }
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=clean | environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, dict(_line(process.stdout.readline()) for _ in range(2))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _line(text: str) -> tuple[str, str]:
    match = LINE.fullmatch(text)
    assert match is not None, text
    return match[1], match[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_and_ends_well(number: signal.Signals) -> None:
    with _fakes() as (process, urls):
        assert set(urls) == {"servicenow", "slack"}
        signed_in = basic("anybody", "anything")
        assert ask("GET", urls["servicenow"] + INCIDENT, headers=signed_in).status == 200
        token = {"Authorization": "Bearer xoxb-any"}
        assert ask("POST", urls["slack"] + "/api/auth.test", headers=token).json["ok"]
        process.send_signal(number)
        assert process.wait(10) == 0


def test_it_wants_the_credentials_of_the_environment() -> None:
    with _fakes(SNOW_PASSWORD="right", SLACK_BOT_TOKEN="xoxb-right") as (_, urls):
        table = urls["servicenow"] + INCIDENT
        statuses = [ask("GET", table, headers=basic("svc", each)).status for each in ("right", "x")]
        assert statuses == [200, 401]
        test = urls["slack"] + "/api/auth.test"
        answers = [
            ask("POST", test, headers={"Authorization": f"Bearer {each}"}).json["ok"]
            for each in ("xoxb-right", "xoxb-wrong")
        ]
        assert answers == [True, False]


def test_it_keeps_everything_over_kill_nine_on_fixed_ports(tmp_path: Path) -> None:
    with _fakes("--ledger", str(tmp_path)) as (process, urls):
        headers = {"Content-Type": "application/json", **basic("svc", "x")}
        table = urls["servicenow"] + INCIDENT
        ask("POST", table, body=b'{"short_description": "kept"}', headers=headers)
        process.kill()
        process.wait()
    ports = [url.rpartition(":")[2] for url in urls.values()]
    fixed = ("--port-servicenow", ports[0], "--port-slack", ports[1], "--ledger", str(tmp_path))
    with _fakes(*fixed) as (_, again):
        assert again == urls
        rows = ask("GET", table, headers=basic("svc", "x")).result
        assert [row["short_description"] for row in rows] == ["kept"]
    assert {each.name for each in tmp_path.iterdir()} == {"servicenow.jsonl", "slack.jsonl"}


def test_it_says_in_words_why_it_cannot_start() -> None:
    with _fakes() as (_, urls):
        port = urls["slack"].rpartition(":")[2]
        second = subprocess.run(
            [*COMMAND, "--port-servicenow", port], cwd=ROOT, capture_output=True, text=True
        )
    assert second.returncode == 1
    assert "the fakes cannot start" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_it_ends_when_its_parent_is_killed() -> None:
    starter = "import subprocess, sys; subprocess.run(sys.argv[1:])"
    parent = subprocess.Popen(
        [sys.executable, "-c", starter, *COMMAND], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    _line(parent.stdout.readline())
    _line(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert parent.stdout.read() == ""  # ends only when the last writer, the fakes, has ended
    parent.stdout.close()


def test_it_stores_what_a_sender_elsewhere_says_and_tells_the_hook() -> None:
    with _fakes() as (_, urls), hook() as heard:
        sent = send_message(
            heard.url,
            "secret",
            "C0HELP",
            "636 Omaha: link fails",
            "U0NEW",
            fake_url=urls["slack"],
            user_name="Nia New",
        )
        query = {"channel": "C0HELP", "ts": sent.ts, "user": "U0NEW"}
        headers = {"Authorization": "Bearer xoxb-any"}
        thread = ask(
            "GET", f"{urls['slack']}/api/conversations.replies", query=query, headers=headers
        )
        person = ask("GET", f"{urls['slack']}/api/users.info", query=query, headers=headers)
    assert len(heard.bodies) == 1
    assert [each["text"] for each in thread.json["messages"]] == ["636 Omaha: link fails"]
    assert person.json["user"]["real_name"] == "Nia New"


def test_it_needs_no_django() -> None:
    code = (
        "import sys, apps.simulator.fakes.__main__ as m; "
        "sys.exit(any(name.split('.')[0] in {'django', 'requests', 'slack_sdk'} "
        "for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
