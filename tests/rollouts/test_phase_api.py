"""GET sites/{number}/phase/: the phase of a site for a product at an instant."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import GoLive, Programme
from tests import build

pytestmark = pytest.mark.django_db
MONDAY = date(2022, 6, 27)
NOON = "2022-06-27T12:00:00Z"


@pytest.fixture
def programme() -> Programme:
    return build.programme(key="p")


@pytest.fixture
def row(programme: Programme) -> GoLive:
    return build.go_live(build.site(), build.product(programme), MONDAY)


@pytest.fixture
def ask(client: Client, programme: Programme) -> Any:
    """Ana asks for the phase of a site."""
    client.force_login(build.person("ana", programme))
    return lambda number="636", **query: client.get(f"/api/v1/sites/{number}/phase/", query)


def test_it_answers_in_the_shape_of_the_contract(ask: Any, row: GoLive) -> None:
    assert ask(at=NOON).json() == {
        "site": "636",
        "product": "echeckin",
        "programme": "p",
        "phase": "go_live_week",
        "since": "2022-06-27T05:00:00Z",
        "until": "2022-07-04T05:00:00Z",
    }


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        ("2022-06-27T04:59:59Z", "planned"),
        ("2022-06-27T05:00:00Z", "go_live_week"),
        ("2022-06-27T00:00:00-05:00", "go_live_week"),
        ("2022-07-04T04:59:59Z", "go_live_week"),
        ("2022-07-04T05:00:00Z", "servicenow"),
        ("0001-01-01T00:00:00Z", "planned"),
        ("9999-12-31T23:59:59Z", "servicenow"),
    ],
)
def test_it_answers_for_any_instant(ask: Any, row: GoLive, at: str, phase: str) -> None:
    assert ask(at=at).json()["phase"] == phase


def test_it_has_no_beginning_and_no_end(ask: Any, row: GoLive) -> None:
    assert ask(at="2022-01-01T00:00:00Z").json()["since"] is None
    assert ask(at="2023-01-01T00:00:00Z").json()["until"] is None


def test_it_answers_for_now_when_no_instant_is_said(ask: Any, programme: Programme) -> None:
    started = timezone.now().date() - timedelta(days=3)
    build.go_live(build.site(), build.product(programme), started)
    assert ask().json()["phase"] == ask(at="").json()["phase"] == "go_live_week"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("yesterday", "Not an instant"),
        ("2022-02-30T00:00:00Z", "Not an instant"),
        ("2022-06-27", "Say the offset"),
        ("2022-06-27T12:00:00", "Say the offset"),
    ],
)
def test_it_refuses_what_is_no_instant(ask: Any, row: GoLive, at: str, words: str) -> None:
    answer = ask(at=at)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert words in answer.json()["errors"]["at"][0]


def test_it_asks_which_product_when_they_are_in_different_phases(
    ask: Any, programme: Programme, row: GoLive
) -> None:
    build.go_live(row.site, build.product(programme, "vse-cs"), MONDAY - timedelta(weeks=2))
    answer = ask(at=NOON)
    assert answer.status_code == 400
    assert answer.json()["detail"] == "Say which product: echeckin, vse-cs."
    assert ask(at=NOON, product="vse-cs").json()["phase"] == "servicenow"


def test_it_answers_for_the_site_when_all_its_products_are_in_one_phase(
    ask: Any, programme: Programme, row: GoLive
) -> None:
    build.go_live(row.site, build.product(programme, "vse-cs"), MONDAY + timedelta(days=1))
    assert ask(at="2022-06-29T12:00:00Z").json() == {
        "site": "636", "product": None, "programme": "p", "phase": "go_live_week",
        "since": "2022-06-28T05:00:00Z",  # the later beginning
        "until": "2022-07-04T05:00:00Z",  # the earlier end
    }  # fmt: skip
    assert ask(at=NOON).status_code == 400  # one has begun, the other begins tomorrow


def test_a_product_that_was_cancelled_does_not_make_it_ambiguous(
    ask: Any, programme: Programme, row: GoLive
) -> None:
    second = build.product(programme, "vse-cs")
    build.go_live(row.site, second, MONDAY, status=Status.CANCELLED)
    found = ask(at=NOON).json()
    assert (found["product"], found["phase"]) == ("echeckin", "go_live_week")
    assert ask(at=NOON, product="vse-cs").json()["phase"] == "cancelled"


def test_it_asks_which_programme(client: Client, ask: Any, row: GoLive) -> None:
    other = build.programme(key="q")
    build.go_live(row.site, build.product(other), MONDAY - timedelta(weeks=2))
    build.person("ana", other)
    answer = ask(at=NOON, product="echeckin")
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"programme": ["Say which programme: p, q."]}
    assert ask(at=NOON, programme="q").json()["phase"] == "servicenow"


def test_it_does_not_count_programmes_of_others(ask: Any, row: GoLive) -> None:
    build.go_live(row.site, build.product(build.programme(key="q")), MONDAY)
    assert ask(at=NOON).json()["programme"] == "p"
    assert ask(at=NOON, programme="q").status_code == 404


@pytest.mark.parametrize(
    ("number", "query"),
    [("999", {}), ("636", {"product": "none"}), ("636", {"programme": "none"}), ("442", {})],
)
def test_it_answers_404_for_what_is_not_there(
    ask: Any, row: GoLive, number: str, query: dict[str, str]
) -> None:
    build.site("442", "Cheyenne VA Medical Center")
    answer = ask(number, at=NOON, **query)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_it_answers_for_the_attempt_that_counted_then(ask: Any, programme: Programme) -> None:
    site, product = build.site(), build.product(programme)
    first = build.go_live(site, product, date(2022, 3, 7))
    build.change(first, ChangeKind.ROLL_BACK, datetime(2022, 3, 9, 15, tzinfo=UTC))
    build.change(first, ChangeKind.CANCEL, datetime(2022, 4, 4, 15, tzinfo=UTC))
    GoLive.objects.update(status=Status.CANCELLED)
    second = build.go_live(site, product, MONDAY)
    second.changes.update(effective_at=datetime(2022, 5, 2, 15, tzinfo=UTC))
    for at, phase in (
        ("2021-12-01", "planned"), ("2022-03-08", "go_live_week"), ("2022-03-20", "rolled_back"),
        ("2022-04-20", "cancelled"), ("2022-05-20", "planned"), ("2022-06-28", "go_live_week"),
    ):  # fmt: skip
        assert ask(at=f"{at}T12:00:00Z").json()["phase"] == phase


def test_it_answers_when_all_of_it_was_cancelled(
    ask: Any, programme: Programme, row: GoLive
) -> None:
    build.go_live(row.site, build.product(programme, "vse-cs"), MONDAY, status=Status.CANCELLED)
    build.change(row, ChangeKind.CANCEL)
    GoLive.objects.update(status=Status.CANCELLED)
    assert ask(at=NOON).json()["phase"] == "cancelled"


def test_it_shows_a_viewer_the_same(client: Client, programme: Programme, row: GoLive) -> None:
    client.force_login(build.person("vic", programme))
    answer = client.get("/api/v1/sites/636/phase/", {"at": NOON})
    assert answer.json()["phase"] == "go_live_week"


def test_it_answers_nobody_unknown(client: Client, row: GoLive) -> None:
    assert client.get("/api/v1/sites/636/phase/").status_code == 401


def test_it_asks_the_database_little(
    ask: Any, row: GoLive, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(5):
        assert ask(at=datetime(2022, 6, 27, 12, tzinfo=UTC).isoformat()).status_code == 200
