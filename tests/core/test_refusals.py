"""Saying no: a page to people, a part to htmx, a problem to programs."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory

from apps.core.readonly import ReadOnlyPortal, is_read_only
from apps.core.refusals import refuse, server_error
from tests import build

pytestmark = pytest.mark.django_db


def asked(path: str, **headers: str) -> HttpRequest:
    request = RequestFactory().get(path, headers=headers)
    request.user = AnonymousUser()
    request.session = SessionStore()
    request._messages = SessionStorage(request)  # type: ignore[attr-defined]  # as the middleware
    return request


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 503])
def test_it_says_what_is_wrong_and_what_to_do(status: int) -> None:
    answer = refuse(asked("/somewhere/"), status, "The particulars.")
    page = answer.content.decode()
    assert (answer.status_code, page.count("<h1")) == (status, 1)
    assert "The particulars." in page


def test_it_answers_a_program_with_a_problem() -> None:
    answer = refuse(asked("/api/v1/nothing/"), 404, "Nothing.")
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["detail"] == "Nothing."


def test_it_answers_htmx_with_a_part() -> None:
    answer = refuse(asked("/somewhere/", **{"HX-Request": "true"}), 409)
    assert b"<html" not in answer.content
    assert b"Somebody was faster" in answer.content


def test_it_needs_no_database_to_say_that_something_broke() -> None:
    answer = server_error(asked("/somewhere/"))
    assert (answer.status_code, b"It has been logged" in answer.content) == (500, True)


def test_it_shows_a_page_for_an_address_that_is_not_there() -> None:
    client = Client()
    client.force_login(
        build.person("vic", build.programme()), backend="django.contrib.auth.backends.ModelBackend"
    )
    answer = client.get("/no/such/page/")
    assert (answer.status_code, b"There is nothing here" in answer.content) == (404, True)


@pytest.mark.parametrize(
    ("words", "is_so"),
    [
        ("cannot execute INSERT in a read-only transaction", True),
        ("attempt to write a readonly database", True),
        ("database or disk is full", True),
        ("could not extend file: No space left on device", True),
        ("deadlock detected", False),
    ],
)
def test_it_knows_a_database_that_takes_no_writes(words: str, is_so: bool) -> None:
    assert is_read_only(DatabaseError(words)) is is_so


def test_it_says_that_the_portal_is_read_only() -> None:
    middleware = ReadOnlyPortal(lambda request: pytest.fail("not asked"))
    error = OperationalError("attempt to write a readonly database")
    answer = middleware.process_exception(asked("/inbox/"), error)
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert b"read-only for a moment" in answer.content


def test_it_leaves_other_errors_alone() -> None:
    middleware = ReadOnlyPortal(lambda request: pytest.fail("not asked"))
    assert middleware.process_exception(asked("/inbox/"), ValueError("x")) is None


def test_it_has_words_for_who_asks_for_another_host() -> None:
    answer = Client().get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, b"cannot be read" in answer.content) == (400, True)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
