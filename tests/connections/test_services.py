"""Saving a connection: effect, refusal, nothing half-written, called twice."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection as database
from pytest_django import DjangoAssertNumQueries

from apps.connections.models import Connection
from apps.connections.services import Saved, UnableToSaveConnection, Wanted, save_connection
from apps.ledger.models import Change
from apps.rollouts.models import Programme
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)


@pytest.fixture
def programme() -> Programme:
    return build.programme(key="x")


def save(programme: Programme, **changes: Any) -> Saved:
    facts: dict[str, Any] = {
        "key": "snow",
        "kind": "servicenow",
        "base_url": "https://a.example.gov",
        "settings": {"username": "svc"},
        "secrets": {"password": "correct horse"},
    }
    return save_connection(
        wanted=Wanted(**facts | changes),
        programme=programme,
        actor="ana",
        origin="command",
        now=NOW,
    )


def test_it_makes_a_connection_of_the_programme(programme: Programme) -> None:
    saved = save(programme)
    assert saved.before is None
    assert saved.changed_secrets == ("password",)
    assert saved.has_joined
    assert programme.connections.get().key == "snow"


def test_the_second_time_it_writes_nothing(
    programme: Programme, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    save(programme)
    with django_assert_num_queries(4):  # savepoint, the row, whether it has joined, release
        saved = save(programme)
    assert not saved.is_changed
    assert Change.objects.count() == 1


def test_secrets_are_not_readable_in_the_database(programme: Programme) -> None:
    save(programme)
    with database.cursor() as cursor:
        cursor.execute("SELECT secrets FROM connections_connection")
        (raw,) = cursor.fetchone() or ("",)
    assert "correct horse" not in raw
    assert Connection.objects.get().secrets == {"password": "correct horse"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"base_url": ""}, {"base_url": ["https://a.example.gov", ""]}),
        ({"settings": {}}, {"username": ["svc", None]}),
        ({"settings": {"username": "svc", "auth": "basic"}}, {"auth": [None, "basic"]}),
        ({"secrets": {"password": "other"}}, {"secrets": ["password"]}),
        ({"secrets": {"webhook_secret": "s"}}, {"secrets": ["password", "webhook_secret"]}),
    ],
)
def test_the_ledger_has_what_changed_and_only_names_of_secrets(
    programme: Programme, changes: dict[str, Any], fields: dict[str, Any]
) -> None:
    save(programme)
    assert save(programme, **changes).is_changed
    change = Change.objects.latest("id")
    assert (change.type, change.subject_key) == ("connection.changed", "snow")
    assert change.fields == fields


def test_a_second_programme_only_joins(programme: Programme) -> None:
    save(programme)
    saved = save(build.programme(key="y"))
    assert saved.has_joined
    assert saved.before == saved.after
    assert saved.changed_secrets == ()
    assert Connection.objects.count() == 1


def test_what_was_switched_off_is_used_again(programme: Programme) -> None:
    save(programme)
    Connection.objects.update(is_active=False)
    assert save(programme).is_changed
    assert Connection.objects.get().is_active


def test_another_kind_is_refused_and_nothing_is_written(programme: Programme) -> None:
    save(programme)
    with pytest.raises(UnableToSaveConnection, match="take another key for slack"):
        save(build.programme(key="y"), kind="slack", base_url="https://b.example.gov")
    row = Connection.objects.get()
    assert (row.kind, row.base_url) == ("servicenow", "https://a.example.gov")
    assert Change.objects.count() == 1
