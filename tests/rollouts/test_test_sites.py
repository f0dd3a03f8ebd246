"""Test sites: shown where one looks for them, counted nowhere."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.duty.overview import sites_in_first_week, waves_around
from apps.rollouts.board import waves_now
from apps.rollouts.effects import pace
from apps.rollouts.models import GoLive, Programme
from apps.rollouts.services import Step, propose
from apps.rollouts.timeline import Shown, month_of, slots_of, weeks_of
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 29, 15, 0, tzinfo=UTC)
MONDAY, LATER = date(2022, 6, 27), date(2022, 8, 1)


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    """A site and a test site in this week's wave, and one of each in August."""
    made = build.programme(key="check-in", pace=1)
    product = build.product(made)
    nine, last = build.wave(made, 9, MONDAY), build.wave(made, 14, LATER)
    for number, wave, is_test in (("636", nine, False), ("500", nine, True), ("442", last, False),
                                  ("530", last, True)):  # fmt: skip
        site = build.site(number, f"Site {number}", is_test=is_test)
        build.go_live(site, product, wave.starts_on, wave=wave)
    return made


@pytest.fixture
def vic(programme: Programme) -> Client:
    return at_work(build.person("vic", programme))


def test_the_register_lists_them_and_counts_the_others(vic: Client) -> None:
    answer: Any = vic.get("/sites/")
    assert (answer.context["total"], answer.context["tests"]) == (2, 2)
    page = text_of(answer)
    assert page.count("Test site<") == 2
    assert "2 test sites beside, not counted" in page


def test_weeks_and_months_show_them_and_count_the_others(programme: Programme) -> None:
    slots = slots_of(programme, Shown(), NOW)
    weeks = {week.monday: week for week in weeks_of(programme, slots, NOW.date())}
    assert (len(weeks[MONDAY].slots), weeks[MONDAY].sites, weeks[MONDAY].is_over) == (2, 1, False)
    days = [day for week in month_of(programme, slots, MONDAY, NOW.date()) for day in week]
    assert {day.on: day.sites for day in days if day.sites} == {MONDAY: 1}


def test_pages_of_the_schedule_say_so(vic: Client) -> None:
    answer: Any = vic.get("/schedule/")
    assert answer.context["sites"] == 2
    assert text_of(answer).count("Test site") == 2


def test_waves_count_the_others(programme: Programme, vic: Client) -> None:
    vicky = build.person("vic", programme)
    assert [(one.sites, one.begun) for one in waves_now(vicky, NOW)] == [(1, 1), (1, 0)]
    assert [(one.sites, one.begun) for one in waves_around(vicky, NOW.date())] == [(1, 1), (1, 0)]
    page = text_of(vic.get("/waves/check-in/9/"))
    assert "1 of 1 sites have begun" in page
    assert "Test site<" in page


def test_the_console_counts_the_others(programme: Programme) -> None:
    found = sites_in_first_week(build.person("vic", programme), NOW)
    assert [one.site.number for one in found] == ["636"]


def test_the_pace_is_that_of_the_others(programme: Programme) -> None:
    row = GoLive.objects.get(site__number="530")
    assert pace(programme, [Step(row, LATER, LATER + timedelta(days=1), "", "")], NOW) == []
    other = GoLive.objects.create(
        programme=programme, product=row.product, site=build.site("700"), planned_on=MONDAY
    )
    assert len(pace(programme, [Step(other, MONDAY, LATER, "", "")], NOW)) == 1


def test_the_planner_leaves_them_where_they_are(programme: Programme) -> None:
    facts: dict[str, Any] = {"programme": programme, "pace": 1, "first_week": date(2022, 9, 5),
                             "group_by": "", "now": NOW}  # fmt: skip
    for only in ((), ("442", "530")):
        found = propose(only=only, **facts)
        assert [step.go_live.site.number for step in found.steps] == ["442"]
        assert found.unknown == []
