"""Calendars of the roll-out: what stands in them, and what stays the same when things move."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Person
from apps.core.calendars import Calendar, Event, ical
from apps.rollouts.choices import ChangeKind
from apps.rollouts.feeds import PRODUCT, PROGRAMME, WAVE
from apps.rollouts.models import GoLive, Programme, ScheduleChange
from apps.rollouts.services import (
    Decision,
    Plan,
    Wish,
    announce_change,
    change_schedule,
    plan_go_lives,
    put_in_wave,
    undo_change,
)
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 15, 15, 0, tzinfo=UTC)
MONDAY, NEXT = date(2022, 6, 27), date(2022, 7, 5)
DECISION = Decision(reason="Posters", decided_by="Pam", made_by="pam", origin="page")


@pytest.fixture
def programme() -> Programme:
    made = build.programme(key="check-in", labels={"site": "Branch"})
    nine, ten = build.wave(made, 9, MONDAY), build.wave(made, 10, NEXT)
    made.waves.filter(number=9).update(name="VISN 23")
    product, second = build.product(made), build.product(made, key="vse", name="VSE-CS")
    build.site("500", "Test station", is_test=True)
    plans = [
        Plan(site=build.site(number, f"Branch {number}"), product=one, wave=wave, planned_on=day)
        for number, wave, day in (("636", nine, MONDAY), ("437", nine, MONDAY), ("438", ten, NEXT),
                                  ("500", nine, MONDAY))
        for one in (product, second)
    ]  # fmt: skip
    plan_go_lives(programme=made, plans=plans, decision=DECISION, now=NOW - timedelta(days=90))
    return made


@pytest.fixture
def vic(programme: Programme) -> Person:
    return build.person("vic", programme)


def rows(number: str, key: str = "") -> dict[int, date | None]:
    found = GoLive.objects.filter(site__number=number)
    return dict.fromkeys((found.filter(product__key=key) if key else found).order_by("pk")
                         .values_list("pk", flat=True))  # fmt: skip


def change(
    kind: ChangeKind, go_lives: dict[int, date | None], days: int = 0, **wish: Any
) -> ScheduleChange:
    made = change_schedule(
        programme=Programme.objects.get(), wish=Wish(kind=kind, go_lives=go_lives, **wish),
        decision=DECISION, now=NOW + timedelta(days=days),
    )  # fmt: skip
    assert made is not None
    return made


def move(number: str, to: date, key: str = "", days: int = 0) -> ScheduleChange:
    return change(ChangeKind.MOVE, dict.fromkeys(rows(number, key), to), days)


def events(calendar: Calendar | None) -> list[Event]:
    assert calendar is not None
    return list(calendar.events)


def shown(calendar: Calendar | None) -> list[tuple[date, str]]:
    return [(one.starts, one.summary) for one in events(calendar)]


def test_a_programme_has_an_event_for_each_wave_with_its_sites(vic: Person) -> None:
    found = PROGRAMME.calendar("check-in", vic)
    assert shown(found) == [(MONDAY, "Wave 9 VISN 23: 2 Branches"), (NEXT, "Wave 10: 1 Branch")]
    first = events(found)[0]
    assert first.description.split("\n") == ["Check-in", "437 Branch 437", "636 Branch 636"]
    assert first.url == "http://127.0.0.1:8000/waves/check-in/9/"
    assert (first.ends - first.starts).days == 1


def test_a_product_has_an_event_for_each_go_live(vic: Person) -> None:
    found = PRODUCT.calendar("check-in/vse", vic)
    assert shown(found) == [
        (MONDAY, "437 Branch 437: VSE-CS"), (MONDAY, "636 Branch 636: VSE-CS"),
        (NEXT, "438 Branch 438: VSE-CS"),
    ]  # fmt: skip
    assert found is not None
    assert found.name == "Check-in: VSE-CS"
    assert events(found)[0].url.endswith("/sites/437/")


def test_a_wave_has_its_own_alone(vic: Person) -> None:
    found = WAVE.calendar("check-in/10", vic)
    assert found is not None
    assert (found.name, shown(found)) == ("Check-in: wave 10", [(NEXT, "Wave 10: 1 Branch")])


def test_a_site_on_another_day_of_its_wave_has_an_event_of_its_own(vic: Person) -> None:
    move("636", date(2022, 6, 29))
    assert shown(PROGRAMME.calendar("check-in", vic)) == [
        (MONDAY, "Wave 9 VISN 23: 1 Branch"), (NEXT, "Wave 10: 1 Branch"),
        (date(2022, 6, 29), "636 Branch 636: eCheck-in, VSE-CS"),
    ]  # fmt: skip


def test_what_moves_keeps_its_uid_and_grows_in_sequence(vic: Person) -> None:
    def of_636() -> Event:
        found = events(PRODUCT.calendar("check-in/echeckin", vic))
        return next(one for one in found if one.summary.startswith("636"))

    seen = [of_636()]
    made = move("636", date(2022, 6, 29), days=1)
    seen.append(of_636())
    undo_change(change=made, actor="pam", origin="page", now=NOW + timedelta(days=2))
    seen.append(of_636())
    assert len({one.uid for one in seen}) == 1
    assert [(one.starts.day, one.sequence) for one in seen] == [(27, 0), (29, 1), (27, 2)]
    assert [one.stamp.day for one in seen] == [17, 16, 17]


def test_a_wave_that_moves_keeps_its_uid_and_grows_in_sequence(vic: Person) -> None:
    before = events(WAVE.calendar("check-in/10", vic))[0]
    move("438", date(2022, 7, 7))
    after = events(WAVE.calendar("check-in/10", vic))[0]
    assert (after.uid, after.starts, after.sequence) == (before.uid, date(2022, 7, 7), 1)


def test_a_site_that_leaves_a_wave_never_lowers_its_sequence(vic: Person) -> None:
    numbers = []
    for to in (date(2022, 6, 28), NEXT, date(2022, 6, 30), MONDAY):
        move("636", to)
        numbers.append(events(WAVE.calendar("check-in/9", vic))[0].sequence)
    assert numbers == [1, 2, 3, 4]


def test_what_is_cancelled_stays_marked_so(vic: Person) -> None:
    change(ChangeKind.CANCEL, rows("438"))
    product = events(PRODUCT.calendar("check-in/vse", vic))[-1]
    assert (product.state, product.summary) == ("CANCELLED", "Cancelled: 438 Branch 438: VSE-CS")
    wave = events(PROGRAMME.calendar("check-in", vic))[1]
    assert (wave.state, wave.summary) == ("CANCELLED", "Cancelled: Wave 10")
    change(ChangeKind.CANCEL, rows("437"))
    wave = events(PROGRAMME.calendar("check-in", vic))[0]
    assert (wave.state, wave.summary) == ("CONFIRMED", "Wave 9 VISN 23: 1 Branch")
    assert "437 Branch 437 (cancelled)" in wave.description


def test_one_planned_anew_after_it_was_cancelled_is_another_event(
    programme: Programme, vic: Person
) -> None:
    change(ChangeKind.CANCEL, rows("438", "vse"))
    product = programme.products.get(key="vse")
    build.go_live(build.site("438"), product, NEXT)
    found = [one for one in events(PRODUCT.calendar("check-in/vse", vic)) if "438" in one.summary]
    assert {one.state for one in found} == {"CANCELLED", "CONFIRMED"}
    assert len({one.uid for one in found}) == 2


def test_what_is_paused_is_tentative(vic: Person) -> None:
    change(ChangeKind.PAUSE, rows("636"), days=20)
    found = events(PRODUCT.calendar("check-in/vse", vic))[1]
    assert (found.state, found.summary) == ("TENTATIVE", "Paused: 636 Branch 636: VSE-CS")


def test_nothing_changed_is_the_same_bytes_whenever_one_asks(vic: Person) -> None:
    made = move("636", NEXT)

    def bytes_now() -> list[bytes]:
        kinds = ((PROGRAMME, "check-in"), (WAVE, "check-in/9"), (PRODUCT, "check-in/vse"))
        found = [kind.calendar(subject, vic) for kind, subject in kinds]
        return [ical(one) for one in found if one]

    before = bytes_now()
    assert bytes_now() == before
    announce_change(change=made, actor="pam", origin="page", now=NOW + timedelta(days=3))
    assert bytes_now() == before


def test_uids_differ_and_a_second_parser_finds_nothing_wrong(vic: Person) -> None:
    move("636", date(2022, 6, 29), "vse")
    change(ChangeKind.CANCEL, rows("438"))
    for kind, subject in ((PROGRAMME, "check-in"), (WAVE, "check-in/9"),
                          (PRODUCT, "check-in/echeckin")):  # fmt: skip
        found = kind.calendar(subject, vic)
        assert found is not None
        assert len({one.uid for one in found.events}) == len(found.events)
        read: Any = vobject.readOne(ical(found).decode())
        assert read.validate(raiseException=True)
        assert len(read.vevent_list) == len(found.events)


def test_one_is_offered_what_one_may_see(vic: Person) -> None:
    assert PROGRAMME.offered(vic) == [("check-in", "Check-in")]
    assert WAVE.offered(vic) == [("check-in/9", "9 VISN 23"), ("check-in/10", "10")]
    assert PRODUCT.offered(vic) == [("check-in/echeckin", "eCheck-in"), ("check-in/vse", "VSE-CS")]
    build.programme(key="other", name="Other")
    assert PROGRAMME.offered(vic) == [("check-in", "Check-in")]
    assert len(PROGRAMME.offered(build.person("adi"))) == 2
    assert ("check-in/9", "Check-in: 9 VISN 23") in WAVE.offered(build.person("adi"))


@pytest.mark.parametrize(("kind", "subject"), [
    (PROGRAMME, "check-in"), (WAVE, "check-in/9"), (PRODUCT, "check-in/vse"),
])  # fmt: skip
def test_a_stranger_gets_none(vic: Person, kind: Any, subject: str) -> None:
    assert kind.calendar(subject, vic) is not None
    assert kind.calendar(subject, build.person("ben", build.programme())) is None


@pytest.mark.parametrize(("kind", "subject"), [
    (PROGRAMME, ""), (PROGRAMME, "check-in/9"), (WAVE, "check-in"), (WAVE, "check-in/x"),
    (WAVE, "check-in/99"), (PRODUCT, "check-in/nothing"), (PRODUCT, "check-in/"),
])  # fmt: skip
def test_a_subject_that_names_nothing_is_none(vic: Person, kind: Any, subject: str) -> None:
    assert kind.calendar(subject, vic) is None


def test_it_asks_as_often_for_many_as_for_few(programme: Programme, vic: Person) -> None:
    counts = []
    for size in (0, 40):
        plans = [
            Plan(site=build.site(f"7{n:02}"), product=programme.products.all()[0],
                 wave=build.wave(programme, 20 + n % 5, MONDAY), planned_on=MONDAY)
            for n in range(size)
        ]  # fmt: skip
        plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            events(PROGRAMME.calendar("check-in", vic))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_a_wave_that_all_have_left_is_cancelled_and_does_not_vanish(vic: Person) -> None:
    before = events(WAVE.calendar("check-in/10", vic))[0]
    move("438", MONDAY)
    for feed, subject, place in ((WAVE, "check-in/10", 0), (PROGRAMME, "check-in", 1)):
        after = events(feed.calendar(subject, vic))[place]
        assert (after.uid, after.state, after.summary) == (
            before.uid, "CANCELLED", "Cancelled: Wave 10",
        )  # fmt: skip
        assert after.sequence > before.sequence
    move("438", NEXT)
    again = events(WAVE.calendar("check-in/10", vic))[0]
    assert (again.uid, again.state, again.sequence) == (before.uid, "CONFIRMED", 2)


def test_a_wave_nobody_was_ever_in_has_no_event(programme: Programme, vic: Person) -> None:
    build.wave(programme, 11, date(2022, 7, 11))
    assert events(WAVE.calendar("check-in/11", vic)) == []
    assert len(events(PROGRAMME.calendar("check-in", vic))) == 2


def test_another_wave_by_a_decision_raises_the_sequence(programme: Programme, vic: Person) -> None:
    """A go-live that stays on its day and joins another wave: nobody's calendar overlooks it."""

    def seen() -> Event:
        found = events(PRODUCT.calendar("check-in/echeckin", vic))
        return next(one for one in found if one.summary.startswith("636"))

    before = seen()
    row = GoLive.objects.get(site__number="636", product__key="echeckin")
    put_in_wave(go_live=row, wave=programme.waves.get(number=10), decision=DECISION, now=NOW)
    assert (seen().uid, seen().sequence, seen().stamp) == (before.uid, before.sequence + 1, NOW)
    assert events(WAVE.calendar("check-in/9", vic))[0].sequence == 1
