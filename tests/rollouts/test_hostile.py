"""Nothing that is sent to the API of the roll-out ends in an error of ours (500).

A loop over the schema: every operation of these routes with hostile values in its path, its query
and its body, as an administrator, who is stopped by no role.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.django import TestCase
from pytest_django import Settings

from apps.core.api.limits import counters
from tests import build
from tests.pages import BACKEND

OURS = ("programmes", "products", "sites", "waves", "go-lives", "schedule-changes")
Operation = tuple[str, str, tuple[str, ...], tuple[str, ...], bool]


def operations() -> Iterator[Operation]:
    """Method, path, names of its query, names in its body, whether that is a list's item."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # untyped
    for path, methods in schema["paths"].items():
        if path.removeprefix("/api/v1/").split("/")[0] not in OURS:
            continue
        for method, said in methods.items():
            query = [one["name"] for one in said.get("parameters", []) if one["in"] == "query"]
            yield method, path, tuple(query), tuple(_names(schema, said)), False


def _names(schema: Any, said: Any) -> list[str]:
    content = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    reference = content.get("schema", {}).get("$ref", "")
    found = schema["components"]["schemas"].get(reference.rsplit("/", 1)[-1], {})
    return sorted(found.get("properties", {}))


OPERATIONS = sorted(operations())
TEXTS = some.one_of(
    some.sampled_from(
        ["", " ",
         "\x00", "a\x00b", "\ud800", "🙂" * 300, "nan", "Infinity", "-1", "0", "1", "1e400",
         "9" * 40, "9" * 5000, "2022-06-27", "2022-02-30", "0001-01-01", "9999-12-31", "p",
         "2022-06-27T12:00:00", "2022-11-06T01:30:00-05:00", "9999-12-31T23:59:59Z",
         "0001-01-01T00:00:00+14:00", "2022-06-27 12:00:00+00:00", "2022-06-27T24:00:00Z",
         "442", "442gc", "America/Denver", "../../etc/passwd", "Etc", "posix", "%00", "' OR 1=1 --",
         "echeckin", "move", "pause", "live", "id,id", "-id", "{}", "[]", "null", "true"]
    ),
    some.text(max_size=30),
)  # fmt: skip
PLAIN = some.one_of(
    TEXTS, some.none(), some.booleans(), some.integers(), some.integers(-(2**70), 2**70),
    some.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
VALUES = some.recursive(
    PLAIN,
    lambda inner: some.one_of(
        some.lists(inner, max_size=3),
        some.dictionaries(
            some.one_of(
                TEXTS,
                some.sampled_from(["id", "to", "version", "on", "name", "start", "end", "reason",
                                   "key", "label", "days", "mon-fri"]),
            ),
            inner, max_size=4,
        ),
    ),
    max_leaves=8,
)  # fmt: skip
GOOD: dict[str, Any] = {
    "programme": "p", "key": "new", "name": "New", "site": "442", "product": "echeckin",
    "number": "443", "wave": 1, "planned_on": "2030-06-10", "starts_on": "2030-06-10",
    "first_week": "2030-05-06", "last_week": "2030-08-26", "time_zone": "America/Denver",
    "reason": "why", "decided_by": "Dee", "kind": "move", "pace": 7, "go_live_days": 7,
}  # fmt: skip


class TestHostileRequests(TestCase):
    """Answers of 200 to 499 are fine; those of 400 and more say why, as problems do."""

    def _prepare(self) -> None:
        counters.clear()
        programme = build.programme(key="p")
        row = build.go_live(
            build.site("442"), build.product(programme),
            build.MONDAY.date(), wave=build.wave(programme, 1),
        )  # fmt: skip
        self.ids = {"key": "p", "number": "442", "pk": row.pk}
        self.client = Client(raise_request_exception=False)
        self.client.force_login(build.person("adi"), backend=BACKEND)

    @settings(max_examples=250)
    @given(data=some.data())
    def test_no_request_ends_in_an_error_of_ours(self, data: Any) -> None:
        self._prepare()
        method, path, query, names, _ = data.draw(some.sampled_from(OPERATIONS))
        url = self._path(data, path) + self._query(data, query)
        body = json.dumps(self._body(data, names))
        answer = self.client.generic(method.upper(), url, body, content_type="application/json")
        assert answer.status_code < 500, (method, url, body)
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", (method, url, body)

    def _path(self, data: Any, path: str) -> str:
        for name, known in self.ids.items():
            value = data.draw(some.one_of(some.just(str(known)), TEXTS.filter(bool)), label=name)
            text = quote(value.encode("utf-8", "replace"), safe="")
            path = path.replace("{" + name + "}", text)
        return path

    def _query(self, data: Any, names: tuple[str, ...]) -> str:
        chosen = data.draw(some.lists(some.sampled_from(names), unique=True)) if names else []
        parts = [f"{name}={quote(data.draw(TEXTS).encode('utf-8', 'replace'))}" for name in chosen]
        return f"?{'&'.join(parts)}"

    def _body(self, data: Any, names: tuple[str, ...]) -> Any:
        """Mostly what a good body holds, some of it replaced."""
        if data.draw(some.integers(0, 9)) == 0 or not names:
            return data.draw(VALUES)
        body = {name: GOOD[name] for name in names if name in GOOD}
        if "go_lives" in names:
            body["go_lives"] = [{"id": self.ids["pk"], "to": "2030-06-17"}]
        for name in data.draw(some.lists(some.sampled_from([*names, "surprise"]), max_size=3)):
            body[name] = data.draw(VALUES, label=name)
        return body


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"", b"[", b"\xff\xfe", b'{"a":' * 3000, b'{"name": NaN}',
                                  b'{"name": 1e400}', b'{"name": "\\ud800"}'])  # fmt: skip
def test_what_is_no_json_is_said_so(client: Client, settings: Settings, body: bytes) -> None:
    settings.DEBUG = False
    client.force_login(build.person("adi"), backend=BACKEND)
    for path in OURS:
        answer = client.post(f"/api/v1/{path}/", body, content_type="application/json")
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
