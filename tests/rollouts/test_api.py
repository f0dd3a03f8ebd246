"""GET programmes/ products/ sites/ waves/ go-lives/: shapes, what is seen, filters, queries."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Person
from apps.rollouts.models import GoLive
from tests import build

pytestmark = pytest.mark.django_db
MONDAY = date(2022, 6, 27)
LISTS = ["programmes", "products", "sites", "waves", "go-lives"]


@pytest.fixture
def row() -> GoLive:
    programme = build.programme(key="p")
    site = build.site("636", opening_hours={"mon-fri": "08:00-16:30"})
    return build.go_live(site, build.product(programme), MONDAY, wave=build.wave(programme))


@pytest.fixture
def ana(row: GoLive) -> Person:
    return build.person("ana", row.programme)


def get(client: Client, person: Person, path: str) -> Any:
    client.force_login(person)
    return client.get(f"/api/v1/{path}")


def results(client: Client, person: Person, path: str) -> Any:
    answer = get(client, person, path)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_it_lists_programmes(client: Client, ana: Person) -> None:
    assert results(client, ana, "programmes/") == [
        {
            "key": "p", "name": "Check-in", "first_week": "2022-05-02", "last_week": "2022-08-22",
            "pace": 7, "go_live_days": 7, "time_zone": "America/New_York", "shift_weeks": None,
            "phases": [], "labels": {}, "holiday_calendar": "",
            "holidays": [], "blackouts": [], "closes_on": None,
            "version": 1,
        }
    ]  # fmt: skip


def test_it_lists_products(client: Client, ana: Person, row: GoLive) -> None:
    shown = {
        "id": row.product_id, "programme": "p", "key": "echeckin", "name": "eCheck-in",
        "queue": "eCheck-in Vet Facing Apps", "version": 1,
    }  # fmt: skip
    assert results(client, ana, "products/") == [shown]
    assert get(client, ana, f"products/{row.product_id}/").json() == shown


def test_it_lists_sites_and_tells_one(client: Client, ana: Person) -> None:
    omaha = {
        "number": "636", "name": "Omaha VA Medical Center", "parent": None, "region": "VISN 23",
        "state": "NE", "time_zone": "America/Chicago",
        "opening_hours": {"mon-fri": "08:00-16:30"}, "latitude": None, "longitude": None,
        "test": False, "version": 1,
    }  # fmt: skip
    assert results(client, ana, "sites/") == [omaha]
    assert get(client, ana, "sites/636/").json() == omaha


def test_it_lists_waves(client: Client, ana: Person, row: GoLive) -> None:
    shown = {
        "id": row.wave_id, "programme": "p", "number": 9, "name": "", "starts_on": "2022-06-27",
        "version": 1,
    }  # fmt: skip
    assert results(client, ana, "waves/") == [shown]
    assert get(client, ana, f"waves/{row.wave_id}/").json() == shown


def test_it_lists_go_lives(client: Client, ana: Person, row: GoLive) -> None:
    shown = {
        "id": row.pk, "programme": "p", "site": "636", "product": "echeckin", "wave": 9,
        "planned_on": "2022-06-27", "actual_on": None, "status": "live", "scope": "",
        "version": 1,
    }  # fmt: skip
    assert results(client, ana, "go-lives/") == [shown]
    assert get(client, ana, f"go-lives/{row.pk}/").json() == shown


@pytest.mark.parametrize("name", ["programmes", "products", "waves", "go-lives"])
def test_it_shows_nothing_of_programmes_of_others(client: Client, row: GoLive, name: str) -> None:
    vic = build.person("vic", build.programme(key="other"))
    listed = results(client, vic, f"{name}/")
    assert [one.get("programme", one.get("key")) for one in listed] == (
        ["other"] if name == "programmes" else []
    )


def test_it_shows_an_administrator_every_programme(client: Client, row: GoLive) -> None:
    build.programme(key="q")
    found = results(client, build.person("adi"), "programmes/")
    assert [one["key"] for one in found] == ["p", "q"]


@pytest.mark.parametrize("number", ["637", "63", "636x", "%20"])
def test_it_answers_404_for_an_unknown_site(client: Client, ana: Person, number: str) -> None:
    answer = get(client, ana, f"sites/{number}/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["442", "442GC", "636"]),
        ("search=442", ["442", "442GC"]),
        ("search=cheyenne", ["442"]),
        ("region=VISN 23", ["636"]),
        ("programme=p", ["636"]),
        ("programme=none", []),
        ("ordering=-number", ["636", "442GC", "442"]),
    ],
)
def test_it_filters_and_orders_sites(
    client: Client, ana: Person, query: str, numbers: list[str]
) -> None:
    build.site("442", "Cheyenne VA Medical Center", region="VISN 19")
    build.site("442GC", "Fort Collins VA Clinic", region="VISN 19")
    assert [one["number"] for one in results(client, ana, f"sites/?{query}")] == numbers


@pytest.mark.parametrize(
    ("query", "count"),
    [("site=636", 1), ("site=442", 0), ("product=echeckin", 1), ("programme=x", 0), ("wave=9", 1),
     ("wave=8", 0), ("status=live", 1), ("status=planned", 0), ("status=paused", 0),
     ("planned_from=2022-06-27", 1), ("planned_until=2022-06-26", 0), ("planned_on=2022-06-27", 1)],
)  # fmt: skip
def test_it_filters_go_lives(client: Client, ana: Person, query: str, count: int) -> None:
    assert len(results(client, ana, f"go-lives/?{query}")) == count


@pytest.mark.parametrize("query", ["wave=nine", "status=lost", "planned_on=x", "page_size=0",
                                   "ordering=site", "fields=secret", "cursor=x"])  # fmt: skip
def test_it_says_what_is_wrong_with_a_query(client: Client, ana: Person, query: str) -> None:
    answer = get(client, ana, f"go-lives/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert query.split("=")[0] in answer.json()["errors"]


def test_it_tells_only_the_fields_asked_for(client: Client, ana: Person) -> None:
    assert results(client, ana, "go-lives/?fields=site,status") == [
        {"site": "636", "status": "live"}
    ]


@pytest.mark.parametrize("name", LISTS)
def test_it_asks_the_database_as_often_for_many_as_for_one(
    client: Client, ana: Person, row: GoLive, name: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(500, 530):
        site = build.site(str(number), f"Place {number}", parent=row.site)
        build.go_live(site, row.product, MONDAY, wave=build.wave(row.programme, number))
    client.force_login(ana)
    with django_assert_max_num_queries(5):
        assert client.get(f"/api/v1/{name}/?page_size=200").status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_it_answers_nobody_unknown(client: Client, row: GoLive, name: str) -> None:
    assert client.get(f"/api/v1/{name}/").status_code == 401


@pytest.mark.parametrize("name", ["programmes/q", "products/{product}", "waves/{wave}",
                                  "go-lives/{go_live}"])  # fmt: skip
def test_it_shows_no_single_one_of_programmes_of_others(
    client: Client, ana: Person, name: str
) -> None:
    product = build.product(build.programme(key="q"))
    wave = build.wave(product.programme)
    other = build.go_live(build.site(), product, MONDAY, wave=wave)
    path = name.format(product=product.pk, wave=wave.pk, go_live=other.pk)
    assert get(client, ana, f"{path}/").status_code == 404
    assert get(client, build.person("adi"), f"{path}/").status_code == 200
