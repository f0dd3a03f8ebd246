"""What a change of the schedule means for the rotas."""

from datetime import UTC, date, datetime

import pytest

from apps.oncall.effects import coverage
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Programme
from apps.rollouts.services import Step, Wish, preview_change
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 1, 15, tzinfo=UTC)
MONDAY, LATER = date(2022, 6, 13), date(2022, 6, 27)
SUPPORT = {"mon-fri": "07:00-20:00"}


@pytest.fixture
def programme() -> Programme:
    made = build.programme(holidays=[{"on": "2022-06-27", "name": "A day off"}])
    product = build.product(made)
    for number, zone in (("516", "America/New_York"), ("358", "Asia/Manila")):
        hours = {"mon-fri": "08:00-16:30"}
        site = build.site(number, time_zone=zone, opening_hours=hours)
        build.go_live(site, product, MONDAY)
    ana, ben = (build.person(name, made, working_hours=SUPPORT) for name in ("ana", "ben"))
    build.rota(made, primary=[ana, ben], backup=[ben, ana], windows=SUPPORT)
    return made


def moved(programme: Programme, number: str, to: date) -> list[Step]:
    row = GoLive.objects.get(site__number=number)
    wish = Wish(kind=ChangeKind.MOVE, go_lives={row.pk: to})
    return preview_change(programme=programme, wish=wish, now=NOW).steps


def test_hours_without_somebody_are_told_before_the_move(programme: Programme) -> None:
    (words,) = coverage(programme, moved(programme, "358", LATER), NOW)
    assert words == (
        "Opening hours of the first week without primary or backup: 358; the first at 358 on"
        " Tue 28 Jun 08:00 there."  # Monday is a holiday
    )


def test_a_covered_week_says_nothing(programme: Programme) -> None:
    assert coverage(programme, moved(programme, "516", LATER), NOW) == []


def test_a_day_that_has_come_is_no_plan(programme: Programme) -> None:
    assert coverage(programme, moved(programme, "358", date(2022, 5, 31)), NOW) == []
