"""When a site is handed over from its Go Live channel to ServiceNow (product R9)."""

import itertools
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.core.periods import WeeklyHours, instant_of
from apps.rollouts.rules.phases import GO_LIVE_WEEK, Facts, phases_of

PREVIEW = time(14, 0)  # site time
USUAL_OPENING = time(8, 0)  # of a site whose opening hours nobody entered
DAY = timedelta(days=1)
LONGEST_BREAK = 14  # days looked back for a working day


@dataclass(frozen=True, slots=True)
class HandOver:
    """The three instants of a hand-over (UTC): the preview to the primary, the hand-over itself at
    the site's local midnight, the closing message at the site's opening time."""

    preview_at: datetime
    due_at: datetime
    closing_at: datetime


def handover_due(
    facts: Facts, *, opening: WeeklyHours | None = None, holidays: Collection[date] = ()
) -> HandOver | None:
    """When the go-live week of these facts ends and what happens around that.

    None when it never ends by itself: paused without end, rolled back, cancelled or closed before.
    """
    due_at = _end_of_week(facts)
    if due_at is None:
        return None
    on = due_at.astimezone(facts.zone).date()
    preview_on = _last_working_day(on, holidays)
    return HandOver(
        preview_at=instant_of(preview_on, PREVIEW, facts.zone, edge="start"),
        due_at=due_at,
        closing_at=_opening(due_at, on, facts.zone, opening),
    )


def _end_of_week(facts: Facts) -> datetime | None:
    """The end of the last stretch of the go-live week, if ServiceNow follows it."""
    phases = phases_of(facts)
    for phase, following in itertools.pairwise(phases):
        if phase.key == GO_LIVE_WEEK and following.key == "servicenow":
            return phase.until
    return None


def _last_working_day(on: date, holidays: Collection[date]) -> date:
    """The last weekday before `on` that is no holiday; the day before after a very long break."""
    days = (on - DAY * back for back in range(1, LONGEST_BREAK + 1))
    return next((day for day in days if day.weekday() < 5 and day not in holidays), on - DAY)


def _opening(due_at: datetime, on: date, zone: ZoneInfo, opening: WeeklyHours | None) -> datetime:
    found = opening.next_open(due_at, zone) if opening is not None and opening.spans else None
    return found or instant_of(on, USUAL_OPENING, zone, edge="start")
