"""The demonstration started on a Saturday: its day is a Tuesday, its signatures are of today."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.portal.running import Up, manage, wait_until

SATURDAY = "2026-06-27T12:00:00-04:00"


@pytest.mark.sqlite_only
def test_it_opens_on_tuesday_and_still_takes_signed_messages(environment: dict[str, str]) -> None:
    environment |= {"DEMO": "1"}
    with Up(environment, "--demo-at", SATURDAY) as up:
        up.wait_for("Stop with Ctrl-C")
        assert "the demonstration's clock opens at Tue 23 Jun 14:40 UTC" in up.lines
        token = manage(environment, "token", "create", "--user", "ana").strip()
        duty = ask(up, "/api/v1/oncall/now/", token)
        assert duty["at"].startswith("2026-06-23T14:4")
        manage(environment, "demo", "say", "636 Omaha: the kiosk lost its printer")
        assert wait_until(lambda: "lost its printer" in newest(up, token)["text"])
        assert newest(up, token)["received_at"].startswith("2026-06-23T14:4")


def newest(up: Up, token: str) -> Any:
    return ask(up, "/api/v1/messages/?page_size=1", token)["results"][0]


def ask(up: Up, path: str, token: str) -> Any:
    url = f"http://127.0.0.1:{up.environment['PORT']}{path}"
    with urlopen(Request(url, headers={"Authorization": f"Bearer {token}"}), timeout=20) as answer:
        return json.load(answer)
