"""Calendars of on-call: read back by another program; a swap keeps the identity of its shifts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from apps.accounts.feed_tokens import make_feed, revoke_feed
from apps.accounts.models import Person
from apps.core.calendars import ical
from apps.oncall.feeds import ROTA, SHIFTS
from apps.oncall.models import Override, Rota
from apps.oncall.services import Part, arrange_swap, withdraw_override
from apps.rollouts.models import Programme
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_its_now")]
NOW = datetime(2022, 5, 3, 15, tzinfo=UTC)  # Tuesday 11:00 Eastern, in Ana's week
SECOND, THIRD = "2022-05-09T08:00", "2022-05-16T08:00"  # Ben's week, Ana's week


@pytest.fixture
def programme() -> Programme:
    made = build.programme(key="check-in")
    ana, ben = build.person("ana", made), build.person("ben", made)
    build.rota(made, primary=[ana, ben], backup=[ben, ana])
    return made


@pytest.fixture
def ana(programme: Programme) -> Person:
    return build.person("ana", programme)


def read(calendar: Any) -> list[Any]:
    """The events as the `icalendar` package reads them; another parser has to manage as well."""
    body = ical(calendar)
    assert len(list(vobject.readOne(body.decode()).vevent_list)) > 0
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


def swap() -> list[Override]:
    parts = [Part(duty="primary", slot=slot, around=datetime.fromisoformat(slot).replace(
        tzinfo=UTC)) for slot in (SECOND, THIRD)]  # fmt: skip
    return arrange_swap(
        rota=Rota.objects.get(), parts=parts, reason="Ben is ill", actor="dee", origin="page",
        now=NOW,
    )  # fmt: skip


def test_a_rotas_shifts_stand_in_it_in_utc(ana: Person) -> None:
    events = read(ROTA.calendar("check-in/support", ana))
    first = events[0]
    assert str(first["SUMMARY"]) == "Primary: Ana Ortiz"
    assert first["DTSTART"].to_ical() == b"20220502T120000Z"
    assert first["DTEND"].dt == datetime(2022, 5, 9, 12, tzinfo=UTC)
    assert "Mon 2 May 08:00 EDT to Mon 9 May 08:00 EDT" in str(first["DESCRIPTION"])
    assert len({str(one["UID"]) for one in events}) == len(events)
    assert len(events) == 2 * 26


def test_ones_own_shifts_stand_in_it_with_their_duty(ana: Person) -> None:
    events = read(SHIFTS.calendar("ana", ana))
    assert [str(one["SUMMARY"]) for one in events[:2]] == [
        "Primary: Roll-out support", "Backup: Roll-out support",
    ]  # fmt: skip
    assert len(events) == 26


def test_a_swap_keeps_identities_and_raises_the_sequence(ana: Person) -> None:
    before = {str(one["UID"]): one for one in read(ROTA.calendar("check-in/support", ana))}
    made = swap()
    after = {str(one["UID"]): one for one in read(ROTA.calendar("check-in/support", ana))}
    assert before.keys() == after.keys()
    changed = {uid for uid in before if before[uid]["SUMMARY"] != after[uid]["SUMMARY"]}
    assert len(changed) == 4  # two weeks, and who is backup in them
    numbers = [{int(one["SEQUENCE"]) for one in found.values()} for found in (before, after)]
    assert max(numbers[0]) < min(numbers[1])
    withdraw_override(override=made[0], actor="dee", origin="page", now=NOW)
    gone = read(ROTA.calendar("check-in/support", ana))
    assert min(int(one["SEQUENCE"]) for one in gone) > max(numbers[1])


def test_the_same_facts_make_the_same_bytes(ana: Person, settings: Settings) -> None:
    first = ROTA.calendar("check-in/support", ana)
    settings.CLOCK_OFFSET += 3600 * 30  # the next day
    second = ROTA.calendar("check-in/support", ana)
    assert first is not None
    assert second is not None
    assert ical(first) == ical(second)


def test_a_long_override_is_the_same_event_while_the_window_leaves_it_behind(
    programme: Programme, ana: Person, settings: Settings
) -> None:
    other = build.programme(key="other")
    build.member(ana, other, "engineer")
    made = build.rota(other, primary=[ana], backup=[build.person("ben", other)],
                      windows={"mon-fri": "08:00-20:00"})  # fmt: skip
    Override.objects.create(
        rota=made, duty="primary", person=ana, starts_at=NOW, ends_at=NOW + timedelta(days=62),
        made_by="dee", made_at=NOW,
    )  # fmt: skip
    found = set()
    for _ in range(12):
        events = read(ROTA.calendar("other/support", ana))
        found |= {str(one["UID"]) for one in events if one["DTSTART"].dt <= NOW < one["DTEND"].dt
                  and str(one["SUMMARY"]).startswith("Primary")}  # fmt: skip
        long = [one for one in events if one["DTEND"].dt == NOW + timedelta(days=62)]
        assert [one["DTSTART"].dt for one in long] == [NOW]
        settings.CLOCK_OFFSET += 7 * 86400
    assert len(found) == 1


def test_parts_of_a_day_have_names_of_their_own(programme: Programme, ana: Person) -> None:
    other = build.programme(key="other")
    build.member(ana, other, "engineer")
    build.rota(other, primary=[ana], backup=[build.person("ben", other)],
               windows={"mon-fri": "08:00-12:00,13:00-17:00"})  # fmt: skip
    events = read(ROTA.calendar("other/support", ana))
    assert len({str(one["UID"]) for one in events}) == len(events) == 2 * 2 * 5 * 26


def test_only_what_somebody_may_see_is_offered_and_filled(ana: Person) -> None:
    dev = build.person("dev", build.programme())
    assert SHIFTS.offered(dev) == [("dev", "Dev Diaz (you)")]
    assert (SHIFTS.calendar("ana", dev), ROTA.calendar("check-in/support", dev)) == (None, None)
    assert ROTA.offered(ana) == [("check-in/support", "Roll-out support")]
    assert [key for key, _ in SHIFTS.offered(ana)] == ["ana", "ben"]
    assert ROTA.calendar("check-in/nothing", ana) is None


def test_it_is_fetched_without_signing_in_until_it_is_revoked(ana: Person) -> None:
    feed, address = make_feed(
        person=ana, kind="shifts", subject="ana", actor="ana", origin="page", now=NOW
    )
    path = "/feeds/" + address.partition("/feeds/")[2]
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    again = Client().get(path, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    revoke_feed(feed_id=feed.pk, actor="ana", origin="page", now=NOW)
    assert Client().get(path).status_code == 404


def test_queries_do_not_grow_with_overrides(ana: Person) -> None:
    with CaptureQueriesContext(connection) as few:
        ROTA.calendar("check-in/support", ana)
    swap()
    with CaptureQueriesContext(connection) as many:
        ROTA.calendar("check-in/support", ana)
    assert len(many) <= len(few) + 1  # people of overrides
