"""Every write to people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from apps.accounts.models import Handle, Person
from apps.ledger.services import record

COLUMNS = ("name", "email", "time_zone", "working_hours", "is_superuser")
Columns = dict[str, Any]


class UnableToSavePerson(Exception):
    """Why not, in words; nothing was written. `field` is what the words are about."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


def hashed(*, username: str, password: str) -> str:
    """A password as it is to be kept: as it is kept already where it is theirs. That takes half a
    second: ask before a transaction in which others wait."""
    person = Person.objects.filter(username=username).first()
    if person is None or not person.has_usable_password() or not person.check_password(password):
        return make_password(password)
    return person.password


@transaction.atomic
def save_person(
    *,
    username: str,
    columns: Mapping[str, Any],
    handles: Mapping[str, str] | None,
    password_hash: str | None,
    actor: str,
    now: datetime,
    origin: str = "command",
) -> tuple[Person, Columns | None, Columns]:
    """Make or change a person; returns them, and what they were (None: new) and are.

    `columns` are some of COLUMNS; `handles` are all of them by kind, None leaves them alone;
    `password_hash` (of `hashed`) is set only when it is not theirs already, and told as "new" only.
    Raises UnableToSavePerson for a handle of somebody else.
    """
    old = Person.objects.filter(username=username).first()
    before = _shown(old) if old else None
    person, _ = Person.objects.update_or_create(username=username, defaults=dict(columns))
    if handles is not None:
        _save_handles(person, handles)
    is_new_password = _set_password(person, password_hash, is_new=old is None)
    after = _shown(person)
    if is_new_password and before is not None:
        before, after = before | {"password": "old"}, after | {"password": "new"}
    _record(person, before, after, actor=actor, origin=origin, now=now)
    return person, before, after


@transaction.atomic
def create_administrator(
    *, username: str, name: str, password: str, actor: str, now: datetime
) -> Person:
    """The first administrator of an empty portal."""
    person = Person.objects.create_superuser(username, password, name=name)
    record(
        subject="person",
        subject_key=username,
        verb="added",
        actor=actor,
        origin="command",
        programme_id=None,
        now=now,
        fields={"administrator": True},
    )
    return person


@transaction.atomic
def change_own_account(
    *, person: Person, time_zone: str, new_password: str, now: datetime
) -> Person:
    """What people change about themselves on their account page; returns them as they are."""
    before = _shown(person)
    row = Person.objects.select_for_update().get(pk=person.pk)
    row.time_zone = time_zone
    if new_password:
        row.set_password(new_password)
    row.save(update_fields=["time_zone", "password"])
    after = _shown(row)
    if new_password:
        before, after = before | {"password": "old"}, after | {"password": "new"}
    _record(row, before, after, actor=row.username, origin="page", now=now)
    return row


def _shown(person: Person) -> Columns:
    handles = dict(person.handles.order_by("kind").values_list("kind", "ref"))
    return {name: getattr(person, name) for name in COLUMNS} | {"handles": handles}


def _set_password(person: Person, password_hash: str | None, *, is_new: bool) -> bool:
    """True when it was set; somebody new without one can sign in only by other means."""
    if not password_hash:
        if is_new:
            person.set_unusable_password()
            person.save(update_fields=["password"])
        return False
    if person.password == password_hash:
        return False
    person.password = password_hash
    person.save(update_fields=["password"])
    return True


def _save_handles(person: Person, handles: Mapping[str, str]) -> None:
    for kind, ref in handles.items():
        rows = Handle.objects.filter(kind=kind, ref=ref).exclude(person=person)
        if other := rows.select_related("person").first():
            words = f"{kind} {ref} is already {other.person.username}'s"
            raise UnableToSavePerson(words, "handles")
    person.handles.exclude(kind__in=handles).delete()
    for kind, ref in handles.items():
        Handle.objects.update_or_create(person=person, kind=kind, defaults={"ref": ref})


def _record(
    person: Person, before: Columns | None, after: Columns, *, actor: str, origin: str,
    now: datetime,
) -> None:  # fmt: skip
    """Which columns changed; their values only where they say nothing private."""
    changed = [name for name, value in after.items() if (before or {}).get(name) != value]
    if before == after:
        return
    record(
        subject="person",
        subject_key=person.username,
        verb="changed" if before is not None else "added",
        actor=actor,
        origin=origin,
        programme_id=None,
        now=now,
        fields={
            "changed": changed,
            "time_zone": person.time_zone,
            "administrator": person.is_administrator,
        },
    )
