"""Tickets over the API."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.incidents.models import Incident
from apps.incidents.services import Draft, open_incident
from apps.rollouts.models import Programme
from tests import build
from tests.api import As

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)
Opens = Callable[..., Incident]
pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def ana(programme: Programme) -> As:
    return As(build.person("ana", programme))


@pytest.fixture
def opens(programme: Programme) -> Opens:
    def make(title: str = "check-in link gives an error", now: datetime = NOW) -> Incident:
        draft = Draft(
            programme=programme, title=title, description=title, severity=2, source="slack",
            site=build.site(),
        )  # fmt: skip
        return open_incident(
            draft=draft,
            assignee=None,
            assigned_because="nobody",
            actor="ana",
            origin="api",
            now=now,
        )

    return make


def numbers(answer: object) -> list[str]:
    return [row["number"] for row in answer.json()["results"]]  # type: ignore[attr-defined]


def test_it_shows_a_ticket_in_the_contracts_shape(ana: As, opens: Opens) -> None:
    incident = opens()
    shown = ana.get(f"incidents/{incident.number.lower()}/").json()
    assert (shown["number"], shown["site"], shown["state"]) == (incident.number, "636", "new")
    assert (shown["opened_at"], shown["servicenow"]) == ("2022-06-27T14:40:00Z", None)
    assert shown["due_at"] == "2022-06-27T14:55:00Z"
    assert {"impact", "urgency", "priority", "severity", "queue", "assignee", "version"} <= set(
        shown
    )


@pytest.mark.parametrize("number", ["RC-999999", "999", "INC1", "RC-", "RC-1x"])
def test_it_does_not_find_what_is_not_there(ana: As, number: str) -> None:
    assert ana.get(f"incidents/{number}/").status_code == 404


def test_it_tells_the_timeline_in_order(ana: As, opens: Opens) -> None:
    lines = ana.get(f"incidents/{opens().number}/timeline/").json()["results"]
    assert [line["kind"] for line in lines] == ["opened", "assigned"]


def test_it_finds_by_number_title_and_site(ana: As, opens: Opens) -> None:
    first, second = opens("link broken"), opens("list does not refresh")
    assert numbers(ana.get("incidents/?search=REFRESH")) == [second.number]
    assert numbers(ana.get(f"incidents/?search={first.number}")) == [first.number]
    assert numbers(ana.get("incidents/?search=636")) == [second.number, first.number]
    assert numbers(ana.get("incidents/?site=442")) == []


def test_it_filters_by_state_and_time(ana: As, opens: Opens) -> None:
    old, new = opens(now=NOW - timedelta(days=2)), opens()
    Incident.objects.filter(pk=old.pk).update(state="resolved", resolved_at=NOW)
    assert numbers(ana.get("incidents/?open=true")) == [new.number]
    assert numbers(ana.get("incidents/?open=false")) == [old.number]
    assert numbers(ana.get("incidents/?updated_since=2022-06-27T00:00:00Z")) == [new.number]


def test_it_hides_other_programmes(opens: Opens) -> None:
    number = opens().number
    stranger = As(build.person("pam", build.programme()))
    assert numbers(stranger.get("incidents/")) == []
    assert stranger.get(f"incidents/{number}/").status_code == 404
    assert stranger.get(f"incidents/{number}/timeline/").status_code == 404


def test_it_shows_everything_to_an_administrator(opens: Opens) -> None:
    number = opens().number
    assert numbers(As(build.person("adi")).get("incidents/")) == [number]


def test_it_does_not_send_again_what_has_not_changed(ana: As, opens: Opens) -> None:
    path = f"incidents/{opens().number}/"
    etag = ana.get(path)["ETag"]
    assert ana.get(path, **{"If-None-Match": etag}).status_code == 304


def test_it_pages_without_gaps(ana: As, opens: Opens) -> None:
    made = [opens().number for _ in range(5)]
    first = ana.get("incidents/?page_size=3").json()
    second = ana.get("incidents/?" + first["next"].partition("?")[2]).json()
    shown = [row["number"] for row in first["results"] + second["results"]]
    assert shown == made[::-1]


def test_it_asks_as_often_for_many_as_for_one(ana: As, opens: Opens) -> None:
    opens()
    one = _queries(ana)
    for _ in range(12):
        opens()
    assert _queries(ana) == one


def _queries(ana: As) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert ana.get("incidents/").status_code == 200
    return len(asked)
