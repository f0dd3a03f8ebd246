"""Errors of the API, one object, instants in and out."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.exceptions import ValidationError

from apps.core.api.fields import InstantField, written
from apps.core.api.problems import Problem, problem_body
from apps.incidents.models import Incident
from apps.rollouts.models import Wave
from tests import build
from tests.core import api_setup

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _routes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    api_setup.install(settings, monkeypatch)


@pytest.fixture
def client(db: None) -> Client:
    return api_setup.signed_in()


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The body of a problem, after the checks that hold for every one."""
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    return body


def test_nothing_there(client: Client) -> None:
    assert (
        problem(client.get("/api/nowhere/"), 404)["detail"] == "There is nothing at /api/nowhere/."
    )
    problem(client.get("/api/waves/77/"), 404)


def test_not_signed_in(db: None) -> None:
    answer = Client().get("/api/waves/")
    problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"


def test_another_method(client: Client) -> None:
    answer = client.post("/api/waves/")
    assert problem(answer, 405)["title"] == "Method Not Allowed"
    assert answer["Allow"] == "GET, HEAD"


def test_another_media_type(client: Client) -> None:
    problem(client.post("/api/echo/", "a=1", content_type="application/x-www-form-urlencoded"), 415)
    problem(client.get("/api/waves/", headers={"Accept": "text/html"}), 406)


@pytest.mark.parametrize("body", ["{", "[1,]", "{'a': 1}", "\xff", "nan", "NaN", "[" * 100_000, ""])
def test_not_json(client: Client, body: str) -> None:
    raw = body.encode("latin-1")
    answer = client.post("/api/sites/", raw, content_type="application/json")
    problem(answer, 400)


def test_too_large(client: Client) -> None:
    body = b'"' + b"x" * 1024 * 1024 + b'"'
    answer = client.post("/api/echo/", body, content_type="application/json")
    assert problem(answer, 413)["detail"] == "The body is larger than 1 MiB."


def test_a_body_at_the_limit_is_read(client: Client) -> None:
    body = b'"' + b"x" * (1024 * 1024 - 2) + b'"'
    assert client.post("/api/echo/", body, content_type="application/json").status_code == 200


@pytest.mark.parametrize("url", ["/api/waves/?fields=%00", "/api/echo/a%00b/", "/api/waves/a%00b/"])
def test_a_nul_character_reaches_no_database(client: Client, url: str) -> None:
    assert "NUL" in problem(client.get(url), 400)["detail"]


def test_fields_that_need_another_value(client: Client) -> None:
    answer = client.post("/api/sites/", {"number": ""}, content_type="application/json")
    body = problem(answer, 400)
    assert set(body["errors"]) == {"number", "name"}


def test_an_error_of_ours_says_nothing_about_itself(client: Client) -> None:
    answer = client.get("/api/broken/")
    problem(answer, 500)
    assert "secret words" not in answer.content.decode()


def test_a_problem_may_carry_more() -> None:
    body = problem_body(409, "was logged", incident="RC-12")
    assert body["incident"] == "RC-12"
    assert "errors" not in body
    assert str(Problem(409, "was logged")) == "was logged"


# --- one object ------------------------------------------------------------------------------


@pytest.fixture
def incident(db: None) -> Incident:
    programme = build.programme()
    return Incident.objects.create(
        programme=programme, title="Link gives an error", severity=3, impact=3, urgency=3,
        priority=4, source="slack", opened_at=NOW, updated_at=NOW, acknowledge_due_at=NOW,
        response_due_at=NOW, version=7,
    )  # fmt: skip


def test_one_object_has_its_version_as_etag(client: Client, incident: Incident) -> None:
    answer = client.get(f"/api/incidents/{incident.pk}/")
    assert answer["ETag"] == '"7"'
    assert answer.json() == {
        "id": incident.pk,
        "title": "Link gives an error",
        "opened_at": "2022-06-27T14:40:00Z",
        "version": 7,
    }


@pytest.mark.parametrize(("etag", "status"), [('"7"', 304), ('"6", "7"', 304), ('"8"', 200)])
def test_it_is_not_sent_again_when_it_is_known(
    client: Client, incident: Incident, etag: str, status: int
) -> None:
    answer = client.get(f"/api/incidents/{incident.pk}/", headers={"If-None-Match": etag})
    assert answer.status_code == status
    assert answer["ETag"] == '"7"'


