"""Writes to programmes, their products, waves and members."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.ledger.services import record_many
from apps.rollouts.models import Membership, Product, Programme, Wave
from apps.rollouts.services.entries import Diff, columns_of, entry_of
from apps.rollouts.services.register import Asked, Row, add_row, edit_row


@transaction.atomic
def save_programme(
    *, key: str, columns: Mapping[str, Any], actor: str, now: datetime, origin: str = "command"
) -> tuple[Programme, Diff]:
    """Make or change a programme; returns it, and its columns before (None: new) and after."""
    old = Programme.objects.filter(key=key).first()
    return _save(old, Programme(key=key), columns, Asked(actor=actor, origin=origin, now=now))


@transaction.atomic
def set_programme(
    *, programme: Programme, name: str, value: Any, actor: str, now: datetime,
    origin: str = "command",
) -> Diff:  # fmt: skip
    """Set one configured column of a programme (phases, labels, holidays, blackouts); a column
    that was empty counts as new in the diff returned."""
    before = getattr(programme, name)
    if before != value:
        asked = Asked(actor=actor, origin=origin, now=now)
        edit_row(row=programme, changes={name: value}, asked=asked)
        programme.refresh_from_db()
    is_new = not before and bool(value)
    return (None if is_new else {name: before}), {name: value}


@transaction.atomic
def save_product(
    *, programme: Programme, key: str, columns: Mapping[str, Any], actor: str, now: datetime,
    origin: str = "command",
) -> Diff:  # fmt: skip
    """Make or change a product of a programme."""
    old = Product.objects.filter(programme=programme, key=key).first()
    new, asked = Product(programme=programme, key=key), Asked(actor=actor, origin=origin, now=now)
    return _save(old, new, columns, asked)[1]


@transaction.atomic
def save_wave(
    *, programme: Programme, number: int, columns: Mapping[str, Any], actor: str, now: datetime,
    origin: str = "command",
) -> Diff:  # fmt: skip
    """Make or change a wave of a programme."""
    old = Wave.objects.filter(programme=programme, number=number).first()
    new, asked = (
        Wave(programme=programme, number=number),
        Asked(actor=actor, origin=origin, now=now),
    )
    return _save(old, new, columns, asked)[1]


def _save(old: Row | None, new: Row, columns: Mapping[str, Any], asked: Asked) -> tuple[Row, Diff]:
    """The old row with these columns, or the new one."""
    diff: Diff = columns_of(old, columns), dict(columns)
    if old is not None:
        return edit_row(row=old, changes=columns, asked=asked), diff
    for name, value in columns.items():
        setattr(new, name, value)
    return add_row(row=new, asked=asked), diff


@transaction.atomic
def save_member(
    *, programme: Programme, person: Person, role: str, actor: str, now: datetime,
    origin: str = "command",
) -> Diff:  # fmt: skip
    """Give a person a role in a programme, and only this one; the role before (None: no member)
    and after."""
    rows = Membership.objects.filter(programme=programme, person=person)
    roles = sorted(rows.values_list("role", flat=True))
    diff: Diff = ({"role": ", ".join(roles)} if roles else None), {"role": Role(role).value}
    rows.exclude(role=role).delete()
    Membership.objects.get_or_create(programme=programme, person=person, role=role)
    entry = entry_of(
        diff, subject="member", key=person.username, programme_id=programme.pk, actor=actor,
        origin=origin,
    )  # fmt: skip
    record_many([entry] if entry else [], now=now)
    return diff
