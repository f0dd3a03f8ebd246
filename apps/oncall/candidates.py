"""Who could be put on duty in a period, and what speaks against it: other duties, leave, hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.accounts.models import Person
from apps.core.periods import Period, WeeklyHours
from apps.oncall.access import decides, workers
from apps.oncall.models import Leave, Rota
from apps.oncall.rules import Shift, final_schedule


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody, with what is known of them in the period."""

    person: Person
    notes: tuple[str, ...]

    @property
    def words(self) -> str:
        """As a choice reads: "Ben Boyd (backup then, away for a part of it)"."""
        return f"{self.person} ({', '.join(self.notes)})" if self.notes else str(self.person)


def candidates(rota: Rota, by: Person, start: datetime, end: datetime) -> list[Candidate]:
    """Those whom `by` may put on duty in a rota; a constant number of queries."""
    rows = workers(rota.programme)
    people = list(rows if decides(by, rota.programme_id) else rows.filter(pk=by.pk))
    shifts = final_schedule(rota.facts(), start, end)
    away = list(Leave.objects.touching(start, end).filter(person__in=people))
    period = Period(start, end)
    return [
        Candidate(
            one,
            (
                *_duties(one, shifts),
                *_leave([row for row in away if row.person_id == one.pk], period),
                *_hours(one, period),
            ),
        )
        for one in people
    ]


def _duties(person: Person, shifts: Sequence[Shift]) -> list[str]:
    held = dict.fromkeys(one.duty for one in shifts if one.person_key == person.username)
    return [f"{duty} then" for duty in held]


def _leave(rows: Sequence[Leave], period: Period) -> list[str]:
    if not rows:
        return []
    is_whole = any(row.starts_at <= period.start and period.end <= row.ends_at for row in rows)
    return ["away"] if is_whole else ["away for a part of it"]


def _hours(person: Person, period: Period) -> list[str]:
    """Only for what can be within somebody's hours: a week on duty around the clock cannot."""
    if not person.working_hours or period.end - period.start > timedelta(days=1):
        return []
    hours = WeeklyHours.parse(person.working_hours)
    within = hours.periods(ZoneInfo(person.time_zone), *period)
    if not within:
        return ["outside their hours"]
    return [] if within == [period] else ["partly outside their hours"]