def test_it_may_be_asked_for_in_part(client: Client, incident: Incident) -> None:
    answer = client.get(f"/api/incidents/{incident.pk}/?fields=title")
    assert answer.json() == {"title": "Link gives an error"}


def test_one_object_of_another_programme_is_not_there(incident: Incident) -> None:
    ana = api_setup.signed_in(build.person("ana", build.programme()))
    problem(ana.get(f"/api/incidents/{incident.pk}/"), 404)


def test_one_object_without_version_has_no_etag(client: Client) -> None:
    programme = build.programme()
    build.checklist(programme, ("poster", "Posters", "pm", 0, False))
    answer = client.get(f"/api/templates/{programme.checklist.get().pk}/")
    assert answer.json()["key"] == "poster"
    assert "ETag" not in answer


def test_a_key_of_the_wrong_form_names_nothing(client: Client) -> None:
    assert Wave.objects.count() == 0
    problem(client.get("/api/waves/five/"), 404)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, {}, 200),
        ({}, {"version": 7}, 200),
        ({"If-Match": '"7"'}, {}, 200),
        ({"If-Match": "*"}, {}, 200),
        ({}, {"version": 6}, 409),
        ({}, {"version": "7"}, 200),  # as a form sends it
        ({}, {"version": "06"}, 409),
        ({}, {"version": True}, 409),
        ({}, [], 200),
        ({"If-Match": '"6"'}, {}, 412),
        ({"If-Match": '"6"'}, {"version": 7}, 412),
        ({"If-Match": "nonsense"}, {}, 412),
    ],
)
def test_a_write_about_an_older_version_gets_the_fresh_object(
    client: Client, incident: Incident, headers: dict[str, str], body: Any, status: int
) -> None:
    answer = client.patch(
        f"/api/incidents/{incident.pk}/", body, content_type="application/json", headers=headers
    )
    assert answer.status_code == status
    if status != 200:
        assert problem(answer, status)["current"]["version"] == 7
        assert answer["ETag"] == '"7"'


# --- instants --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2022-05-02T13:00:00Z",
        "2022-05-02T13:00:00.999Z",
        "2022-05-02T08:00:00-05:00",
        "2022-05-02 13:00:00Z",
    ],
)
def test_an_instant_is_read_and_written_in_utc(client: Client, text: str) -> None:
    assert client.get("/api/echo/", {"at": text}).json() == {"at": "2022-05-02T13:00:00Z"}


def test_a_plus_that_was_not_escaped_is_understood(client: Client) -> None:
    answer = client.get("/api/echo/?at=2022-05-02T15:00:00+02:00")
    assert answer.json() == {"at": "2022-05-02T13:00:00Z"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2022-05-02T13:00:00", "Say the offset"),
        ("2022-05-02", "Say the offset"),
        ("2022-02-30T00:00:00Z", "Not an instant"),
        ("yesterday", "Not an instant"),
        ("0001-01-01T00:00:00+14:00", "Not an instant"),
        ("9999-12-31T23:59:59-14:00", "Not an instant"),
    ],
)
def test_what_is_no_instant_is_refused_in_words(client: Client, text: str, words: str) -> None:
    body = problem(client.get("/api/echo/", {"at": text}), 400)
    assert words in body["errors"]["at"][0]


def test_a_date_is_read_from_the_address(client: Client) -> None:
    assert client.get("/api/echo/?on=2022-05-02").json() == {"on": "2022-05-02"}
    assert client.get("/api/echo/").json() == {"on": None}
    body = problem(client.get("/api/echo/?on=2022-02-30"), 400)
    assert body["errors"] == {"on": ["Not a date; write it as 2022-05-02."]}


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2999, 1, 1)),  # noqa: DTZ001 - zone below
    st.integers(-14 * 60, 14 * 60),
)
def test_whatever_is_written_reads_back_to_the_second(at: datetime, minutes: int) -> None:
    aware = at.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    read = InstantField().run_validation(written(aware))
    assert read == aware.replace(microsecond=0)
    assert written(read) == written(aware)


@given(st.text(max_size=30))
def test_any_text_is_an_instant_or_refused(text: str) -> None:
    try:
        found = InstantField().run_validation(text)
    except ValidationError:
        return
    assert found.utcoffset() == timedelta(0)
