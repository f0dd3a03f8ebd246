"""When a site is handed over: its own midnight, the preview before, the message after."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.core.periods import WeeklyHours
from apps.rollouts.rules import Fact, Facts
from apps.rollouts.rules.handover import HandOver, handover_due

MONDAY = date(2022, 6, 13)
JUNETEENTH = date(2022, 6, 20)
HOURS = WeeklyHours.parse({"mon-fri": "08:00-16:30"})


def facts(zone: str = "America/Denver", **more: object) -> Facts:
    return Facts(starts_on=MONDAY, zone=ZoneInfo(zone), **more)  # type: ignore[arg-type]  # a test's


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 6, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Manila", utc(19, 16)),
        ("America/Puerto_Rico", utc(20, 4)),
        ("America/Indiana/Indianapolis", utc(20, 4)),
        ("America/Boise", utc(20, 6)),
        ("America/Phoenix", utc(20, 7)),
        ("America/Anchorage", utc(20, 8)),
        ("Pacific/Honolulu", utc(20, 10)),
    ],
)
def test_it_falls_due_at_the_sites_own_midnight(zone: str, midnight: datetime) -> None:
    found = handover_due(facts(zone))
    assert found is not None
    assert found.due_at == midnight


def test_it_previews_on_the_last_working_day_before_at_two_site_time() -> None:
    found = handover_due(facts())
    assert found is not None
    assert found.preview_at == utc(17, 20)  # Friday 14:00 in Denver


def test_it_looks_past_a_holiday_for_the_preview() -> None:
    tuesday = Facts(starts_on=date(2022, 6, 14), zone=ZoneInfo("America/Denver"))
    found = handover_due(tuesday, holidays={JUNETEENTH})
    assert found is not None
    assert found.preview_at == utc(17, 20)


def test_it_closes_the_channel_when_the_site_opens() -> None:
    found = handover_due(facts(), opening=HOURS)
    assert found is not None
    assert found.closing_at == utc(20, 14)  # Monday 08:00 in Denver


def test_it_takes_eight_oclock_for_a_site_without_opening_hours() -> None:
    found = handover_due(facts("Pacific/Honolulu"))
    assert found is not None
    assert found.closing_at == utc(20, 18)


def test_no_site_opens_on_a_holiday() -> None:
    found = handover_due(facts(), opening=HOURS, holidays={JUNETEENTH})
    assert found is not None
    assert (found.due_at, found.closing_at) == (utc(20, 6), utc(21, 14))  # Tuesday 08:00


def test_it_closes_on_a_working_day_where_nobody_entered_hours() -> None:
    thursday_to_saturday = Facts(starts_on=date(2022, 6, 11), zone=ZoneInfo("America/Denver"))
    found = handover_due(thursday_to_saturday, holidays={JUNETEENTH})
    assert found is not None
    assert found.due_at == utc(18, 6)  # Saturday, 00:00
    assert found.preview_at == utc(17, 20)
    assert found.closing_at == utc(21, 14)


def test_a_site_that_never_closes_is_told_at_once() -> None:
    found = handover_due(facts(), opening=WeeklyHours.parse({"mon-sun": "00:00-24:00"}))
    assert found is not None
    assert found.closing_at == found.due_at


def test_a_site_whose_hours_are_all_holidays_is_told_at_the_hand_over() -> None:
    days = {date(2022, 6, day) for day in range(1, 31)} | {date(2022, 7, 4), date(2022, 7, 11)}
    days |= {date(2022, 7, 18) + timedelta(weeks=week) for week in range(20)}
    found = handover_due(facts(), opening=WeeklyHours.parse({"mon": "08:00-12:00"}), holidays=days)
    assert found is not None
    assert found.closing_at == found.due_at


# The clocks change on Sunday 6 November 2022 (back) and 13 March 2022 (forth) where they do. Weeks
# from the Monday before: start, preview on Friday 14:00, due on Monday 00:00, opening at 08:00.
AUTUMN, SPRING = date(2022, 10, 31), date(2022, 3, 7)
OVER_A_CHANGE = [  # zone, hours ahead of UTC before and after the change in autumn, in spring
    ("Asia/Manila", 8, 8, 8, 8),
    ("America/Puerto_Rico", -4, -4, -4, -4),
    ("America/Boise", -6, -7, -7, -6),
    ("America/Indiana/Indianapolis", -4, -5, -5, -4),
    ("America/Phoenix", -7, -7, -7, -7),
    ("America/Anchorage", -8, -9, -9, -8),
    ("Pacific/Honolulu", -10, -10, -10, -10),
]


def wall(on: date, days: int, hours: int, ahead: int) -> datetime:
    """An instant from a wall time and an offset that is written down here."""
    naive = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(days=days, hours=hours)
    return naive - timedelta(hours=ahead)


@pytest.mark.parametrize(("zone", "october", "november", "winter", "summer"), OVER_A_CHANGE)
def test_it_keeps_the_sites_own_time_over_a_change_of_clocks(
    zone: str, october: int, november: int, winter: int, summer: int
) -> None:
    for monday, before, after in ((AUTUMN, october, november), (SPRING, winter, summer)):
        found = handover_due(Facts(starts_on=monday, zone=ZoneInfo(zone)), opening=HOURS)
        assert found == HandOver(
            preview_at=wall(monday, 4, 14, before),
            due_at=wall(monday, 7, 0, after),
            closing_at=wall(monday, 7, 8, after),
        )


@pytest.mark.parametrize(("zone", "october", "november", "winter", "summer"), OVER_A_CHANGE)
def test_a_pause_over_a_change_of_clocks_costs_whole_local_days(
    zone: str, october: int, november: int, winter: int, summer: int
) -> None:
    saturday, monday = wall(AUTUMN, 5, 10, october), wall(AUTUMN, 7, 10, november)
    events = (Fact("pause", saturday), Fact("resume", monday))
    found = handover_due(Facts(starts_on=AUTUMN, zone=ZoneInfo(zone), events=events))
    assert found is not None
    assert found.due_at == wall(AUTUMN, 10, 0, november)  # three days were touched
    assert found.preview_at == wall(AUTUMN, 9, 14, november)


def test_a_pause_that_begins_with_the_last_midnight_holds_the_hand_over_up() -> None:
    events = (Fact("pause", utc(20, 6)), Fact("resume", utc(22, 15)))
    found = handover_due(facts(events=events))
    assert found is not None
    assert found.due_at == utc(22, 15)
    assert handover_due(facts(events=events[:1])) is None


def test_what_was_handed_over_stays_handed_over() -> None:
    later = (Fact("pause", utc(24, 6)), Fact("resume", utc(25, 6)), Fact("roll-back", utc(28, 6)))
    found = handover_due(facts(events=later))
    assert found is not None
    assert found.due_at == utc(20, 6)


def test_it_waits_for_days_lost_to_a_pause() -> None:
    events = (Fact("pause", utc(14, 15)), Fact("resume", utc(16, 15)))
    found = handover_due(facts(events=events))
    assert found is not None
    assert found.due_at == utc(23, 6)


@pytest.mark.parametrize(
    "events",
    [
        (Fact("pause", utc(14, 15)),),
        (Fact("roll-back", utc(14, 15)),),
        (Fact("cancel", utc(1, 15)),),
    ],
)
def test_it_never_falls_due_for_what_does_not_go_on(events: tuple[Fact, ...]) -> None:
    assert handover_due(facts(events=events)) is None


def test_it_is_not_due_when_the_programme_closes_before() -> None:
    assert handover_due(facts(closes_on=date(2022, 6, 15))) is None
