"""A process is killed at every point of the pass that prepares a holiday's downtime and of its
mail; two workers run; people confirm at once: one row, one winner, each told at least once."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from django.db import connections
from django.test import override_settings

from apps.accounts.models import Person
from apps.core.models import Heartbeat
from apps.ledger.models import Change
from apps.oncall.models import HolidayDuty, Rota
from apps.oncall.services import Wanted, confirm_holiday
from apps.oncall.work import pass_due
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from tests import build
from tests.at_once import run_at_once
from tests.crash.kill import is_killed_at
from tests.crash.test_hand_overs import received
from tests.crash.test_paging import PostBox, mailing
from tests.oncall.holidays import FOUR, MINUTE, NINE, rota_before

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def post_box(tmp_path: Path) -> Iterator[None]:
    PostBox.file = tmp_path / "post"
    with override_settings(EMAIL_BACKEND="tests.crash.test_paging.PostBox"):
        yield
    connections.close_all()


def begin() -> Rota:
    """Nobody was told, and nobody has looked yet."""
    PostBox.file.unlink(missing_ok=True)
    for model in (HolidayDuty, Delivery, Heartbeat):
        model.objects.all().delete()
    return Rota.objects.first() or rota_before()


def works(minutes: float = 0) -> None:
    """A worker's pass so long after nine, then its deliveries."""
    now = NINE + minutes * MINUTE
    pass_due(now=now)
    deliver_due(now=now + MINUTE / 12)


def reminds(minutes: float = 0) -> None:
    now = FOUR + minutes * MINUTE
    pass_due(now=now)
    deliver_due(now=now + MINUTE / 12)


def test_a_kill_at_every_point_of_a_pass_leaves_one_row_and_somebody_told() -> None:
    point, _ = 1, begin()
    while is_killed_at(point, works, also=mailing):
        told = HolidayDuty.objects.exclude(told_at=None).count()
        assert Delivery.objects.filter(action="holiday.email").count() == told, point
        works(1.1)
        works(3)
        got = received()
        assert set(got) == {"ana"}, point
        assert len(got) <= 2, f"killed at point {point}: {got}"
        assert HolidayDuty.objects.count() == 1
        point, _ = point + 1, begin()
    assert point > 40
    assert received() == ["ana"]


def test_a_kill_at_every_point_of_the_reminder_leaves_one_reminder() -> None:
    def told() -> None:
        begin()
        works()
        pass_due(now=FOUR - MINUTE)
        deliver_due(now=FOUR - MINUTE)
        PostBox.file.unlink(missing_ok=True)

    point = 1
    told()
    while is_killed_at(point, reminds, also=mailing):
        reminds(1.1)
        reminds(3)
        got = received()
        assert set(got) == {"ana"}, point
        assert len(got) <= 2, f"killed at point {point}: {got}"
        point += 1
        told()
    assert point > 30
    assert received() == ["ana"]


def test_two_workers_prepare_and_tell_once() -> None:
    for _ in range(6):
        begin()
        assert not [one for one in run_at_once([works] * 2) if isinstance(one, Exception)]
        works(1.1)
        assert received() == ["ana"]
        assert HolidayDuty.objects.count() == 1


def take(row: HolidayDuty, person: Person) -> bool:
    wanted = Wanted(actor=person.username, origin="page", now=NINE + MINUTE)
    return confirm_holiday(duty=row, wanted=wanted)


def test_of_many_confirmations_at_once_one_wins() -> None:
    for _ in range(6):
        begin()
        pass_due(now=NINE)
        row = HolidayDuty.objects.with_people().get()
        people = [build.person(name) for name in ("ana", "dee", "pam", "adi")]
        won = run_at_once([partial(take, row, person) for person in people])
        assert sorted(won) == [False, False, False, True]
        row.refresh_from_db()
        assert row.decided_by == people[won.index(True)].username
        told = Change.objects.filter(subject="holiday_duty", subject_key=str(row.pk))
        assert told.filter(verb="confirmed").count() == 1
