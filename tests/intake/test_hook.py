"""The door: what is let in, what is refused and in which words, and that nothing else happens."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client

from apps.connections.models import Connection
from apps.intake import webhooks
from apps.intake.models import Arrival
from apps.intake.turnstile import FAILURES, turnstile
from tests import build, slack

pytestmark = pytest.mark.django_db
TEXT = "636 Omaha: check-in link gives an error"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    webhooks.known.clear()
    turnstile.clear()
    yield
    webhooks.known.clear()
    turnstile.clear()


@pytest.fixture
def dsva() -> Connection:
    return build.slack(build.programme(), key="dsva")


def post(body: bytes, key: str = "dsva", **headers: str) -> Any:
    return Client().post(
        f"/hooks/{key}/",
        body,
        content_type="application/json",
        headers=headers or slack.signed(body),
    )


def words(answer: HttpResponse) -> str:
    assert answer["Content-Type"] == "application/problem+json"
    return str(json.loads(answer.content)["detail"])


def test_it_keeps_a_signed_delivery_before_it_answers(dsva: Connection) -> None:
    body = slack.body_of(slack.event(TEXT))
    answer = post(body)
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "duplicate": False}
    arrival = Arrival.objects.get()
    assert (bytes(arrival.body), arrival.connection, arrival.state) == (body, dsva, "waiting")
    assert arrival.delivery_key == "A0ROLLCALL:T0ROLLCALL:Ev1"


def test_it_keeps_the_body_encrypted_and_no_secret_header(dsva: Connection) -> None:
    post(slack.body_of(slack.event("SSN 123-45-6789")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT body, headers FROM intake_arrival")
        body, headers = cursor.fetchone()
    assert b"123-45" not in bytes(body)
    assert "v0=" not in json.dumps(headers)


def test_it_answers_a_duplicate_200_and_keeps_one(dsva: Connection) -> None:
    body = slack.body_of(slack.event(TEXT))
    post(body)
    again = post(body, **slack.signed(body), **{"X-Slack-Retry-Num": "1"})
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert Arrival.objects.count() == 1


def test_it_keeps_deliveries_without_an_event_id_each(dsva: Connection) -> None:
    envelope = slack.event(TEXT)
    del envelope["event_id"]
    body = slack.body_of(envelope)
    assert [post(body).status_code for _ in range(2)] == [200, 200]
    assert Arrival.objects.count() == 2


@pytest.mark.parametrize(("skew", "status"), [(-299, 200), (299, 200), (-301, 401), (301, 401)])
def test_it_accepts_299_seconds_and_refuses_301(dsva: Connection, skew: int, status: int) -> None:
    body = slack.body_of(slack.event(TEXT))
    # Half a second inside the second, so that the answer does not depend on when the test runs.
    at = int(time.time()) + skew + (1 if skew in (-299, 301) else 0)
    assert post(body, **slack.signed(body, at=at)).status_code == status


FORGERIES: list[dict[str, str]] = [
    {"X-Slack-Signature": "v0=" + "0" * 64},
    {"X-Slack-Signature": "v0=é"},
    {"X-Slack-Signature": ""},
    {"X-Slack-Request-Timestamp": "yesterday"},
    {"X-Slack-Request-Timestamp": ""},
    {"X-Slack-Request-Timestamp": "1e9"},
    {"X-Slack-Request-Timestamp": "99999999999999999999"},
]


@pytest.mark.parametrize("forged", FORGERIES)
def test_it_refuses_a_bad_or_malformed_signature(dsva: Connection, forged: dict[str, str]) -> None:
    body = slack.body_of(slack.event(TEXT))
    answer = post(body, **{**slack.signed(body), **forged})
    assert answer.status_code == 401
    assert words(answer)
    assert not Arrival.objects.exists()


def test_it_refuses_a_missing_signature_and_another_body(dsva: Connection) -> None:
    body = slack.body_of(slack.event(TEXT))
    assert post(body, **{"X-Other": "1"}).status_code == 401
    assert post(body + b" ", **slack.signed(body)).status_code == 401
    assert post(body, **slack.signed(body, secret="other")).status_code == 401
    assert not Arrival.objects.exists()


def test_it_refuses_everything_when_the_connection_has_no_secret(dsva: Connection) -> None:
    Connection.objects.update(secrets={})
    body = slack.body_of(slack.event(TEXT))
    assert post(body, **slack.signed(body, secret="")).status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"payload=%7B%7D", b"[]", b'{"a":' + b"[" * 500 + b"]" * 500 + b"}"]
)
def test_it_refuses_what_it_cannot_read(dsva: Connection, body: bytes) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert words(answer)


def test_it_refuses_what_is_too_large(dsva: Connection) -> None:
    body = slack.body_of(slack.event("x" * (1024 * 1024)))
    assert post(body).status_code == 413


def test_it_does_not_know_other_keys(dsva: Connection) -> None:
    answer = post(slack.body_of(slack.event(TEXT)), key="other")
    assert (answer.status_code, "other" in words(answer)) == (404, True)


@pytest.mark.parametrize("path", ["/hooks/", "/hooks/a/b/", "/hooks/a b/", "/hooks/\x00/"])
def test_it_has_words_for_an_address_that_is_no_hook(path: str) -> None:
    answer: Any = Client().post(path, b"{}", content_type="application/json")
    assert (answer.status_code, words(answer)) == (404, "There is no such hook.")


def test_it_says_so_when_a_kind_is_not_listened_to() -> None:
    build.servicenow(build.programme(), key="snow")
    answer = post(b"{}", key="snow")
    assert (answer.status_code, "servicenow" in words(answer)) == (404, True)


def test_it_forgets_a_connection_that_was_switched_off(dsva: Connection) -> None:
    Connection.objects.update(is_active=False)
    assert post(slack.body_of(slack.event(TEXT))).status_code == 404


def test_it_answers_the_handshake_without_a_row(dsva: Connection) -> None:
    answer = post(slack.body_of({"type": "url_verification", "challenge": "abc<1>"}))
    assert (answer.status_code, answer.content) == (200, b"abc<1>")
    assert answer["Content-Type"].startswith("text/plain")
    assert not Arrival.objects.exists()


def test_it_wants_the_handshake_signed(dsva: Connection) -> None:
    body = slack.body_of({"type": "url_verification", "challenge": "abc"})
    assert post(body, **{"X-Other": "1"}).status_code == 401


def test_it_takes_only_posts(dsva: Connection) -> None:
    answer = Client().get("/hooks/dsva/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_it_slows_down_only_those_who_keep_failing(dsva: Connection) -> None:
    body = slack.body_of(slack.event(TEXT))
    statuses = {post(body, **{"X-Other": "1"}).status_code for _ in range(FAILURES)}
    refused = post(body, **{"X-Other": "1"})
    assert (statuses, refused.status_code) == ({401}, 429)
    assert int(refused["Retry-After"]) >= 1
    assert post(body).status_code == 200


def test_it_answers_503_when_the_row_cannot_be_written(
    dsva: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **kwargs: Any) -> bool:
        raise OperationalError("disk full")

    monkeypatch.setattr(type(Arrival.objects.all()), "keep", fails)
    answer = post(slack.body_of(slack.event(TEXT)))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "again" in words(answer)


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_it_writes_on_a_fresh_connection_when_the_old_one_died(dsva: Connection) -> None:
    post(slack.body_of(slack.event(TEXT)))
    _end_session(connection.connection.info.backend_pid)
    answer = post(slack.body_of(slack.event(TEXT, event_id="Ev2")))
    assert answer.status_code == 200
    assert Arrival.objects.count() == 2


def _end_session(pid: int) -> None:
    """As a restart of PostgreSQL ends it."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
