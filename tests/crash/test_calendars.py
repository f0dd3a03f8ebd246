"""Reading a calendar is all or nothing: a worker killed anywhere, two workers at once."""

import pytest
from django.db import connections
from django.test import override_settings

from apps.ledger.models import Change
from apps.oncall.models import CalendarShift, CalendarSource, Override
from apps.oncall.reading import LEASE, read_due
from apps.oncall.services import add_calendar
from tests import build
from tests.at_once import run_at_once
from tests.connectors.serving import Server, raw, serving
from tests.crash.kill import is_killed_at
from tests.oncall.ics import NOW, calendar, event

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
BEFORE = calendar(event(), event("2", "20220504T130000Z", "20220504T210000Z"), event("3"))
AFTER = calendar(event(), event("2", "20220504T150000Z", "20220504T210000Z", "Ben Boyd"))
SECOND = LEASE / 120


def begin(server: Server) -> CalendarSource:
    """A calendar of three shifts that was read once; next it says one less, and one of somebody
    else."""
    programme = build.programme()
    ana, ben = build.person("ana", programme), build.person("ben", programme)
    rota = build.rota(programme, primary=[ben], backup=[ana])
    server.replies[:] = [raw(BEFORE), raw(AFTER)]
    source = add_calendar(rota=rota, duty="primary", url=server.url, actor="dee", origin="page",
                          now=NOW)  # fmt: skip
    read_due(now=NOW)
    CalendarSource.objects.update(due_at=NOW + SECOND)
    return source


def works() -> None:
    read_due(now=NOW + 2 * SECOND)


def people(source: CalendarSource) -> list[str]:
    rows = Override.objects.filter(rota=source.rota).order_by("starts_at", "pk")
    return [one.person.username for one in rows.select_related("person")]


def is_whole(source: CalendarSource) -> None:
    """Each override is an event's, and the ledger tells of each."""
    shifts = CalendarShift.objects.filter(source=source)
    assert shifts.filter(override=None).count() == 0
    assert shifts.count() == Override.objects.filter(rota=source.rota).count()
    told = Change.objects.filter(subject="override", programme_id=source.rota.programme_id)
    made, gone = (told.filter(verb=verb).count() for verb in ("made", "withdrawn"))
    assert made - gone == shifts.count()


@override_settings(CALENDAR_HOSTS=frozenset({"127.0.0.1"}))
def test_a_kill_at_every_statement_leaves_the_old_or_the_new() -> None:
    with serving(raw(b"")) as server:
        point, source = 1, begin(server)
        while is_killed_at(point, works):
            is_whole(source)
            assert people(source) in (["ana", "ana", "ana"], ["ana", "ben"]), point
            read_due(now=NOW + LEASE + 4 * SECOND)
            is_whole(source)
            assert people(source) == ["ana", "ben"], point
            CalendarSource.objects.filter(pk=source.pk).delete()
            point, source = point + 1, begin(server)
        assert point > 20
        assert people(source) == ["ana", "ben"]
    connections.close_all()


@override_settings(CALENDAR_HOSTS=frozenset({"127.0.0.1"}))
def test_two_workers_at_once_read_it_once() -> None:
    with serving(raw(b"")) as server:
        for _ in range(4):
            source = begin(server)
            results = run_at_once([lambda: read_due(now=NOW + 2 * SECOND)] * 2)
            assert sum(results) == 1
            is_whole(source)
            assert people(source) == ["ana", "ben"]
            CalendarSource.objects.filter(pk=source.pk).delete()
