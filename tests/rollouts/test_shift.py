"""Moving a programme of the past to today, by whole weeks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.rollouts.rules import shift_weeks

FIRST_WEEK = date(2022, 5, 2)


@pytest.mark.parametrize(
    ("today", "weeks"),
    [
        (date(2022, 6, 26), -1),
        (date(2022, 6, 27), 0),
        (date(2022, 7, 3), 0),
        (date(2022, 7, 4), 1),
        (date(2026, 2, 2), 188),
    ],
)
def test_it_moves_today_into_the_ninth_week(today: date, weeks: int) -> None:
    assert shift_weeks(FIRST_WEEK, today) == weeks


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_today_lies_in_the_ninth_week_and_weekdays_stay(first_week: date, today: date) -> None:
    moved = first_week + timedelta(weeks=shift_weeks(first_week, today))
    monday = moved - timedelta(days=moved.weekday())
    assert timedelta(weeks=8) <= today - monday < timedelta(weeks=9)
    assert moved.weekday() == first_week.weekday()
