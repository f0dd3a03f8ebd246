"""Who is on duty in a programme now, and who comes next: what a new ticket asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.models import Person
from apps.oncall.choices import BACKUP, PRIMARY
from apps.oncall.models.rotas import Rota
from apps.oncall.rules import Shift, next_on_duty, on_duty
from apps.rollouts.models import Programme

HORIZON = timedelta(days=60)  # how far ahead the next primary is looked for


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody's shift in a rota, [since, until) in UTC."""

    person: Person
    rota: Rota
    duty: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Duties:
    """Primary and backup of a programme at an instant, and with no primary the next to come."""

    primary: OnDuty | None = None
    backup: OnDuty | None = None
    next_primary: OnDuty | None = None

    def for_new_ticket(self) -> tuple[Person | None, str]:
        """Who gets a new ticket and why: the primary, else the backup, else the next primary."""
        for held in (self.primary, self.backup):
            if held is not None:
                until = written(held.until, held.rota)
                return held.person, f"{held.duty} on duty until {until}"
        if self.next_primary is not None:
            since = written(self.next_primary.since, self.next_primary.rota)
            return self.next_primary.person, f"nobody is on duty; next primary from {since}"
        return None, f"nobody is on duty in the next {HORIZON.days} days"


def duties_at(programme: Programme, now: datetime) -> Duties:
    """Who is on duty in a programme at `now` (UTC), in a constant number of queries.

    With several rotas the first by key that has somebody on the duty counts.
    """
    rotas = list(Rota.objects.for_programme(programme).with_facts())
    held = [_on_duty(rota, on_duty(rota.facts(), now)) for rota in rotas]
    primary, backup = (
        next((duties[duty] for duties in held if duty in duties), None)
        for duty in (PRIMARY, BACKUP)
    )
    if primary is not None:
        return Duties(primary, backup)
    return Duties(None, backup, _next_primary(rotas, now))


def _next_primary(rotas: list[Rota], now: datetime) -> OnDuty | None:
    coming = [_on_duty(rota, next_on_duty(rota.facts(), now, HORIZON)) for rota in rotas]
    primaries = [duties[PRIMARY] for duties in coming if PRIMARY in duties]
    return min(primaries, key=lambda held: held.since, default=None)


def _on_duty(rota: Rota, shifts: dict[str, Shift]) -> dict[str, OnDuty]:
    people = rota.people()
    return {
        duty: OnDuty(people[shift.person_key], rota, duty, shift.start, shift.end)
        for duty, shift in shifts.items()
    }


def written(at: datetime, rota: Rota) -> str:
    """An instant as people of the rota read it: "Mon 2 May 08:00 EDT"."""
    return f"{at.astimezone(rota.zone):%a %-d %b %H:%M %Z}"
