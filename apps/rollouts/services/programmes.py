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


@transaction.atomic
def save_programme(
    *, key: str, columns: Mapping[str, Any], actor: str, now: datetime, origin: str = "command"
) -> tuple[Programme, Diff]:
    """Make or change a programme; returns it, and its columns before (None: new) and after."""
    old = Programme.objects.filter(key=key).first()
    diff = columns_of(old, columns), dict(columns)
    programme, _ = Programme.objects.update_or_create(key=key, defaults=dict(columns))
    _tell(diff, programme, "programme", key, actor, origin, now)
    return programme, diff


@transaction.atomic
def set_programme(
    *, programme: Programme, name: str, value: Any, actor: str, now: datetime,
    origin: str = "command",
) -> Diff:  # fmt: skip
    """Set one configured column of a programme (phases, labels, holidays, blackouts); a column
    that was empty counts as new in the diff returned."""
    before = getattr(programme, name)
    if before != value:
        setattr(programme, name, value)
        programme.save(update_fields=[name])
        _tell(({name: before}, {name: value}), programme, "programme", programme.key, actor,
              origin, now)  # fmt: skip
    is_new = not before and bool(value)
    return (None if is_new else {name: before}), {name: value}


@transaction.atomic
def save_product(
    *, programme: Programme, key: str, columns: Mapping[str, Any], actor: str, now: datetime,
    origin: str = "command",
) -> Diff:  # fmt: skip
    """Make or change a product of a programme."""
    old = Product.objects.filter(programme=programme, key=key).first()
    diff = columns_of(old, columns), dict(columns)
    Product.objects.update_or_create(programme=programme, key=key, defaults=dict(columns))
    _tell(diff, programme, "product", key, actor, origin, now)
    return diff


@transaction.atomic
def save_wave(
    *, programme: Programme, number: int, columns: Mapping[str, Any], actor: str, now: datetime,
    origin: str = "command",
) -> Diff:  # fmt: skip
    """Make or change a wave of a programme."""
    old = Wave.objects.filter(programme=programme, number=number).first()
    diff = columns_of(old, columns), dict(columns)
    Wave.objects.update_or_create(programme=programme, number=number, defaults=dict(columns))
    _tell(diff, programme, "wave", str(number), actor, origin, now)
    return diff


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
    _tell(diff, programme, "member", person.username, actor, origin, now)
    return diff


def _tell(
    diff: Diff, programme: Programme, subject: str, key: str, actor: str, origin: str,
    now: datetime,
) -> None:  # fmt: skip
    entry = entry_of(
        diff, subject=subject, key=key, programme_id=programme.pk, actor=actor, origin=origin
    )
    record_many([entry] if entry else [], now=now)
