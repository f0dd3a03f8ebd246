"""Periods, wall times in zones, weekly hours and business days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.periods import (
    Edge,
    Period,
    Span,
    WeeklyHours,
    add_business_days,
    clock_minutes,
    instant_of,
    local_midnight,
    merged,
    weekday_number,
)

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    NEW_YORK,
    ZoneInfo("America/Phoenix"),
    ZoneInfo("Pacific/Honolulu"),
    ZoneInfo("America/Puerto_Rico"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Asia/Manila"),
    ZoneInfo("Asia/Kathmandu"),
    ZoneInfo("UTC"),
]
JULY_FOURTH = date(2022, 7, 4)
days = st.dates(date(2020, 1, 1), date(2031, 1, 1))
walls = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))
zones = st.sampled_from(ZONES)
instants = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


starts = st.integers(0, 23 * 60)
hours_of_the_week = st.lists(
    st.tuples(st.integers(0, 6), starts, st.integers(1, 24 * 60 - 1)), max_size=4
).map(lambda rows: WeeklyHours(tuple(sorted({Span(d, o, o + n) for d, o, n in rows}))))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def period(start: str, end: str) -> Period:
    return Period(utc(start), utc(end))


# --- periods ----------------------------------------------------------------------------------


def test_a_period_holds_its_start_and_not_its_end() -> None:
    one = period("2022-05-02T08:00", "2022-05-02T09:00")
    assert one.start in one
    assert one.end not in one
    assert "2022-05-02" not in one


def test_periods_that_only_touch_do_not_overlap() -> None:
    one = period("2022-05-02T08:00", "2022-05-02T09:00")
    assert one.overlap(period("2022-05-02T09:00", "2022-05-02T10:00")) is None


def test_periods_overlap_in_what_both_hold() -> None:
    one = period("2022-05-02T08:00", "2022-05-02T09:00")
    other = period("2022-05-02T08:30", "2022-05-02T10:00")
    assert one.overlap(other) == period("2022-05-02T08:30", "2022-05-02T09:00")


def test_periods_that_touch_or_overlap_become_one() -> None:
    found = merged(
        [
            period("2022-05-02T09:00", "2022-05-02T10:00"),
            period("2022-05-02T08:00", "2022-05-02T09:00"),
            period("2022-05-02T08:15", "2022-05-02T08:30"),
            period("2022-05-02T11:00", "2022-05-02T12:00"),
        ]
    )
    assert found == [
        period("2022-05-02T08:00", "2022-05-02T10:00"),
        period("2022-05-02T11:00", "2022-05-02T12:00"),
    ]


# --- wall times -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "on", "wall", "edge", "instant"),
    [
        ("America/New_York", date(2022, 5, 2), time(8), "start", "2022-05-02T12:00"),
        ("America/New_York", date(2022, 1, 3), time(8), "start", "2022-01-03T13:00"),
        ("Asia/Manila", date(2022, 5, 2), time(8), "start", "2022-05-02T00:00"),
        # 02:30 does not exist on 13 March: as 01:30 EST or as 03:30 EDT
        ("America/New_York", date(2022, 3, 13), time(2, 30), "start", "2022-03-13T06:30"),
        ("America/New_York", date(2022, 3, 13), time(2, 30), "end", "2022-03-13T07:30"),
        # 01:30 comes twice on 6 November
        ("America/New_York", date(2022, 11, 6), time(1, 30), "start", "2022-11-06T05:30"),
        ("America/New_York", date(2022, 11, 6), time(1, 30), "end", "2022-11-06T06:30"),
        # Lord Howe moves by half an hour
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "start", "2026-10-03T15:15"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "end", "2026-10-03T15:45"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "start", "2026-04-04T14:45"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "end", "2026-04-04T15:15"),
        ("America/Phoenix", date(2022, 3, 13), time(2, 30), "start", "2022-03-13T09:30"),
    ],
)
def test_a_wall_time_has_its_first_reading_as_a_start_and_its_last_as_an_end(
    zone: str, on: date, wall: time, edge: Edge, instant: str
) -> None:
    assert instant_of(on, wall, ZoneInfo(zone), edge=edge) == utc(instant)


def test_a_day_begins_at_local_midnight_or_its_first_reading_where_it_is_skipped() -> None:
    assert local_midnight(date(2022, 5, 2), ZoneInfo("America/Denver")) == utc("2022-05-02T06:00")
    # Havana goes from 23:59:59 to 01:00 on 13 March
    assert local_midnight(date(2022, 3, 13), ZoneInfo("America/Havana")) == utc("2022-03-13T04:00")


@given(days, walls, zones)
def test_an_end_is_never_before_the_start_of_the_same_wall_time(
    on: date, wall: time, zone: ZoneInfo
) -> None:
    start = instant_of(on, wall, zone, edge="start")
    end = instant_of(on, wall, zone, edge="end")
    assert timedelta() <= end - start <= timedelta(hours=1)
    shown = {at.astimezone(zone).replace(tzinfo=None) for at in (start, end)}
    assert datetime.combine(on, wall) in shown or len(shown) == 2  # an absent time


# --- weekly hours -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ({"mon": "08:00-16:30"}, [Span(0, 480, 990)]),
        ({"Monday": "8:00-16:30"}, [Span(0, 480, 990)]),
        ({"sat-mon": "08:00-09:00"}, [Span(0, 480, 540), Span(5, 480, 540), Span(6, 480, 540)]),
        ({"mon, wed": "08:00-09:00"}, [Span(0, 480, 540), Span(2, 480, 540)]),
        ({"fri": "08:00-12:00, 13:00-16:30"}, [Span(4, 480, 720), Span(4, 780, 990)]),
        ({"sun": "22:00-06:00"}, [Span(6, 1320, 1800)]),
        ({"sun": "00:00-24:00"}, [Span(6, 0, 1440)]),
        ({"mon-fri": "08:00-16:00", "sat": "closed"}, [Span(d, 480, 960) for d in range(5)]),
        ({}, []),
    ],
)
def test_hours_are_read_as_people_write_them(written: dict[str, str], spans: list[Span]) -> None:
    assert list(WeeklyHours.parse(written).spans) == spans


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"mo": "08:00-16:00"}, "“mo” is not a weekday"),
        ({"mon-": "08:00-16:00"}, "“” is not a weekday"),
        ({"mon": "08:00"}, "“08:00” is not a span of hours"),
        ({"mon": "8-16"}, "“8” is not a time of day"),
        ({"mon": "08:00-25:00"}, "“25:00” is not a time of day"),
        ({"mon": "08:00-24:30"}, "“24:30” is not a time of day"),
        ({"mon": "08:75-09:00"}, "“08:75” is not a time of day"),
        ({"mon": "08:00-08:00"}, "holds no time"),
        ({"mon": "24:00-06:00"}, "holds no time"),
    ],
)
def test_hours_that_cannot_be_read_are_refused_in_words(
    written: dict[str, str], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        WeeklyHours.parse(written)


def test_hours_follow_the_clock_on_the_wall_over_a_dst_change() -> None:
    hours = WeeklyHours.parse({"mon-sun": "08:00-20:00"})
    found = hours.periods(NEW_YORK, utc("2022-03-12T12:00"), utc("2022-03-15T00:00"))
    assert found == [
        period("2022-03-12T13:00", "2022-03-13T01:00"),
        period("2022-03-13T12:00", "2022-03-14T00:00"),
        period("2022-03-14T12:00", "2022-03-15T00:00"),
    ]


def test_hours_are_cut_at_the_window() -> None:
    hours = WeeklyHours.parse({"mon": "08:00-20:00"})
    found = hours.periods(NEW_YORK, utc("2022-05-02T14:00"), utc("2022-05-02T15:00"))
    assert found == [period("2022-05-02T14:00", "2022-05-02T15:00")]
    assert hours.periods(NEW_YORK, utc("2022-05-02T15:00"), utc("2022-05-02T15:00")) == []


def test_hours_over_midnight_reach_into_the_next_day() -> None:
    hours = WeeklyHours.parse({"sun": "22:00-06:00"})
    assert hours.contains(utc("2022-05-02T05:59"), ZoneInfo("UTC"))
    assert not hours.contains(utc("2022-05-02T06:00"), ZoneInfo("UTC"))
    assert not hours.contains(utc("2022-05-03T05:00"), ZoneInfo("UTC"))


def test_hours_that_meet_at_midnight_are_one_period() -> None:
    hours = WeeklyHours.parse({"mon-tue": "00:00-24:00"})
    found = hours.periods(NEW_YORK, utc("2022-05-01T00:00"), utc("2022-05-08T00:00"))
    assert found == [period("2022-05-02T04:00", "2022-05-04T04:00")]


def test_the_next_opening_is_now_while_it_is_open() -> None:
    hours = WeeklyHours.parse({"mon-fri": "08:00-16:30"})
    friday = utc("2022-05-06T15:00")
    assert hours.next_open(friday, NEW_YORK) == friday
    assert hours.next_open(utc("2022-05-06T20:30"), NEW_YORK) == utc("2022-05-09T12:00")
    assert WeeklyHours.parse({}).next_open(friday, NEW_YORK) is None


@given(instants, zones)
def test_an_instant_is_open_exactly_when_a_period_holds_it(at: datetime, zone: ZoneInfo) -> None:
    hours = WeeklyHours.parse({"mon-fri": "08:00-12:00,13:00-17:00", "sat,sun": "22:00-03:30"})
    found = hours.periods(zone, at - timedelta(days=3), at + timedelta(days=3))
    assert hours.contains(at, zone) == any(at in one for one in found)
    assert found == merged(found)


@given(instants, zones)
def test_the_next_opening_has_nothing_open_before_it(at: datetime, zone: ZoneInfo) -> None:
    hours = WeeklyHours.parse({"wed": "01:30-02:30"})
    opens = hours.next_open(at, zone)
    assert opens is not None
    assert hours.contains(opens, zone)
    assert hours.periods(zone, at, opens) == []


# --- words ------------------------------------------------------------------------------------


def test_minutes_and_weekdays_are_read() -> None:
    assert clock_minutes(" 08:30 ") == 510
    assert clock_minutes("24:00") == 1440
    assert weekday_number("Sunday") == 6


# --- business days ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "days", "due"),
    [
        ("2022-05-02T14:00", 1, "2022-05-03T14:00"),  # Monday to Tuesday
        ("2022-05-06T14:00", 1, "2022-05-09T14:00"),  # Friday to Monday
        ("2022-07-01T14:00", 1, "2022-07-05T14:00"),  # over a weekend and Independence Day
        ("2022-07-02T14:00", 1, "2022-07-06T04:00"),  # Saturday counts from Tuesday's midnight
        ("2022-07-04T14:00", 2, "2022-07-07T04:00"),  # a holiday counts from Tuesday's midnight
        ("2022-05-07T02:00", 1, "2022-05-10T02:00"),  # Saturday in UTC, still Friday in New York
        ("2022-05-02T14:00", 0, "2022-05-02T14:00"),
        ("2022-05-07T14:00", 0, "2022-05-09T04:00"),
    ],
)
def test_business_days_leave_out_weekends_and_holidays(at: str, days: int, due: str) -> None:
    assert add_business_days(utc(at), days, NEW_YORK, {JULY_FOURTH}) == utc(due)


def test_a_business_day_over_a_dst_change_ends_at_the_same_wall_time() -> None:
    friday = utc("2022-03-11T14:00")  # 09:00 EST
    assert add_business_days(friday, 1, NEW_YORK, set()) == utc("2022-03-14T13:00")  # 09:00 EDT


@given(hours_of_the_week, zones, instants, st.integers(0, 5000))
def test_some_time_is_open_where_there_are_open_periods(
    hours: WeeklyHours, zone: ZoneInfo, start: datetime, minutes: int
) -> None:
    end = start + timedelta(minutes=minutes)
    assert hours.is_open(zone, start, end) == bool(hours.periods(zone, start, end))
