"""A plain HTTP client, so that nothing between a test and a fake smooths anything over."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import urlencode, urlsplit

from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack

INCIDENT = "/api/now/table/incident"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def result(self) -> Any:
        return self.json["result"]


def ask(
    method: str,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
) -> Answer:
    """One request on a connection of its own."""
    parts = urlsplit(url)
    text = "&".join(filter(None, [parts.query, urlencode(query or {})]))
    path = f"{parts.path}?{text}" if text else parts.path
    connection = HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request(method, path, body=body or None, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def basic(username: str, password: str) -> dict[str, str]:
    pair = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def snow(
    fake: FakeServiceNow,
    method: str = "GET",
    path: str = INCIDENT,
    *,
    json_body: Any = None,
    timeout: float = 10.0,
    **query: str,
) -> Answer:
    """A Table API call of a well-behaved client."""
    headers = {"Accept": "application/json", **basic(fake.username, fake.password)}
    body = b""
    if json_body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(json_body).encode()
    url = fake.url + path
    return ask(method, url, query=query, body=body, headers=headers, timeout=timeout)


def find(fake: FakeServiceNow, query: str) -> list[str]:
    """The titles of the incidents an encoded query finds."""
    answer = snow(fake, sysparm_query=query, sysparm_fields="short_description")
    assert answer.status == 200
    return [row["short_description"] for row in answer.result]


def slack(fake: FakeSlack, method: str, *, timeout: float = 10.0, **arguments: Any) -> Any:
    """A Web API call with JSON, and its JSON answer."""
    headers = {
        "Authorization": f"Bearer {fake.token}",
        "Content-Type": "application/json; charset=utf-8",
    }
    body = json.dumps(arguments).encode()
    return ask("POST", fake.api_url + method, body=body, headers=headers, timeout=timeout).json
