"""A database that takes no writes: reading goes on, changing is refused with words."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.apps import SEEN
from apps.rollouts.models import Programme
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "The portal is read-only for a moment"


@contextmanager
def read_only() -> Iterator[None]:
    """The database refuses writes as it does on a standby or a file nobody may write."""
    is_sqlite = connection.vendor == "sqlite"
    name = "PRAGMA query_only" if is_sqlite else "SET default_transaction_read_only"
    with connection.cursor() as cursor:
        cursor.execute(f"{name} = on")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"{name} = off")


@pytest.fixture
def ana() -> Client:
    client = at_work(build.person("ana", build.programme()))
    session = client.session
    session[SEEN] = int(time.time()) - 300  # the next request would note that she is active
    session.save()
    return client


def test_pages_can_still_be_read(ana: Client) -> None:
    with read_only():
        for path in ("/", "/inbox/", "/incidents/", "/boards/product/", "/sites/", "/account/"):
            assert ana.get(path).status_code == 200, path


def test_what_would_change_something_says_that_it_cannot(ana: Client) -> None:
    with read_only():
        for path, data in (("/account/", {"time_zone": "UTC"}), ("/lock/", {}),
                           ("/incidents/views/", {"name": "mine"})):  # fmt: skip
            answer = ana.post(path, data)
            assert (answer.status_code, answer["Retry-After"]) == (503, "30"), path
            assert WORDS in text_of(answer)
    assert ana.post("/account/", {"time_zone": "UTC"}).status_code == 303


def test_the_api_answers_with_a_problem(ana: Client) -> None:
    data = {"programme": Programme.objects.get().key, "title": "Larger letters"}
    with read_only():
        answer = ana.post("/api/v1/work-items/", data, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert WORDS in answer.json()["detail"]


def test_nobody_signs_in_meanwhile(ana: Client) -> None:
    person = build.person("ben", build.programme())
    person.set_password("a long enough password")
    person.save()
    with read_only():
        facts = {"username": "ben", "password": "a long enough password"}
        answer = Client().post("/sign-in/", facts)
    assert (answer.status_code, WORDS in text_of(answer)) == (503, True)
