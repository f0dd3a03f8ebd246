"""The whole path in real processes over real HTTP, as a new user would go it; with the broker gone,
and with processes killed while messages come in. The fakes' ledgers are the truth."""

import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from apps.core.supervisor.places import free_port
from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack
from apps.simulator.fakes.slack.events import posted
from tests.portal.running import Up, manage, processes_with, wait_until

CHANNEL = "C02UP02HHGX"
YAML = """
programme: {key: small, name: Small, first_week: 2022-05-02, last_week: 2022-08-22, time_zone: UTC}
products: [{key: echeckin, name: eCheck-in, queue: Support}]
sites: [{number: "636", name: Omaha VA Medical Center, time_zone: America/Chicago}]
go_lives: [{site: "636", product: echeckin, planned_on: 2022-06-27}]
queues: [{name: Support}]
people:
  - {username: ana, name: Ana Ortiz, role: engineer, time_zone: UTC}
rotas:
  - {key: support, name: Support, time_zone: UTC, unit: week, hand_off: "mon 08:00",
     starts_on: 2022-05-02, duties: {primary: [ana]}}
connections:
  - {key: snow, kind: servicenow, base_url: "${SNOW_URL}", auth: basic, username: svc,
     password: "${SNOW_PASSWORD}", groups: [Support]}
  - {key: dsva, kind: slack, base_url: "${SLACK_URL}", signing_secret: "${SLACK_SECRET}",
     bot_token: "${SLACK_TOKEN}"}
channels: [{connection: dsva, id: C02UP02HHGX, name: go-live, purpose: go-live}]
"""


class World:
    """A portal's environment, its fakes, and what a person does with it."""

    def __init__(
        self, environment: Mapping[str, str], snow: FakeServiceNow, slack: FakeSlack, file: Path
    ) -> None:
        self.snow, self.slack, self.file = snow, slack, file
        self.environment = dict(environment) | {
            "SNOW_URL": snow.url,
            "SNOW_PASSWORD": snow.password,
            "SLACK_URL": slack.api_url,
            "SLACK_SECRET": slack.signing_secret,
            "SLACK_TOKEN": slack.token,
            "LOG_LEVEL": "WARNING",
        }
        self.base = f"http://127.0.0.1:{environment['PORT']}"

    def set_up(self) -> None:
        self.file.write_text(YAML, encoding="utf-8")
        manage(self.environment, "apply", str(self.file))
        self.token = manage(self.environment, "token", "create", "--user", "ana").strip()

    def ask(self, path: str, method: str = "GET") -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = b"{}" if method == "POST" else None
        with urlopen(Request(self.base + path, data, headers, method=method), timeout=20) as answer:
            return json.load(answer)

    def waiting(self) -> list[Any]:
        found: list[Any] = self.ask("/api/v1/messages/?logged=false&page_size=200")["results"]
        return found

    def say(self, text: str) -> bool:
        """Somebody writes; Slack sends it again until it is taken, as long as it would."""
        message = self.slack.add_message(CHANNEL, text, user="U0SITE")
        envelope = posted(CHANNEL, message)
        for number in range(40):
            try:
                hook = f"{self.base}/hooks/dsva/"
                if self.slack.deliver(hook, envelope, retry_num=min(number, 3)).status == 200:
                    return True
            except OSError:
                pass  # the portal is being restarted
            time.sleep(0.25)
        return False

    def log_all(self) -> None:
        for message in self.waiting():
            self.ask(f"/api/v1/messages/{message['id']}/log/", "POST")

    def is_done(self, count: int) -> bool:
        """Whether every ticket has its one record, and every thread its one answer."""
        return len(self.snow.records()) >= count and len(self.slack.posts(CHANNEL)) >= count


@pytest.fixture
def world(environment: dict[str, str], tmp_path: Path) -> Iterator[World]:
    with FakeServiceNow(username="svc") as snow, FakeSlack() as slack:
        made = World(environment, snow, slack, tmp_path / "small.yaml")
        made.set_up()
        yield made


def test_it_goes_the_whole_path_with_the_broker_gone(world: World) -> None:
    world.environment["REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    with Up(world.environment) as up:
        up.wait_for("Stop with Ctrl-C")
        assert world.say("636 Omaha: check-in link gives an error")
        assert wait_until(lambda: len(world.waiting()) == 1)
        world.log_all()
        assert wait_until(lambda: world.is_done(1))
        incident = world.ask("/api/v1/incidents/RC-1/")
        assert wait_until(lambda: world.ask("/api/v1/incidents/RC-1/")["servicenow"] is not None)
        assert (incident["site"], incident["assignee"]) == ("636", "ana")
        assert world.ask("/readyz")["state"] == "degraded"


def test_it_loses_and_doubles_nothing_while_processes_are_killed(world: World) -> None:
    count = 12
    with Up(world.environment) as up:
        up.wait_for("Stop with Ctrl-C")
        for number in range(count):
            assert world.say(f"636 Omaha: the link gives an error, number {number}")
            if number % 3 == 1:
                _kill_one(world, ("gunicorn", " worker ")[number % 2])
        assert wait_until(lambda: _logged(world) == count), up.lines[-40:]
        assert wait_until(lambda: world.is_done(count))
        assert wait_until(lambda: _is_drained(world))
    assert world.snow.quiet()
    keys = [row["correlation_id"] for row in world.snow.records()]
    threads = [one["thread_ts"] for one in world.slack.posts(CHANNEL)]
    assert (len(keys), len(set(keys))) == (count, count)
    assert (len(threads), len(set(threads))) == (count, count)


def _kill_one(world: World, word: str) -> None:
    """kill -9 of the web server or the worker of this portal; the supervisor starts it again."""
    for pid, command in processes_with(f"VAR_DIR={world.environment['VAR_DIR']}").items():
        if word in command:
            os.kill(pid, signal.SIGKILL)
            return


def _logged(world: World) -> int:
    """Log what waits; how many tickets there are now. The portal may be restarting."""
    time.sleep(0.25)  # not more often than a caller may
    try:
        world.log_all()
        return len(world.ask("/api/v1/incidents/?page_size=200")["results"])
    except (HTTPError, URLError, ConnectionError, TimeoutError):
        return -1


def _is_drained(world: World) -> bool:
    try:
        checks = world.ask("/readyz")["checks"]
    except (URLError, ConnectionError, TimeoutError):
        return False
    return (checks["inbox"]["waiting"], checks["outbox"]["waiting"]) == (0, 0)
