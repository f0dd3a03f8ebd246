"""A process is killed at every point of a brief's pass and its mail, two workers run, people
acknowledge at once: each is told of a shift, once and at most once more for each kill."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connections
from django.test import override_settings

from apps.accounts.models import Person
from apps.core.models import Heartbeat
from apps.ledger.models import Change
from apps.oncall.models import HandOver, Rota, ShiftBrief
from apps.oncall.services import acknowledge_hand_over
from apps.oncall.work import pass_due
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from tests import build
from tests.at_once import run_at_once
from tests.crash.kill import is_killed_at
from tests.crash.test_paging import PostBox, mailing
from tests.oncall.handing import MINUTE, PASSES, handed, primary, rota_of

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
DUE = PASSES - 15 * MINUTE
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def post_box(tmp_path: Path) -> Iterator[None]:
    PostBox.file = tmp_path / "post"
    with override_settings(EMAIL_BACKEND="tests.crash.test_paging.PostBox"):
        yield
    connections.close_all()


def received() -> list[str]:
    """Who got mail, by name."""
    if not PostBox.file.exists():
        return []
    lines = PostBox.file.read_text(encoding="utf-8").splitlines()
    return sorted(json.loads(line)[0].partition("@")[0] for line in lines)


def begin() -> Rota:
    """Nobody was told, and nobody has looked yet."""
    PostBox.file.unlink(missing_ok=True)
    for model in (ShiftBrief, HandOver, Delivery, Heartbeat):
        model.objects.all().delete()
    return Rota.objects.first() or rota_of(build.programme())


def works(seconds: float = 0) -> None:
    """A worker's pass so long after the brief is due, then its deliveries."""
    now = DUE + seconds * SECOND
    pass_due(now=now)
    deliver_due(now=now + 5 * SECOND)


def test_a_kill_at_every_point_of_a_pass_leaves_everybody_told() -> None:
    point, _ = 1, begin()
    while is_killed_at(point, works, also=mailing):
        promised = Delivery.objects.filter(action="brief.email").count()
        assert ShiftBrief.objects.exclude(told_at=None).count() == promised, point
        works(61)
        works(150)
        got = received()
        assert set(got) == {"ana", "ben"}, point
        assert len(got) <= 3, f"killed at point {point}: {got}"
        assert HandOver.objects.count() == 2
        point, _ = point + 1, begin()
    assert point > 60
    assert received() == ["ana", "ben"]


def test_two_workers_tell_everybody_once() -> None:
    for _ in range(6):
        begin()
        assert not [one for one in run_at_once([works] * 2) if isinstance(one, Exception)]
        works(61)
        assert received() == ["ana", "ben"]
        assert HandOver.objects.count() == 2


def take(row: HandOver, person: Person) -> bool:
    return acknowledge_hand_over(hand_over=row, person=person, origin="page", now=PASSES)


def test_of_many_acknowledgements_at_once_one_wins() -> None:
    for _ in range(6):
        row = handed(primary(begin()))
        people = [build.person(name) for name in ("ana", "dee", "pam", "adi")]

        won = run_at_once([partial(take, row, person) for person in people])
        assert sorted(won) == [False, False, False, True]
        row.refresh_from_db()
        assert row.acknowledged_by == people[won.index(True)].username
        told = Change.objects.filter(subject="hand_over", subject_key=str(row.pk))
        assert told.filter(verb="acknowledged").count() == 1
