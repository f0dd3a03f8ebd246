"""The search of the top bar: pages, sites, tickets, people; only what one may see."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Person
from apps.core.search import search
from apps.incidents.services import Draft, open_incident
from apps.rollouts.models import Programme
from apps.servicenow.models import Link, Record
from tests import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def ana(programme: Programme) -> Person:
    return build.person("ana", programme)


def titles(text: str, person: Person, kind: str = "") -> list[str]:
    return [hit.title for group in search(text, person, kind=kind) for hit in group.hits]


def ticket(programme: Programme, title: str) -> Any:
    draft = Draft(
        programme=programme, title=title, description=title, severity=2, source="slack",
        site=build.site(),
    )  # fmt: skip
    return open_incident(
        draft=draft, assignee=None, assigned_because="nobody", actor="ana", origin="api",
        now=build.MONDAY,
    )  # fmt: skip


def test_it_finds_a_site_by_its_number_first(ana: Person) -> None:
    build.site("442", "Cheyenne VA Medical Center")
    build.site("442GC", "Fort Collins Clinic")
    build.site("636", "Site 442 Street")
    assert titles("442", ana, "site") == [
        "442 Cheyenne VA Medical Center", "442GC Fort Collins Clinic", "636 Site 442 Street",
    ]  # fmt: skip


def test_it_finds_tickets_by_number_and_words(ana: Person, programme: Programme) -> None:
    made = ticket(programme, "Kiosk shows an error")
    assert titles(made.number, ana, "ticket") == [f"{made.number} Kiosk shows an error"]
    assert titles("kiosk", ana, "ticket") == [f"{made.number} Kiosk shows an error"]


def test_it_finds_tickets_by_what_was_written_their_site_and_servicenow(
    ana: Person, programme: Programme
) -> None:
    made = ticket(programme, "Kiosk shows an error")
    connection = build.servicenow(programme)
    record = Record.objects.create(connection=connection, sys_id="a" * 32, number="INC0010001",
                                   sys_updated_on=build.MONDAY, sys_mod_count=1,
                                   seen_at=build.MONDAY)  # fmt: skip
    Link.objects.create(incident=made, record=record, linked_at=build.MONDAY)
    for text in ("INC0010001", "inc0010001", "636", "shows an err", made.number[3:]):
        assert titles(text, ana, "ticket") == [f"{made.number} Kiosk shows an error"], text


@pytest.mark.parametrize(
    ("text", "page"),
    [("map", "Map of sites"), ("cover", "Coverage proof"), ("hand", "Hand-overs to support"),
     ("account", "Your account")],
)  # fmt: skip
def test_it_finds_pages_beside_the_navigation(ana: Person, text: str, page: str) -> None:
    assert page in titles(text, ana, "page")
    assert "Planner" not in titles("plan", ana, "page")


def test_it_hides_what_belongs_to_another_programme(ana: Person) -> None:
    other = build.programme()
    ticket(other, "Kiosk shows an error")
    build.person("pam", other)
    assert titles("kiosk", ana) == []
    assert titles("pam", ana) == []


def test_it_offers_pages_before_anything_is_typed(ana: Person) -> None:
    assert "Inbox" in titles("", ana)
    assert "Settings" not in titles("", ana)
    assert "Settings" in titles("", build.person("adi"))


def test_it_finds_nothing_for_an_unknown_kind(ana: Person) -> None:
    assert search("442", ana, kind="nonsense") == []


@pytest.mark.parametrize("text", ["%", "_", "'", "<b>", "x" * 500, "RC-99999999999999999999"])
def test_it_survives_any_text(ana: Person, programme: Programme, text: str) -> None:
    ticket(programme, "Kiosk shows an error")
    client = Client()
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/search/", {"q": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"<b>" not in answer.content


def test_it_answers_with_options_to_the_palette_and_with_a_page_without_it(ana: Person) -> None:
    client = Client()
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    part = client.get("/search/", {"q": "in"}, headers={"HX-Request": "true"})
    assert (b'role="option"' in part.content, b"<html" in part.content) == (True, False)
    assert b"<h1" in client.get("/search/", {"q": "in"}).content
