"""Log lines: known fields only, nothing personal, no path, no words of exceptions."""

import json
import logging
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from hypothesis import given
from hypothesis import strategies as st

from portal.logs import HIDDEN, line_formatter, mask
from portal.requests import RequestLog


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    line = line_formatter().format(record)
    assert "\n" not in line
    fields: dict[str, Any] = json.loads(line)
    return fields


def record(text: str, *args: object, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("apps.intake", logging.WARNING, __file__, 1, text, args, None)
    made.__dict__.update(more)
    return made


def test_it_writes_one_json_object_with_time_level_logger_and_text() -> None:
    fields = line_of(record("arrival %s failed", 7))
    assert fields["event"] == "arrival 7 failed"
    assert fields["level"] == "warning"
    assert fields["logger"] == "apps.intake"
    assert fields["timestamp"].endswith("Z")


def test_it_keeps_known_fields_and_hides_the_value_of_others() -> None:
    fields = line_of(record("sent", queue="sync", count=3, patient="John Doe"))
    assert (fields["queue"], fields["count"]) == ("sync", 3)
    assert fields["patient"] == HIDDEN


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("mail to ana.ortiz@example.gov bounced", "ana.ortiz"),
        ("call (555) 123-4567 back", "123-4567"),
        ("call 555-123-4567 back", "123-4567"),
        ("ssn 123-45-6789 seen", "6789"),
        ("redis://user:hunter2@cache:6379 refused", "hunter2"),
        ("Authorization: Bearer abcdefgh12345678", "abcdefgh"),
        ("Authorization: Basic YW5hOnNlY3JldA==", "YW5h"),
        ("token xoxb-123-abcdef", "abcdef"),
        ("password='correct horse'", "correct"),
        ("GET https://example.gov/x?sysparm_query=name", "sysparm_query"),
    ],
)
def test_it_masks_people_and_secrets_in_the_text(text: str, secret: str) -> None:
    assert secret not in mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "arrival 1234567890 failed after 3 attempts",
        "site 636 Omaha, wave 7, 2022-06-13 08:00",
        "outbox: broker not reached (ConnectionError)",
        "incident 0f8fad5b-d9cb-469f-a165-70867728950e closed",
    ],
)
def test_it_leaves_ordinary_text_alone(text: str) -> None:
    assert mask(text) == text


@given(st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{1,8}\.(gov|org)", fullmatch=True))
def test_it_masks_any_e_mail_address(address: str) -> None:
    assert address not in mask(f"from {address}: hello")


def test_it_names_an_exception_and_its_place_but_not_its_words() -> None:
    try:
        raise ValueError("Key (email)=(ana@example.gov) already exists")
    except ValueError as problem:
        info = (type(problem), problem, problem.__traceback__)
    made = record("failed")
    made.exc_info = info
    fields = line_of(made)
    assert fields["exception"].startswith("ValueError < tests/portal/test_logs.py:")
    assert "ana@" not in json.dumps(fields)
    assert "already exists" not in json.dumps(fields)


def lines_of(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [each for each in caplog.records if each.name == "rollcall.request"]


def answer(request: HttpRequest) -> HttpResponse:
    request.resolver_match = resolve("/healthz")
    return HttpResponse("fine", status=int(request.GET.get("status", "200")))


def ask(path: str, **headers: str) -> HttpResponse:
    return RequestLog(answer)(RequestFactory().get(path, headers=headers))


def test_it_logs_the_route_and_never_the_path(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ask("/feeds/secret-token.ics")
    (line,) = lines_of(caplog)
    assert line.__dict__["route"] == resolve("/healthz").view_name
    assert line.__dict__["status"] == 200
    assert "secret-token" not in json.dumps(line_of(line))


@pytest.mark.parametrize("path", ["/hooks/dsva/", "/healthz"])
def test_it_is_quiet_about_the_busiest_routes(caplog: pytest.LogCaptureFixture, path: str) -> None:
    caplog.set_level(logging.INFO)
    ask(path)
    assert lines_of(caplog) == []
    ask(f"{path}?status=503")
    assert [line.levelname for line in lines_of(caplog)] == ["ERROR"]


def test_it_answers_with_the_request_id_it_was_given() -> None:
    assert ask("/", **{"X-Request-Id": "abc-123.DEF"})["X-Request-Id"] == "abc-123.DEF"


@pytest.mark.parametrize("bad", ["", "short", "a b c d e f g h", "x" * 65, "evil\nline-12345"])
def test_it_makes_an_id_of_its_own_instead_of_a_bad_one(bad: str) -> None:
    given_back = ask("/", **{"X-Request-Id": bad})["X-Request-Id"]
    assert given_back != bad
    assert len(given_back) == 32


def test_it_says_where_a_view_failed(caplog: pytest.LogCaptureFixture) -> None:
    request = RequestFactory().get("/")
    RequestLog(answer).process_exception(request, ValueError("patient John Doe"))
    (line,) = lines_of(caplog)
    assert "John Doe" not in json.dumps(line_of(line))
    assert line_of(line)["exception"] == "ValueError"


@pytest.mark.parametrize("refusal", [Http404(), PermissionDenied(), BadRequest()])
def test_what_a_view_refuses_is_no_failure(
    caplog: pytest.LogCaptureFixture, refusal: Exception
) -> None:
    RequestLog(answer).process_exception(RequestFactory().get("/"), refusal)
    assert lines_of(caplog) == []


@pytest.mark.django_db
def test_it_stands_in_front_of_every_request(client: Client) -> None:
    assert len(client.get("/healthz")["X-Request-Id"]) == 32
