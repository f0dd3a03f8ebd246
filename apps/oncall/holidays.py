"""Who may do what about a holiday's downtime, and who is on duty while it lasts."""

from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Person
from apps.oncall.access import decides
from apps.oncall.handing import WORKING
from apps.oncall.models import HolidayDuty, Rota
from apps.oncall.rules import final_schedule, spells


@dataclass(frozen=True, slots=True)
class OnDutyThen:
    """Somebody has a duty for a part of the downtime, [start, end)."""

    person: Person
    duty: str
    start: datetime
    end: datetime


def may_decide(duty: HolidayDuty, person: Person) -> bool:
    """Who has it, and who decides in the programme."""
    if decides(person, duty.programme_id):
        return True
    return person.pk == duty.person_id and bool(WORKING & person.roles_in(duty.programme_id))


def on_duty_then(duty: HolidayDuty) -> list[OnDutyThen]:
    """Who has which duty of the rota while the downtime lasts; a constant number of queries."""
    rota = Rota.objects.with_facts().get(pk=duty.rota_id)
    facts, people = rota.facts(), rota.people()
    place = {name: number for number, name in enumerate(facts.duties())}
    found = spells(final_schedule(facts, *duty.period))
    return [
        OnDutyThen(people[one.person], one.duty, one.start, one.end)
        for one in sorted(found, key=lambda one: (one.start, place[one.duty]))
    ]
