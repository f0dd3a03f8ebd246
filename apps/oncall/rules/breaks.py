"""Days off around a holiday: when monitors that live from activity would fire for nothing, which
hours of it to mute, and who is to be told when (product O11)."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apps.core.periods import Period, WeeklyHours, instant_of, local_midnight
from apps.oncall.choices import CHOOSING, LAST
from apps.oncall.rules.facts import RotaFacts, VersionFacts
from apps.oncall.rules.schedule import next_on_duty, on_duty

DAY = timedelta(days=1)
LONGEST = 31  # days off in a row that are looked through
PREPARED_AT = time(9)  # of the last working day, in the rota's zone
REMINDED_AT = time(16)  # when that day ends, or an hour before the downtime begins
HOUR = timedelta(hours=1)
ALL = "*"  # every scope


@dataclass(frozen=True, slots=True)
class Break:
    """Days without work, [`first`, `after`), among them the `holidays`; `before` is the last
    working day in front of them. Holidays with nothing but weekends between them share one."""

    before: date
    first: date
    after: date
    holidays: tuple[date, ...]


def break_near(on: date, holidays: Collection[date]) -> Break | None:
    """The break that begins on the day after the working day `on`, or that `on` lies in."""
    before = _work_from(on, -DAY, holidays)
    if before is None:
        return None
    first = before + DAY
    after = _work_from(first, DAY, holidays)
    if after is None:
        return None
    off = (first + DAY * days for days in range((after - first).days))
    found = tuple(day for day in off if day in holidays)
    return Break(before, first, after, found) if found else None


def _work_from(on: date, step: timedelta, holidays: Collection[date]) -> date | None:
    """The first working day from `on` in steps; None where there is none for a month."""
    days = (on + step * number for number in range(LONGEST))
    return next((day for day in days if day.weekday() < 5 and day not in holidays), None)


def prepared_at(before: date, zone: ZoneInfo) -> datetime:
    """When somebody is told of a break: on the last working day in front, in the rota's zone."""
    return instant_of(before, PREPARED_AT, zone, edge="start")


def reminded_at(before: date, zone: ZoneInfo, downtime: Period) -> datetime:
    """When they are reminded: at the end of that working day, while somebody is still on duty."""
    end_of_day = instant_of(before, REMINDED_AT, zone, edge="start")
    return max(prepared_at(before, zone) + HOUR, min(end_of_day, downtime.start - HOUR))


def downtime_of(facts: RotaFacts, found: Break) -> Period:
    """The hours to mute: from the end of the last duty window of the working day in front to the
    start of the first on the one after.

    A rota that is always on duty, or has no window on that day, has no such end: then the break's
    own midnights count. Of layers the widest does.
    """
    ends = _windows(facts, found.before)
    starts = _windows(facts, found.after)
    return Period(
        local_midnight(found.first, facts.zone) if ends is None else max(one.end for one in ends),
        local_midnight(found.after, facts.zone)
        if starts is None
        else min(one.start for one in starts),
    )


def _windows(facts: RotaFacts, on: date) -> list[Period] | None:
    """The duty windows that begin on a day; None where there is none, or no end to them."""
    found = []
    for version in _counting(facts, on):
        if version.windows is None:
            return None
        zone = version.zone or facts.zone
        start = local_midnight(on, zone)
        hours = WeeklyHours(version.windows.on(on.weekday()))
        found += [one for one in hours.periods(zone, start, start + 2 * DAY) if one.start >= start]
    return found or None


def _counting(facts: RotaFacts, on: date) -> Iterator[VersionFacts]:
    """The version of each layer that counts on a day and has people."""
    for versions in facts.by_layer():
        latest = [one for one in versions if one.effective_from <= on] or versions[:1]
        if latest[-1].duties:
            yield latest[-1]


def has_people(facts: RotaFacts, on: date) -> bool:
    """Whether the rota has begun by a day and has duties then."""
    begun = ([one for one in rows if one.effective_from <= on] for rows in facts.by_layer())
    return any(rows[-1].duties for rows in begun if rows)


def whose(facts: RotaFacts, now: datetime, downtime: Period) -> str | None:
    """Who is to have it (username): of those on duty now the first duty, or else whoever comes
    next before the downtime begins."""
    held = on_duty(facts, now)
    if not held and now < downtime.start:
        held = next_on_duty(facts, now, downtime.start - now)
    place = {duty: number for number, duty in enumerate(facts.duties())}
    first = min(
        held.values(), default=None,
        key=lambda one: (max(one.start, now), CHOOSING.get(one.duty, LAST), place[one.duty]),
    )  # fmt: skip
    return None if first is None else first.person_key


# --- what to type into Datadog ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime:
    """What is to be muted when and why; `zone` is how the hours are shown there."""

    period: Period
    mute: str
    message: str
    zone: str


def as_text(downtime: Downtime) -> str:
    """For somebody who fills in the form by hand."""
    zone = ZoneInfo(downtime.zone)
    start, end = (f"{at.astimezone(zone):%a %-d %b %Y %H:%M %Z}" for at in downtime.period)
    lines = [line.strip() for line in downtime.mute.splitlines() if line.strip()]
    return "\n".join(
        [
            "Downtime, one time",
            f"Mute: {'; '.join(lines) or 'the monitors that fire when nothing happens'}",
            f"From: {start}",
            f"Until: {end}",
            f"Message: {downtime.message}",
        ]
    )


def as_bodies(downtime: Downtime) -> list[str]:
    """JSON for `POST /api/v2/downtime`, one body for each line that names monitors.

    A line `tag:service:check-in, team:a` mutes the monitors that have all of its tags, `monitor:12`
    one monitor, `scope:env:prod` narrows all of them. Other lines are for people alone; without any
    that names monitors there is no body, because an empty one would mute everything.
    """
    lines = [line.strip() for line in downtime.mute.splitlines()]
    scopes = [line.partition(":")[2].strip() for line in lines if line.startswith("scope:")]
    scope = " AND ".join(one for one in scopes if one) or ALL
    return [json.dumps(_body(downtime, scope, monitors), indent=2) for monitors in _monitors(lines)]


def _monitors(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        kind, _, rest = line.partition(":")
        named = [one.strip() for one in rest.split(",") if one.strip()]
        if kind == "tag" and named:
            yield {"monitor_tags": named}
        elif kind == "monitor":
            yield from ({"monitor_id": int(one)} for one in named if _is_id(one))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _body(downtime: Downtime, scope: str, monitors: Mapping[str, Any]) -> dict[str, Any]:
    start, end = (at.astimezone(UTC).isoformat() for at in downtime.period)
    attributes = {
        "message": downtime.message,
        "monitor_identifier": monitors,
        "scope": scope,
        "display_timezone": downtime.zone,
        "schedule": {"start": start, "end": end},
    }
    return {"data": {"type": "downtime", "attributes": attributes}}


def named_days(names: Sequence[str]) -> str:
    """As in "Thanksgiving Day and Day After Thanksgiving"; no name twice."""
    once = list(dict.fromkeys(names))
    return " and ".join([", ".join(once[:-1]), once[-1]] if len(once) > 1 else once)
