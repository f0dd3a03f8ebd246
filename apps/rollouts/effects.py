"""What a change of the schedule touches, said before it is made (SCHEDULE_EFFECTS)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from apps.rollouts.choices import Readiness, Status
from apps.rollouts.models import GoLive, Programme, ReadinessItem
from apps.rollouts.rules import Facts, support_phase
from apps.rollouts.rules.phases import PLANNED
from apps.rollouts.rules.readiness import due_at
from apps.rollouts.services import Step
from apps.rollouts.services.portions import portions
from apps.rollouts.timeline import DAY, WEEK, monday_of

AHEAD = 2 * DAY  # later than any zone's clock: who begins after that is planned anyway
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
    gone = {step.go_live.pk for step in steps if step.is_gone}
    after = {step.go_live.pk: step.to_on for step in steps if step.to_on and not step.is_new}
    new = [(step.go_live.site_id, step.to_on) for step in steps if step.to_on and step.is_new]
    weeks: dict[date, set[int]] = {}
    rows = GoLive.objects.filter(programme=programme, site__is_test=False)
    rows = rows.exclude(status=Status.CANCELLED)
    for pk, site, planned_on in rows.values_list("pk", "site_id", "planned_on"):
        if pk not in gone:
            weeks.setdefault(monday_of(after.get(pk, planned_on)), set()).add(site)
    for site, on in new:
        weeks.setdefault(monday_of(on), set()).add(site)
    touched = {monday_of(on) for on in after.values()} | {monday_of(on) for _, on in new}
    return [
        f"In the week of {monday:%-d %b %Y} {len(weeks[monday])} begin; the pace is"
        f" {programme.pace} a week."
        for monday in sorted(touched & weeks.keys())
        if len(weeks[monday]) > programme.pace
    ]


def phases(programme: Programme, steps: Sequence[Step], now: datetime) -> list[str]:
    """How many would be in another support phase at once; a plan for later says nothing here."""
    counts: Counter[tuple[str, str]] = Counter()
    soon = now.date() + AHEAD
    for step in steps:
        if step.to_on is None or min(step.from_on or step.to_on, step.to_on) > soon:
            continue
        facts = _facts(programme, step)
        before = PLANNED if step.is_new else support_phase(facts, now).key
        after = support_phase(replace(facts, starts_on=step.to_on), now).key
        if before != after:
            counts[before, after] += 1
    labels = {row["key"]: row["label"] for row in programme.phases}
    return [
        f"{count} go-live{'' if count == 1 else 's'} would be in “{_named(after, labels)}” at once,"
        f" not in “{_named(before, labels)}”."
        for (before, after), count in sorted(counts.items())
    ]


def _facts(programme: Programme, step: Step) -> Facts:
    if not step.is_new:
        return step.go_live.facts()
    zone = ZoneInfo(step.go_live.site.time_zone)
    return Facts(
        starts_on=step.from_on or step.go_live.planned_on,
        zone=zone,
        days=programme.go_live_days,
        closes_on=programme.closes_on,
    )


def _named(phase: str, labels: dict[str, str]) -> str:
    return labels.get(phase) or phase.replace("_", " ").capitalize()


def readiness(programme: Programme, steps: Sequence[Step], now: datetime) -> list[str]:
    """Items of the checklist that would be overdue at once, because their go-live comes earlier."""
    moved = {
        step.go_live.pk: step
        for step in steps
        if step.to_on and step.from_on and step.to_on < step.from_on and not step.is_new
    }
    rows = ReadinessItem.objects.current().filter(state=Readiness.OPEN)
    rows = rows.filter(go_live__programme=programme).select_related("template")
    late = [
        row
        for some in portions(moved)
        for row in rows.filter(go_live__in=some)
        if _is_late_by(moved[row.go_live_id], row.template.offset_days, now)
    ]
    if not late:
        return []
    names = Counter(row.template.name for row in late)
    told = ", ".join(f"{name} ({count})" for name, count in sorted(names.items()))
    blocking = sum(row.template.is_blocking for row in late)
    blocks = f", {blocking} of which block" if blocking else ""
    items = "1 item" if len(late) == 1 else f"{len(late)} items"
    return [f"Of the checklist {items} would be overdue at once{blocks}: {told}."]


def _is_late_by(step: Step, offset: int, now: datetime) -> bool:
    """Whether an item with this offset is overdue after a step, and was not before."""
    zone = ZoneInfo(step.go_live.site.time_zone)
    before, after = step.from_on or now.date(), step.to_on or now.date()
    return due_at(after, offset, zone) <= now < due_at(before, offset, zone)


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
