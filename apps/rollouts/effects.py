"""What a change of the schedule touches, said before it is made (SCHEDULE_EFFECTS)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Programme
from apps.rollouts.services import Step
from apps.rollouts.timeline import WEEK, monday_of

Effect = Callable[[Programme, Sequence[Step], datetime], list[str]]


def effects_of(programme: Programme, steps: Sequence[Step], now: datetime) -> list[str]:
    """Sentences of every app that has something to say; each asks a constant number of queries."""
    told: list[str] = []
    for path in cast("tuple[str, ...]", import_string(settings.SCHEDULE_EFFECTS)):
        effect = cast("Effect", import_string(path))
        told += effect(programme, steps, now)
    return told


def pace(programme: Programme, steps: Sequence[Step], now: datetime) -> list[str]:
    """Weeks in which more sites would begin than the pace allows, and did not before."""
    after: dict[int, Any] = {step.go_live.pk: step.to_on for step in steps if step.to_on}
    weeks: dict[Any, set[int]] = {}
    touched = {monday_of(on) for on in after.values()}
    rows = GoLive.objects.filter(programme=programme, site__is_test=False)
    rows = rows.exclude(status=Status.CANCELLED)
    for pk, site, planned_on in rows.values_list("pk", "site_id", "planned_on"):
        weeks.setdefault(monday_of(after.get(pk, planned_on)), set()).add(site)
    return [
        f"In the week of {monday:%-d %b %Y} {len(weeks[monday])} begin; the pace is"
        f" {programme.pace} a week."
        for monday in sorted(touched & weeks.keys())
        if len(weeks[monday]) > programme.pace
    ]


def end_of_programme(programme: Programme, steps: Sequence[Step], now: datetime) -> list[str]:
    """Days that lie outside the programme's own weeks."""
    last = programme.last_week + WEEK
    outside = sorted(
        {one.to_on for one in steps if one.to_on and not programme.first_week <= one.to_on < last}
    )
    if not outside:
        return []
    days = ", ".join(f"{day:%-d %b %Y}" for day in outside[:5])
    return [f"Outside the programme's weeks: {days}."]
