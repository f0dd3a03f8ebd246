"""A rota that follows working hours, when somebody's hours change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Person
from apps.ledger.models import Change
from apps.oncall.models import Rota, RotaVersion
from apps.oncall.rules import on_duty
from apps.oncall.work import pass_due
from apps.rollouts.models import Programme
from tests import build
from tests.oncall import rows

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 5, 10, 15, tzinfo=UTC)  # Tuesday 11:00 Eastern
EARLY, LATE = {"mon-fri": "08:00-16:00"}, {"mon-fri": "12:00-20:00"}
EVENING = datetime(2022, 5, 11, 22, tzinfo=UTC)  # Wednesday 18:00 Eastern


@pytest.fixture
def programme() -> Programme:
    return build.programme()


def rota(programme: Programme, **columns: Any) -> Rota:
    for name in ("ana", "ben"):
        build.person(name, programme)
    Person.objects.update(working_hours=EARLY, time_zone="America/New_York")
    return rows.rota(programme, **{"windows": None, "follows_hours": True} | columns)


def works(username: str, **columns: Any) -> None:
    Person.objects.filter(username=username).update(**columns)


def held(at: datetime) -> dict[str, str]:
    facts = Rota.objects.get().facts()
    return {duty: one.person_key for duty, one in on_duty(facts, at).items()}


def test_new_hours_count_from_now_and_the_past_stays(programme: Programme) -> None:
    rota(programme)
    before = held(NOW - timedelta(minutes=1))
    assert held(EVENING) == {}
    works("ben", working_hours=LATE)
    pass_due(now=NOW)
    assert held(EVENING)["primary"] == "ben"
    assert held(NOW - timedelta(minutes=1)) == before
    entry = Change.objects.get(subject="rota", verb="changed")
    assert (entry.actor, entry.origin) == ("system", "worker")


def test_a_second_look_makes_nothing(programme: Programme) -> None:
    rota(programme)
    works("ben", time_zone="America/Denver")
    for minutes in (0, 2, 4):
        pass_due(now=NOW + timedelta(minutes=minutes))
    assert RotaVersion.objects.count() == 2


def test_a_rota_that_follows_nobody_stays_as_it_is(programme: Programme) -> None:
    rota(programme, follows_hours=False)
    works("ben", working_hours=LATE)
    pass_due(now=NOW)
    assert RotaVersion.objects.count() == 1


def test_who_has_no_hours_any_more_keeps_those_that_are_known(
    programme: Programme, caplog: pytest.LogCaptureFixture
) -> None:
    rota(programme)
    works("ben", working_hours={})
    caplog.set_level("INFO")
    pass_due(now=NOW)
    assert RotaVersion.objects.count() == 1
    assert "those of ben are not entered" in caplog.text


def test_an_edit_that_is_to_come_is_not_undone(programme: Programme) -> None:
    made = rota(programme)
    RotaVersion.objects.filter(rota=made).update(effective_from=date(2022, 5, 2))
    later = RotaVersion.objects.get()
    places = list(later.participants.all())
    later.pk, later.effective_from = None, date(2022, 6, 6)
    later.save()
    for place in places:
        place.pk, place.version = None, later
        place.save()
    works("ben", working_hours=LATE)
    pass_due(now=NOW)
    assert RotaVersion.objects.count() == 2
