"""When the demonstration's clock opens: now on a working day, else in the middle of a morning."""

import math
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
OPENS, CLOSES = time(8), time(18)
MORNING = time(10, 40)
TUESDAY, SATURDAY = 1, 5
STEP = timedelta(seconds=1)


def is_working_time(at: datetime) -> bool:
    """Monday to Friday, 08:00 to before 18:00 Eastern."""
    local = at.astimezone(EASTERN)
    return local.weekday() < SATURDAY and OPENS <= local.time() < CLOSES


def opens_at(now: datetime, last_seen: datetime | None = None) -> datetime:
    """The instant (UTC) a demonstration started at `now` opens at.

    In working time that is now, else the last Tuesday, 10:40 Eastern. It is later than
    `last_seen`, the last instant the portal wrote: its clock never goes back. Where that would be
    at night too, it is the next working morning, if that is not still to come.
    """
    usual = now if is_working_time(now) else _last_tuesday(now)
    if last_seen is None or usual > last_seen:
        return usual.astimezone(UTC)
    after = (last_seen + STEP).astimezone(UTC)
    if is_working_time(after):
        return after
    morning = _next_morning(after)
    return morning if morning <= now else after


def offset_seconds(target: datetime, now: datetime) -> int:
    """What is added to real time `now` so that it is `target`, never before it."""
    return math.ceil((target - now).total_seconds())


def _last_tuesday(now: datetime) -> datetime:
    local = now.astimezone(EASTERN)
    day = local.date() - timedelta(days=(local.weekday() - TUESDAY) % 7)
    at = datetime.combine(day, MORNING, EASTERN)
    if at > now:
        at = datetime.combine(day - timedelta(days=7), MORNING, EASTERN)
    return at


def _next_morning(after: datetime) -> datetime:
    """The first weekday's 10:40 Eastern later than `after` (UTC)."""
    day = after.astimezone(EASTERN).date()
    days = (day + timedelta(days=ahead) for ahead in range(5))
    mornings = (datetime.combine(one, MORNING, EASTERN) for one in days if one.weekday() < SATURDAY)
    return next(one.astimezone(UTC) for one in mornings if one.astimezone(UTC) > after)
