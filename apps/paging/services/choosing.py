"""How somebody chose to be told: what they switch, add, remove; an address is never told on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.models import Person
from apps.connectors.apprise.client import is_public_address, scheme_of
from apps.ledger.services import record
from apps.paging.choices import Means
from apps.paging.models import ContactMethod, QuietHours
from apps.paging.rules import Way

MOST = 10  # other services of one person
Told = dict[str, Any]


class UnableToSaveWays(Exception):
    """Why not, in words; nothing was written. `field` is what the words are about."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def save_own_ways(
    *,
    person: Person,
    ways: Iterable[Way],
    quiet_hours: Mapping[str, str] | None,
    origin: str,
    now: datetime,
) -> bool:
    """What a person chose for themselves: these ways as they are switched here, and their quiet
    hours (None leaves them alone). False when all of it was so already. Raises UnableToSaveWays for
    a way they do not have."""
    _hold(person)
    rows = {row.key: row for row in ContactMethod.objects.filter(person=person)}
    told: Told = {}
    for way in ways:
        told |= _switch(person, way, rows.get(way.key))
    if quiet_hours is not None:
        told |= _quieten(person, dict(quiet_hours))
    if told:
        _record(person, "changed", told, origin=origin, now=now)
    return bool(told)


@transaction.atomic
def add_way(
    *, person: Person, address: str, label: str, origin: str, now: datetime
) -> ContactMethod:
    """Another service by its address, for all hours; added twice it is the same. Raises
    UnableToSaveWays for an address nothing can be sent to, or one too many."""
    _hold(person)
    if not is_public_address(address):
        raise UnableToSaveWays("nothing can be sent to this address", "address")
    rows = list(ContactMethod.objects.filter(person=person, means=Means.OTHER))
    if same := next((row for row in rows if row.address == address), None):
        return same
    if len(rows) >= MOST:
        raise UnableToSaveWays(f"remove one first: there are {MOST} already", "address")
    made = ContactMethod.objects.create(
        person=person, means=Means.OTHER, label=label, address=address
    )
    _record(person, "added", _named(made), origin=origin, now=now)
    return made


@transaction.atomic
def remove_way(*, method: ContactMethod, origin: str, now: datetime) -> bool:
    """Another service is told no more, also not of what waits. False when it is gone already."""
    _hold(method.person)
    row = ContactMethod.objects.filter(pk=method.pk, means=Means.OTHER).first()
    if row is None:
        return False
    _record(method.person, "removed", _named(row), origin=origin, now=now)
    row.delete()
    return True


def _hold(person: Person) -> None:
    """One change of somebody's ways at a time."""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _switch(person: Person, way: Way, row: ContactMethod | None) -> Told:
    if row is None and way.key not in {Means.EMAIL, Means.SLACK}:
        raise UnableToSaveWays("this way is not there any more", "ways")
    old = row or ContactMethod(person=person, means=way.key)
    columns = ("in_work_hours", "after_hours")
    told = {
        f"{way.key} {name}": [getattr(old, name), getattr(way, name)]
        for name in columns
        if getattr(old, name) != getattr(way, name)
    }
    if told:
        old.in_work_hours, old.after_hours = way.in_work_hours, way.after_hours
        old.save()
    return told


def _quieten(person: Person, hours: dict[str, str]) -> Told:
    row = QuietHours.objects.filter(person=person).first()
    before = row.hours if row else {}
    if before == hours:
        return {}
    QuietHours.objects.update_or_create(person=person, defaults={"hours": hours})
    return {"quiet_hours": [before, hours]}


def _named(row: ContactMethod) -> Told:
    return {"way": row.key, "service": scheme_of(row.address)}


def _record(person: Person, verb: str, fields: Told, *, origin: str, now: datetime) -> None:
    record(
        subject="ways", subject_key=person.username, verb=verb, actor=person.username,
        origin=origin, programme_id=None, now=now, fields=fields,
    )  # fmt: skip
