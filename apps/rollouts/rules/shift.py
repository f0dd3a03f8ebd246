"""Moving a programme of the past to today, by whole weeks."""

from datetime import date, timedelta

NINTH = timedelta(weeks=8)


def shift_weeks(first_week: date, today: date) -> int:
    """By how many weeks to move a programme so that `today` lies in its ninth week.

    Weeks run from Monday; a whole number of weeks keeps every weekday what it was.
    """
    return (monday_of(today) - NINTH - monday_of(first_week)).days // 7


def monday_of(on: date) -> date:
    """The Monday of the week a date lies in."""
    return on - timedelta(days=on.weekday())
