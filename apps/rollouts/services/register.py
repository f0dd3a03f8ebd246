"""Writes to one programme, product, wave or site; each is a new version and one ledger entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.ledger.services import Entry, record_many
from apps.rollouts.models import GoLive, Product, Programme, Site, Versioned, Wave
from apps.rollouts.services.decisions import label_of
from apps.rollouts.services.entries import Columns, Diff, columns_of, entry_of

Row = TypeVar("Row", bound=Versioned)


SILENT = frozenset({"version", "programme", "key", "number"})  # what names a row is no news


class UnableToSave(Exception):
    """Why not, in words; nothing was written. `field` says about what; `fresh` is the row as it is
    when somebody else was faster."""

    def __init__(self, words: str, field: str = "", fresh: Versioned | None = None) -> None:
        super().__init__(words)
        self.field, self.fresh = field, fresh


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, from where, when (UTC), and the version of the row they saw (None: any)."""

    actor: str
    origin: str
    now: datetime
    version: int | None = None


@dataclass(frozen=True)
class _Told:
    """How the ledger calls a row."""

    subject: str
    key: str
    programme_id: int | None


def _told(row: Any) -> _Told:
    match row:
        case Programme():
            return _Told("programme", row.key, row.pk)
        case Product():
            return _Told("product", row.key, row.programme_id)
        case Wave():
            return _Told("wave", str(row.number), row.programme_id)
        case GoLive():
            return _Told("go_live", label_of(row), row.programme_id)
    return _Told("site", row.number, None)


@transaction.atomic
def add_row(*, row: Row, asked: Asked) -> Row:
    """Save a new programme, product, wave or site.

    Raises UnableToSave for a value that does not do, and when there is one like it already.
    """
    _clean(row, {field.name for field in row._meta.concrete_fields if not field.primary_key})
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as problem:
        told = _told(row)
        field = "number" if isinstance(row, Site | Wave) else "key"
        words = f"there is a {told.subject} {told.key} already"
        raise UnableToSave(words, field) from problem
    _record((None, _columns(row)), row, asked)
    return row


def _columns(row: Versioned) -> Columns:
    """What a new row says, but what was left at its default."""
    fields = [one for one in row._meta.concrete_fields if not one.primary_key]
    said = {one.name: getattr(row, one.name) for one in fields if one.name not in SILENT}
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


@transaction.atomic
def edit_row(*, row: Row, changes: Mapping[str, Any], asked: Asked) -> Row:
    """Change columns of a programme, product, wave or site; returns the row as it is then.

    Nothing is written when all stands so. Raises UnableToSave for a value that does not do, and,
    with the fresh row, when it is newer than the version seen. A go-live is no such row.
    """
    if isinstance(row, GoLive):
        raise UnableToSave("a go-live changes by a decision about the schedule")
    fresh = locked(row, asked)
    before = columns_of(fresh, changes)
    for name, value in changes.items():
        setattr(fresh, name, value)
    diff: Diff = (before, dict(changes))
    if before == diff[1]:
        return fresh
    _clean(fresh, set(changes))
    fresh.version += 1
    fresh.save(update_fields=[*changes, "version"])
    _record(diff, fresh, asked)
    return fresh


@transaction.atomic
def remove_row(*, row: Product | Wave, asked: Asked) -> None:
    """Delete a product or wave nothing points at. Raises UnableToSave otherwise."""
    fresh = locked(row, asked)
    if users := what_uses(fresh):
        raise UnableToSave(f"it is in use by {', '.join(users)}")
    told = _told(fresh)
    fresh.delete()
    entry = Entry(
        subject=told.subject, subject_key=told.key, verb="deleted", actor=asked.actor,
        origin=asked.origin, programme_id=told.programme_id,
    )  # fmt: skip
    record_many([entry], now=asked.now)


def what_uses(row: Versioned) -> list[str]:
    """What points at a row, in words; the history of the schedule counts too."""
    fields = row._meta.get_fields(include_hidden=True)
    pointing: list[Any] = [one for one in fields if one.one_to_many or one.one_to_one]
    users = [
        one.related_model
        for one in pointing
        if one.related_model._default_manager.filter(**{one.field.name: row}).exists()
    ]
    return sorted({str(model._meta.verbose_name_plural) for model in users})


def locked(row: Row, asked: Asked) -> Row:
    """The row as it is, ours until the transaction ends. Raises UnableToSave, with the fresh row,
    when it is newer than what was seen."""
    rows: Any = type(row)._default_manager.select_for_update(of=("self",))
    fresh: Row = rows.get(pk=row.pk)
    if asked.version is not None and asked.version != fresh.version:
        raise UnableToSave("it has changed since you read it", "version", fresh)
    return fresh


def _clean(row: Versioned, names: set[str]) -> None:
    """What the columns themselves refuse, and what two of them say together."""
    others = [field.name for field in row._meta.fields if field.name not in names]
    try:
        row.clean_fields(exclude=others)
    except ValidationError as problem:
        field, words = next(iter(problem.message_dict.items()))
        raise UnableToSave(words[0], field) from problem
    match row:
        case Programme() if row.last_week < row.first_week:
            raise UnableToSave("last_week is before first_week", "last_week")
        case Site():
            _check_site(row)


def _check_site(site: Site) -> None:
    """One number in any case, and a parent that is not below it."""
    others = Site.objects.exclude(pk=site.pk).filter(number__iexact=site.number)
    if taken := others.first():
        raise UnableToSave(f"there is a site {taken.number} already", "number")
    above, seen = site.parent, {site.pk}
    while above is not None:
        if above.pk in seen:
            raise UnableToSave("a site is not above itself", "parent")
        seen.add(above.pk)
        above = above.parent


def _record(diff: Diff, row: Versioned, asked: Asked) -> None:
    told = _told(row)
    entry = entry_of(
        diff, subject=told.subject, key=told.key, programme_id=told.programme_id,
        actor=asked.actor, origin=asked.origin,
    )  # fmt: skip
    record_many([entry] if entry else [], now=asked.now)
