"""Cursors of pages: whatever somebody writes into an address, a list is answered."""

import base64
import json
from typing import Any

import pytest

from tests import build
from tests.pages import at_work

pytestmark = pytest.mark.django_db
ORDERS = ("number", "-number", "title", "-title", "severity", "-updated", "nonsense")


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "value",
    [
        ["abc", 1], [1, 1], [10**30, 10**30], [True, True], [None, 1], [[1], 1], {"a": 1}, [1.5, 2],
        ["a\x00b", 1], ["\ud800", 1], ["2020-13-45T00:00", 1], ["2020-01-01T00:00:00", 1],
        ["0001-01-01T00:00:00+14:00", 1], ["9999-12-31T23:59:59-12:00", 5], "nothing", [], 7,
    ],
)  # fmt: skip
def test_a_cursor_of_nowhere_is_answered_with_a_list(value: Any) -> None:
    client = at_work(build.person("adi"))
    for name in ("after", "before"):
        for order in ORDERS:
            answer = client.get("/incidents/", {"order": order, name: cursor(value)})
            assert answer.status_code == 200, (order, name)
        assert client.get("/audit/", {name: cursor(value)}).status_code == 200


@pytest.mark.parametrize("text", ["x", "!!!", "%00", "[" * 500, "ÿ", "a" * 5000])
def test_what_is_no_cursor_is_answered_with_a_list(text: str) -> None:
    client = at_work(build.person("adi"))
    for path in ("/incidents/", "/audit/"):
        assert client.get(path, {"after": text}).status_code == 200
