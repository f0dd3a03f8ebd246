"""When a site is handed over from its Go Live channel to ServiceNow (product R9)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.core.periods import WeeklyHours, instant_of, local_midnight
from apps.rollouts.rules.phases import SERVICENOW, Facts, phases_of

PREVIEW = time(14, 0)  # site time
USUAL_OPENING = WeeklyHours.parse({"mon-fri": "08:00-16:30"})  # where nobody entered any
DAY = timedelta(days=1)
LONGEST_BREAK = 14  # days looked back, and ahead, for a working day


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
    Days in `holidays` are no working days: no preview is sent and no site opens on one.
    """
    due_at = _begin_of_servicenow(facts)
    if due_at is None:
        return None
    on = due_at.astimezone(facts.zone).date()
    preview_on = _last_working_day(on, holidays)
    return HandOver(
        preview_at=instant_of(preview_on, PREVIEW, facts.zone, edge="start"),
        due_at=due_at,
        closing_at=_opening(due_at, facts.zone, opening, holidays),
    )


def _begin_of_servicenow(facts: Facts) -> datetime | None:
    """The local midnight that ends the go-live week; later where a pause began with that midnight:
    then nothing is handed over before it is resumed."""
    return next((phase.since for phase in phases_of(facts) if phase.key == SERVICENOW), None)


def _last_working_day(on: date, holidays: Collection[date]) -> date:
    """The last weekday before `on` that is no holiday; the day before after a very long break."""
    days = (on - DAY * back for back in range(1, LONGEST_BREAK + 1))
    return next((day for day in days if day.weekday() < 5 and day not in holidays), on - DAY)


def _opening(
    due_at: datetime, zone: ZoneInfo, opening: WeeklyHours | None, holidays: Collection[date]
) -> datetime:
    """When the site opens next on a day that is no holiday; the hand-over itself for one whose
    hours hold no opening for weeks."""
    hours = opening if opening is not None and opening.spans else USUAL_OPENING
    at: datetime | None = due_at
    for _ in range(LONGEST_BREAK):
        at = hours.next_open(at, zone) if at is not None else None
        if at is None:
            return due_at
        on = at.astimezone(zone).date()
        if on not in holidays:
            return at
        at = local_midnight(on + DAY, zone)
    return due_at
