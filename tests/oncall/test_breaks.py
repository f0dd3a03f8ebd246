"""Days off around holidays: which belong together, which hours are muted, what is typed in."""

import json
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.periods import Period
from apps.oncall.rules.breaks import (
    Downtime,
    as_bodies,
    as_text,
    break_near,
    downtime_of,
    named_days,
    prepared_at,
    reminded_at,
)
from apps.rollouts.rules import federal_holidays
from tests.oncall.facts import NEW_YORK, OFFICE, local, rota, version

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def on(text: str) -> date:
    return date.fromisoformat(text)


CASES = [  # holidays, the working day in front, the first day off, the next working day
    (["2022-07-04"], "2022-07-01", "2022-07-02", "2022-07-05"),  # a Monday
    (["2022-11-24"], "2022-11-23", "2022-11-24", "2022-11-25"),  # a Thursday
    (["2022-11-24", "2022-11-25"], "2022-11-23", "2022-11-24", "2022-11-28"),  # with the Friday
    (["2022-12-26", "2022-12-27"], "2022-12-23", "2022-12-24", "2022-12-28"),  # two in a row
    (["2026-07-04", "2026-07-03"], "2026-07-02", "2026-07-03", "2026-07-06"),  # observed Friday
    (["2026-07-04"], "2026-07-03", "2026-07-04", "2026-07-06"),  # a Saturday nobody observes
    (["2022-06-19", "2022-06-20"], "2022-06-17", "2022-06-18", "2022-06-21"),  # observed Monday
    (["2023-01-02", "2022-12-30"], "2022-12-29", "2022-12-30", "2023-01-03"),  # around a weekend
]


@pytest.mark.parametrize(("holidays", "before", "first", "after"), CASES)
def test_holidays_with_only_weekends_between_them_are_one_break(
    holidays: list[str], before: str, first: str, after: str
) -> None:
    days = {on(day) for day in holidays}
    at = on(before)
    while at < on(after):
        found = break_near(at, days)
        assert found is not None, at
        assert (found.before, found.first, found.after) == (on(before), on(first), on(after))
        assert found.holidays == tuple(sorted(days))
        at += DAY
    assert break_near(on(after), days) is None
    assert break_near(on(before) - 7 * DAY, days) is None


def test_a_weekend_alone_is_no_break_and_a_month_off_is_none_that_ends() -> None:
    assert break_near(on("2022-07-01"), set()) is None
    assert break_near(on("2022-07-02"), set()) is None
    assert break_near(on("2022-06-30"), {on("2022-07-01") + DAY * n for n in range(60)}) is None
    assert break_near(on("2022-07-30"), {on("2022-06-01") + DAY * n for n in range(90)}) is None


def test_every_federal_holiday_of_years_is_in_exactly_one_break() -> None:
    holidays = federal_holidays(range(2022, 2032))
    whole = every_break(on("2021-12-25"), 3700, holidays)
    told = [day for one in whole for day in one.holidays]
    assert sorted(told) == sorted(day for day in holidays if day < on("2032-01-01"))
    assert len(told) == len(set(told))


def every_break(start: date, days: int, holidays: Any) -> list[Any]:
    found = {break_near(start + DAY * number, holidays) for number in range(days)}
    return [one for one in found if one is not None]


@settings(max_examples=150, deadline=None)
@given(st.sets(st.integers(0, 60), max_size=15))
def test_each_holiday_is_in_one_break_that_begins_after_a_working_day(numbers: set[int]) -> None:
    start = on("2022-05-02")
    holidays = {start + DAY * (number + 14) for number in numbers}
    whole = every_break(start, 110, holidays)
    told = [day for one in whole for day in one.holidays]
    assert sorted(told) == sorted(holidays)
    for one in whole:
        assert one.before.weekday() < 5
        assert one.before not in holidays
        assert one.first == one.before + DAY < one.after
        off = [one.first + DAY * n for n in range((one.after - one.first).days)]
        assert all(day.weekday() > 4 or day in holidays for day in off)


def downtime(holidays: list[str], before: str, **columns: Any) -> tuple[str, str]:
    found = break_near(on(before), {on(day) for day in holidays})
    assert found is not None
    facts = rota(version(**columns))
    period = downtime_of(facts, found)
    first, last = (f"{at.astimezone(NEW_YORK):%a %m-%d %H:%M}" for at in period)
    return first, last


@pytest.mark.parametrize(
    ("windows", "hours"),
    [
        (OFFICE, ("Fri 07-01 20:00", "Tue 07-05 08:00")),
        (None, ("Sat 07-02 00:00", "Tue 07-05 00:00")),
        ({"mon-sun": "08:00-20:00"}, ("Fri 07-01 20:00", "Tue 07-05 08:00")),
        ({"mon-fri": "08:00-12:00,13:00-17:30"}, ("Fri 07-01 17:30", "Tue 07-05 08:00")),
        ({"mon-fri": "22:00-06:00"}, ("Sat 07-02 06:00", "Tue 07-05 22:00")),
        ({"mon-thu": "07:00-19:00"}, ("Sat 07-02 00:00", "Tue 07-05 07:00")),
        ({"sat,sun": "08:00-20:00"}, ("Sat 07-02 00:00", "Tue 07-05 00:00")),
    ],
)
def test_the_hours_run_from_the_last_window_to_the_first(
    windows: dict[str, str] | None, hours: tuple[str, str]
) -> None:
    assert downtime(["2022-07-04"], "2022-07-01", windows=windows) == hours


