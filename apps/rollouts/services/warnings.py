"""What one should mind of a change of the schedule: it warns, it never forbids."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from apps.rollouts.models import Programme
from apps.rollouts.rules import clashes, was_handed_over
from apps.rollouts.services.decisions import Step

NAMED = 5


def warnings_of(programme: Programme, steps: Sequence[Step], now: datetime) -> list[str]:
    """Holidays, blackouts and weekends that go-lives would begin on, days that have come, and what
    was handed over."""
    return [*_clashes(programme, steps), *_past(steps, now)]


def _clashes(programme: Programme, steps: Sequence[Step]) -> Iterator[str]:
    days = [step.to_on for step in steps if step.to_on is not None and not step.is_actual]
    names = programme.holiday_names()
    blackouts = [
        (date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))
        for row in programme.blackouts
    ]
    for day in clashes(days, names.keys(), blackouts):
        yield f"{day:%a %-d %b %Y} is {names.get(day, 'in a blackout')}"
    for day in sorted({day for day in days if day.weekday() >= 5}):
        yield f"{day:%a %-d %b %Y} is a weekend"


def _past(steps: Sequence[Step], now: datetime) -> Iterator[str]:
    begun = {step.to_on for step in steps if step.to_on is not None and step.is_actual}
    for day in sorted(begun):
        yield f"{day:%a %-d %b %Y} has come: it is noted as the day it really began"
    over = sorted({step.go_live.site.number for step in steps if _is_over(step, now)})
    if over:
        more = f" and {len(over) - NAMED} more" if len(over) > NAMED else ""
        named = ", ".join(over[:NAMED])
        yield f"handed over already, so that others have acted on the date: {named}{more}"


def _is_over(step: Step, now: datetime) -> bool:
    is_move = step.to_on is not None and not step.is_new
    return is_move and was_handed_over(step.go_live.facts(), now)
