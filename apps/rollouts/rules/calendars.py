"""Public holidays by country, from the package `holidays`."""

from collections.abc import Iterable
from datetime import date
from functools import cache

import holidays

YEARS = range(1990, 2191)  # of days in a roll-out; beyond, a shift could leave the calendar
NEAR = range(2000, 2101)  # of public holidays


def federal_holidays(years: Iterable[int], calendar: str = "US") -> dict[date, str]:
    """Public holidays by day, observed days included. `calendar` is a country, also with a part of
    it ("US", "US-PR", "PH"). Raises ValueError for one that nobody knows."""
    country, _, part = calendar.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=sorted(years))
    except NotImplementedError as problem:
        raise ValueError(calendar_problem(calendar)) from problem
    return dict(sorted(found.items()))


@cache
def public_holidays(calendar: str) -> dict[date, str]:
    """Those of a hundred years, to be read alone; none without a calendar."""
    return federal_holidays(NEAR, calendar) if calendar else {}


def calendar_problem(calendar: str) -> str:
    """Why it names no calendar of public holidays; empty when it does."""
    country, _, part = calendar.partition("-")
    known = holidays.list_supported_countries()
    if not calendar or (country in known and (not part or part in known[country])):
        return ""
    if known.get(country):
        return f"{calendar!r} is no calendar: {country} has {', '.join(known[country])}"
    return f"{calendar!r} is no calendar: write a country such as US, or a part of one as US-PR"