def test_a_layer_in_another_zone_widens_what_is_covered() -> None:
    found = break_near(on("2022-07-01"), {on("2022-07-04")})
    assert found is not None
    layer = version(windows={"mon-fri": "08:00-20:00"}, layer="west",
                    zone=ZoneInfo("Pacific/Honolulu"))  # fmt: skip
    period = downtime_of(rota(version(windows=OFFICE), layer), found)
    assert period == Period(local("2022-07-02T02:00"), local("2022-07-05T08:00"))
    always = version(windows=None, layer="all")
    assert downtime_of(rota(version(windows=OFFICE), always), found).start == local("2022-07-02")


def test_the_version_that_counts_on_each_day_says_its_hours() -> None:
    found = break_near(on("2022-07-01"), {on("2022-07-04")})
    assert found is not None
    later = version(windows={"mon-fri": "06:00-18:00"}, effective_from=on("2022-07-05"))
    period = downtime_of(rota(version(windows=OFFICE), later), found)
    assert period == Period(local("2022-07-01T20:00"), local("2022-07-05T06:00"))


def test_a_clock_that_changes_in_between_makes_it_an_hour_longer() -> None:
    found = break_near(on("2022-11-04"), {on("2022-11-07")})
    assert found is not None
    period = downtime_of(rota(version(windows=OFFICE)), found)
    assert period.end - period.start == 3 * 24 * HOUR + 12 * HOUR + HOUR


def test_somebody_is_told_at_nine_and_reminded_while_somebody_is_there() -> None:
    found = break_near(on("2022-07-01"), {on("2022-07-04")})
    assert found is not None
    assert prepared_at(found.before, NEW_YORK) == local("2022-07-01T09:00")
    ends = Period(local("2022-07-01T20:00"), local("2022-07-05T08:00"))
    assert reminded_at(found.before, NEW_YORK, ends) == local("2022-07-01T16:00")
    early = Period(local("2022-07-01T15:30"), ends.end)
    assert reminded_at(found.before, NEW_YORK, early) == local("2022-07-01T14:30")
    at_once = Period(local("2022-07-01T09:30"), ends.end)
    assert reminded_at(found.before, NEW_YORK, at_once) == local("2022-07-01T10:00")


def asked(mute: str) -> Downtime:
    period = Period(local("2022-07-01T20:00"), local("2022-07-05T08:00"))
    return Downtime(period=period, mute=mute, message="Independence Day: nobody works",
                    zone="America/New_York")  # fmt: skip


def test_the_text_says_what_from_when_until_when() -> None:
    assert as_text(asked("tag:service:check-in\n\n the kiosks ")).splitlines() == [
        "Downtime, one time",
        "Mute: tag:service:check-in; the kiosks",
        "From: Fri 1 Jul 2022 20:00 EDT",
        "Until: Tue 5 Jul 2022 08:00 EDT",
        "Message: Independence Day: nobody works",
    ]
    assert "the monitors that fire when nothing happens" in as_text(asked(""))


def test_the_body_is_what_the_api_of_downtimes_takes() -> None:
    [body] = as_bodies(asked("tag:service:check-in, team:rollout\nscope:env:prod"))
    assert json.loads(body) == {
        "data": {
            "type": "downtime",
            "attributes": {
                "message": "Independence Day: nobody works",
                "monitor_identifier": {"monitor_tags": ["service:check-in", "team:rollout"]},
                "scope": "env:prod",
                "display_timezone": "America/New_York",
                "schedule": {
                    "start": "2022-07-02T00:00:00+00:00", "end": "2022-07-05T12:00:00+00:00",
                },
            },
        }
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mute", "monitors"),
    [
        ("", []),
        ("the kiosks", []),
        ("tag:", []),
        ("monitor:abc, 12", [{"monitor_id": 12}]),
        ("tag:a:b\ntag:c:d", [{"monitor_tags": ["a:b"]}, {"monitor_tags": ["c:d"]}]),
        ("monitor:12,34", [{"monitor_id": 12}, {"monitor_id": 34}]),
    ],
)
def test_each_line_that_names_monitors_is_a_body(mute: str, monitors: list[Any]) -> None:
    bodies = [json.loads(body)["data"]["attributes"] for body in as_bodies(asked(mute))]
    assert [one["monitor_identifier"] for one in bodies] == monitors
    assert {one["scope"] for one in bodies} <= {"*"}


def test_names_are_told_once() -> None:
    assert named_days(["A"]) == "A"
    assert named_days(["A", "A"]) == "A"
    assert named_days(["A", "B", "C"]) == "A, B and C"
