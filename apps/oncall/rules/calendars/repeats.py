"""Which repetitions are read, and what walking over one costs.

The library walks a rule from its first day, and one that never matches to the end of time. So a
rule is looked at first: what passes here matches again and again, and its steps can be counted.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from apps.oncall.rules.calendars.values import BadEvent

SIMPLE = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
ALLOWED = {
    "DAILY": {"BYDAY", "BYMONTH"},
    "WEEKLY": {"BYDAY", "BYMONTH"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTH", "BYMONTHDAY"},
}
FIRST_YEAR, LAST_YEAR = 1970, 2200
LONGEST_INTERVAL = 1000
FURTHEST_MOVE = 366  # days
SURE_MONTHDAY = 28  # every month has it

Rule = Mapping[str, Sequence[Any]]


def check_rule(given: Rule) -> None:
    """Raises BadEvent for a rule that could be walked over for ever, or for very long."""
    rule = {name.upper(): _listed(value) for name, value in given.items()}
    freq = str((rule.get("FREQ") or [""])[0]).upper()
    if freq not in ALLOWED:
        raise BadEvent(f"repeats in a way that is not read here ({freq.lower() or 'no FREQ'})")
    for name in rule.keys() - SIMPLE - ALLOWED[freq]:
        raise BadEvent(f"repeats in a way that is not read here ({freq.lower()} by {name[2:]})")
    interval = (_whole(rule.get("INTERVAL", [1])) or [0])[0]
    if not 1 <= interval <= LONGEST_INTERVAL:
        raise BadEvent("repeats at an interval that is none")
    if not _matches(freq, interval, rule):
        raise BadEvent("repeats on days that may never come")


def _matches(freq: str, interval: int, rule: Rule) -> bool:
    """Whether each part is sure to match soon; in doubt it is not read."""
    days = [str(day) for day in rule.get("BYDAY", [])]
    has_ordinals = any(len(day) > 2 for day in days)
    if has_ordinals and (freq in {"DAILY", "WEEKLY"} or "BYMONTHDAY" in rule):
        return False
    if not _month_days_match(interval, rule):
        return False
    if freq in {"DAILY", "WEEKLY"} and interval > 1:
        return "BYMONTH" not in rule and (freq == "WEEKLY" or "BYDAY" not in rule)
    return _positions_match(rule, days)


def _month_days_match(interval: int, rule: Rule) -> bool:
    """A day every month has comes each time, on a given weekday after some years."""
    given = [abs(day) for day in _whole(rule.get("BYMONTHDAY", []))]
    if not given:
        return True
    if "BYDAY" in rule and interval > 1:
        return False
    most = SURE_MONTHDAY if {"BYDAY", "BYMONTH"} & rule.keys() or interval > 1 else 31
    return all(1 <= day <= 31 for day in given) and min(given) <= most


def _positions_match(rule: Rule, days: Sequence[str]) -> bool:
    """Every weekday comes four times in a month, and a fifth time now and then."""
    ordinals = [day[:-2].lstrip("+-") for day in days if len(day) > 2]
    if any(not one.isdigit() or not 1 <= int(one) <= 5 for one in ordinals):
        return False
    places = _whole(rule.get("BYSETPOS", []))
    return not places or (
        bool(days) and not ordinals and all(1 <= abs(place) <= 4 * len(days) for place in places)
    )


def check_move(event: Mapping[str, Any]) -> None:
    """Raises BadEvent where all later occurrences move so far that the library would look for them
    centuries away."""
    meant: Any = event.get("RECURRENCE-ID")
    if "RANGE" not in getattr(meant, "params", ()):
        return
    start, at = event["DTSTART"].dt, meant.dt
    if not isinstance(at, date) or abs(start.toordinal() - at.toordinal()) > FURTHEST_MOVE:
        raise BadEvent("moves all that comes after it by more than a year")


def steps_of(start: date, end: datetime) -> int:
    """How many days a series that begins on `start` is walked over until `end`, at most."""
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise BadEvent(f"repeats from the year {start.year} on")
    return max(1, end.toordinal() - start.toordinal())


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _whole(values: Sequence[Any]) -> list[int]:
    try:
        return [int(one) for one in values]
    except (TypeError, ValueError) as problem:
        raise BadEvent("repeats in a way that cannot be read") from problem
