"""Who decides is warned of the holes of the next seven days, on their console."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import Person
from apps.oncall.models import Outlook
from apps.oncall.services import Stand, look_ahead, put_on_duty
from apps.oncall.work import pass_due
from apps.rollouts.models import Programme
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 10, 15, tzinfo=UTC)  # Friday 11:00 Eastern
MONDAY = date(2022, 6, 13)
SUPPORT = {"mon-fri": "07:00-16:00"}  # the clinic stays open for half an hour more
HOURS = {"mon-fri": "07:00-20:00"}


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    hours = {"mon": "08:00-16:30", "tue-fri": "08:00-16:00"}
    site = build.site("516", "Bay Pines", time_zone="America/New_York", opening_hours=hours)
    build.go_live(site, build.product(made), MONDAY)
    ana, ben = (build.person(name, made, working_hours=HOURS) for name in ("ana", "ben"))
    build.rota(made, primary=[ana], backup=[ben], windows=SUPPORT)
    return made


def console(person: Person) -> str:
    return text_of(at_work(person).get("/"))


def test_a_hole_ahead_stands_on_the_consoles_of_who_decides(programme: Programme) -> None:
    pass_due(now=NOW)
    row = Outlook.objects.get()
    assert (row.holes, row.sites, row.site) == (2, 1, "516")
    assert row.first_starts_at == datetime(2022, 6, 13, 20, tzinfo=UTC)
    for name in ("dee", "pam"):
        page = console(build.person(name, programme))
        assert "Close 2 coverage holes of the next week" in page
        assert "the first at 516, Mon 13 Jun 16:00 there" in page
    assert "coverage hole" not in console(build.person("ana", programme))
    stranger = build.person("vic")
    build.member(stranger, build.programme(), "dm")
    assert "coverage hole" not in console(stranger)


def test_it_goes_when_somebody_is_there(programme: Programme) -> None:
    dee, [rota] = build.person("dee", programme), programme.rotas.all()
    look_ahead(programme=programme, now=NOW)
    for duty, name in (("primary", "ana"), ("backup", "ben")):
        stand = Stand(duty=duty, person=build.person(name),
                      start=datetime(2022, 6, 13, 20, tzinfo=UTC),
                      end=datetime(2022, 6, 13, 20, 30, tzinfo=UTC))  # fmt: skip
        put_on_duty(rota=rota, stand=stand, actor="dee", origin="page", now=NOW)
    assert "coverage hole" in console(dee)
    pass_due(now=NOW + timedelta(minutes=1))
    assert Outlook.objects.get().holes == 0
    assert "coverage hole" not in console(dee)


@pytest.mark.parametrize("days", [-5, 4])
def test_it_is_silent_about_what_is_far_ahead_or_past(programme: Programme, days: int) -> None:
    look_ahead(programme=programme, now=NOW + timedelta(days=days, hours=8))
    assert Outlook.objects.get().holes == 0


def test_a_hole_that_is_over_is_shown_no_more_though_nobody_looked(
    programme: Programme, settings: Settings
) -> None:
    dee = build.person("dee", programme)
    look_ahead(programme=programme, now=NOW)
    settings.CLOCK_OFFSET += timedelta(days=4).total_seconds()
    assert "coverage hole" not in console(dee)


def test_it_asks_as_much_for_many_sites_as_for_one(programme: Programme) -> None:
    product = programme.products.get()
    look_ahead(programme=programme, now=NOW)
    with CaptureQueriesContext(connection) as few:
        look_ahead(programme=programme, now=NOW)
    for number in range(5):
        site = build.site(f"6{number:02}", "Site", opening_hours={"mon": "08:00-17:00"})
        build.go_live(site, product, MONDAY)
    with CaptureQueriesContext(connection) as many:
        look_ahead(programme=programme, now=NOW)
    assert len(many) <= len(few)


def test_it_says_since_when_and_looks_no_more_when_the_programme_is_over(
    programme: Programme,
) -> None:
    for minutes in (0, 5, 10):
        pass_due(now=NOW + timedelta(minutes=minutes))
    row = Outlook.objects.get()
    assert (row.since, row.looked_at) == (NOW, NOW + timedelta(minutes=10))
    programme.closes_on = date(2022, 6, 10)
    programme.save()
    pass_due(now=NOW + timedelta(minutes=20))
    assert Outlook.objects.get().looked_at == row.looked_at
