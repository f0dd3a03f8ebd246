"""Calendars of on-call: the shifts of a person, and of a rota.

Each shift is an event, in UTC. One of a slot keeps its UID whoever has it, so that a swap changes
its name and not its identity. The window begins on a Monday: who asks again gets the same bytes.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Q
from django.urls import reverse

from apps.accounts.models import Person
from apps.core import clock
from apps.core.calendars import Calendar, Event, FeedKind
from apps.core.periods import local_midnight
from apps.ledger.models import Change
from apps.oncall.models import Rota
from apps.oncall.rules import Shift, final_schedule
from apps.oncall.services import LONGEST
from apps.rollouts.rules.shift import monday_of

BEFORE, AFTER = timedelta(weeks=4), timedelta(weeks=26)
MARGIN = LONGEST + timedelta(days=1)  # longer than any slot or override: the window cuts none
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "tag:rollcall,shifts")


@dataclass(frozen=True)
class Edits:
    """What was ever changed about a rota: how often, and when last."""

    count: int
    at: datetime


def _edits(rota: Rota) -> Edits:
    """By the ledger: overrides that were withdrawn are rows no more."""
    duties = [f"{rota.key} {duty}" for duty in rota.facts().duties()]
    about = (
        Q(subject="rota", subject_key=rota.key, programme_id=rota.programme_id)
        | Q(subject="override", subject_key__in=duties, programme_id=rota.programme_id)
        | Q(subject="leave", subject_key__in=list(rota.people()))
    )
    found = Change.objects.filter(about).aggregate(count=Count("pk"), at=Max("at"))
    made = max(version.made_at for version in rota.facts().versions)
    return Edits(found["count"], found["at"] or made)


def _shifts(rota: Rota) -> list[tuple[str, Shift]]:
    """Every shift of the window, whole, with its UID."""
    monday = monday_of(clock.now().astimezone(rota.zone).date())
    middle = local_midnight(monday, rota.zone)
    start, end = middle - BEFORE, middle + AFTER
    shifts = final_schedule(rota.facts(), start - MARGIN, end + MARGIN)
    return [(uid, one) for uid, one in _named(rota, shifts) if one.start < end and one.end > start]


def _named(rota: Rota, shifts: Iterable[Shift]) -> Iterator[tuple[str, Shift]]:
    """A shift is named by its slot and local day; pieces of one day by their order."""
    seen: Counter[tuple[str, ...]] = Counter()
    for one in shifts:
        day = one.start.astimezone(rota.zone).date().isoformat()
        name = (one.duty, one.slot, day) if one.slot else (one.duty, one.start.isoformat())
        seen[name] += 1
        parts = (rota.programme.key, rota.key, *name, str(seen[name]))
        yield f"{uuid.uuid5(SPACE, '/'.join(parts))}@rollcall", one


def _events(rota: Rota, only: str = "") -> Iterator[Event]:
    edits, people = _edits(rota), rota.people()
    for uid, one in _shifts(rota):
        if only and one.person_key != only:
            continue
        who = rota.name if only else str(people[one.person_key])
        yield Event(
            uid=uid, starts=one.start, ends=one.end, summary=f"{one.duty.capitalize()}: {who}",
            stamp=edits.at, sequence=edits.count, category=rota.name,
            description=f"{rota.programme}\n{_there(one, rota.zone)}", url=_page(one, rota),
        )  # fmt: skip


def _there(shift: Shift, zone: ZoneInfo) -> str:
    """When it is on the rota's own clock."""
    start, end = (at.astimezone(zone) for at in (shift.start, shift.end))
    return f"{start:%a %-d %b %H:%M %Z} to {end:%a %-d %b %H:%M %Z}"


def _page(shift: Shift, rota: Rota) -> str:
    week = f"{shift.start.astimezone(rota.zone):%G-W%V}"
    return f"{settings.BASE_URL}{reverse('oncall-week')}?week={week}&rota={rota.key}"


# --- what can be subscribed to ---------------------------------------------------------------


def _rotas(person: Person) -> list[Rota]:
    return list(Rota.objects.visible_to(person).with_facts().select_related("programme"))


def _people_offered(person: Person) -> list[tuple[str, str]]:
    """Themselves first, then everybody who takes turns in a rota of theirs."""
    others = {name: one for rota in _rotas(person) for name, one in rota.people().items()}
    others.pop(person.username, None)
    rows = sorted(others.values(), key=str)
    return [(person.username, f"{person} (you)"), *((one.username, str(one)) for one in rows)]


def _shifts_of(subject: str, person: Person) -> Calendar | None:
    rotas = _rotas(person)
    people = {person.username: person} | {
        name: one for rota in rotas for name, one in rota.people().items()
    }
    if subject not in people:
        return None
    found = [event for rota in rotas for event in _events(rota, only=subject)]
    name = f"On call: {people[subject]}"
    return Calendar(name=name, events=sorted(found, key=lambda one: one.starts))


def _rotas_offered(person: Person) -> list[tuple[str, str]]:
    rotas = _rotas(person)
    is_mixed = len({one.programme_id for one in rotas}) > 1
    return [(_key(one), f"{one.programme}: {one}" if is_mixed else one.name) for one in rotas]


def _rota_calendar(subject: str, person: Person) -> Calendar | None:
    rota = next((one for one in _rotas(person) if _key(one) == subject), None)
    if rota is None:
        return None
    return Calendar(name=f"On call: {rota}", events=list(_events(rota)))


def _key(rota: Rota) -> str:
    return f"{rota.programme.key}/{rota.key}"


SHIFTS = FeedKind(label="Shifts of", offered=_people_offered, calendar=_shifts_of)
ROTA = FeedKind(label="Rota", offered=_rotas_offered, calendar=_rota_calendar)
