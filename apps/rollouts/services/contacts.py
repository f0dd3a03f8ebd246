"""Writes to contacts. What they are goes into their own columns; the ledger hears which changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from apps.ledger.services import Entry, record_many
from apps.rollouts.choices import Way
from apps.rollouts.models import Contact, Product, Programme, Site
from apps.rollouts.services.entries import Diff

KEPT_FOR = timedelta(days=1)  # what was removed or overwritten can be taken back so long
PLAIN = ("role_label", "name", *Way.values, "preferred", "note")
Columns = Mapping[str, Any]


class UnableToSaveContact(Exception):
    """Why not, in words; nothing was written. `field` is what the words are about."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


class ContactChanged(UnableToSaveContact):
    """Somebody else was faster; `fresh` is the contact as it is now."""

    def __init__(self, fresh: Contact) -> None:
        super().__init__("somebody changed this contact meanwhile: here it is as it is now")
        self.fresh = fresh


@dataclass(frozen=True)
class _By:
    """Who changes a contact, from where, when."""

    actor: str
    origin: str
    now: datetime


@transaction.atomic
def add_contact(
    *, programme: Programme, site: Site, columns: Columns, actor: str, origin: str, now: datetime
) -> Contact:
    """Add a contact of a site. `columns` are some of PLAIN, `role` (else made of its label) and
    `product` (a Product or None). Raises UnableToSaveContact."""
    return _add(programme, site, columns, _By(actor, origin, now))


@transaction.atomic
def change_contact(
    *, contact_id: int, columns: Columns, version: int | None, actor: str, origin: str,
    now: datetime,
) -> Contact:  # fmt: skip
    """Change some columns; what they were can be taken back for a day.

    Raises UnableToSaveContact, ContactChanged when `version` is not the present one, and
    Contact.DoesNotExist for one that was removed.
    """
    return _change(_held(contact_id, version), columns, _By(actor, origin, now))


@transaction.atomic
def remove_contact(
    *, contact_id: int, version: int | None, actor: str, origin: str, now: datetime
) -> Contact:
    """Remove a contact: nobody sees it any more, and after a day it is gone. Raises as
    `change_contact` does."""
    return _remove(_held(contact_id, version), _By(actor, origin, now))


@transaction.atomic
def take_back_contact(*, contact_id: int, actor: str, origin: str, now: datetime) -> Contact:
    """Undo the last removal or change of a contact. Raises UnableToSaveContact when there is
    nothing to take back any more, or another contact took its place."""
    rows = Contact.objects.select_for_update(of=("self",)).select_related("site")
    row: Contact = rows.get(pk=contact_id)
    by = _By(actor, origin, now)
    if row.removed_at is not None:
        _refuse_twin(row)
        row.removed_at = row.kept_until = None
        row.version += 1
        row.save(update_fields=["removed_at", "kept_until", "version"])
        _record([(row, "restored", [])], by)
        return row
    if not row.earlier:
        raise UnableToSaveContact("there is nothing to take back any more")
    product = Product.objects.filter(pk=row.earlier["product"]).first()
    return _change(row, {**row.earlier, "product": product}, by)


@transaction.atomic
def set_contacts(
    *, programme: Programme, wanted: Mapping[Site, Sequence[Columns]], actor: str, origin: str,
    now: datetime,
) -> dict[Site, Diff]:  # fmt: skip
    """Make the contacts of these sites in this programme the wanted ones, no others.

    Two are the same when role, name and product are. Returns, by site, how many there were and
    are, and what changed. Raises UnableToSaveContact.
    """
    rows = Contact.objects.standing().select_related("site").filter(programme=programme)
    standing: dict[int, list[Contact]] = {}
    for row in rows.filter(site__in=wanted).select_for_update(of=("self",)):
        standing.setdefault(row.site_id, []).append(row)
    by = _By(actor, origin, now)
    return {
        site: _bring_to(programme, site, standing.get(site.pk, []), entries, by)
        for site, entries in wanted.items()
    }


@transaction.atomic
def forget_contacts(*, now: datetime) -> int:
    """Forget for good what was removed or overwritten a day ago; returns how many were removed."""
    over = Contact.objects.filter(kept_until__lte=now)
    rows = list(over.exclude(removed_at=None).select_related("site"))
    over.filter(removed_at=None).update(earlier={}, kept_until=None)
    Contact.objects.filter(pk__in=[row.pk for row in rows]).delete()
    _record([(row, "forgotten", []) for row in rows], _By("system", "worker", now))
    return len(rows)


def _add(programme: Programme, site: Site, columns: Columns, by: _By) -> Contact:
    row = Contact(programme=programme, site=site, changed_at=by.now)
    _set(row, columns)
    row.save()
    _record([(row, "added", _differing({}, row.columns()))], by)
    return row


def _change(row: Contact, columns: Columns, by: _By) -> Contact:
    before = row.columns()
    _set(row, columns)
    changed = _differing(before, row.columns())
    if changed:
        row.earlier, row.kept_until = before, by.now + KEPT_FOR
        row.changed_at, row.version = by.now, row.version + 1
        row.save()
        _record([(row, "changed", changed)], by)
    return row


def _remove(row: Contact, by: _By) -> Contact:
    row.removed_at, row.kept_until, row.version = by.now, by.now + KEPT_FOR, row.version + 1
    row.save(update_fields=["removed_at", "kept_until", "version"])
    _record([(row, "removed", [])], by)
    return row


def _bring_to(
    programme: Programme, site: Site, rows: list[Contact], entries: Sequence[Columns], by: _By
) -> Diff:
    left = {(row.role, row.name, row.product_id): row for row in rows}
    told: set[str] = set()
    for entry in entries:
        columns = {**dict.fromkeys(PLAIN, ""), "product": None, **entry}
        product = columns["product"]
        row = left.pop((_role(columns), columns["name"], product.pk if product else None), None)
        if row is None:
            _add(programme, site, columns, by)
            told.add("added")
            continue
        version = row.version
        if _change(row, columns, by).version > version:
            told.add("changed")
    for row in left.values():
        _remove(row, by)
        told.add("removed")
    after = {"contacts": len(entries), "changes": ", ".join(sorted(told))}
    return ({"contacts": len(rows), "changes": ""} if rows or not entries else None), after


def _held(contact_id: int, version: int | None) -> Contact:
    rows = Contact.objects.standing().select_related("site")
    row: Contact = rows.select_for_update(of=("self",)).get(pk=contact_id)
    if version is not None and version != row.version:
        raise ContactChanged(row)
    return row


def _set(row: Contact, columns: Columns) -> None:
    label = row.role_label
    for name in PLAIN:
        if name in columns:
            setattr(row, name, str(columns[name]).strip())
    if "product" in columns:
        row.product = columns["product"]
    if columns.get("role") or not row.role or row.role_label != label:
        row.role = _role({"role_label": row.role_label, **columns})
    row.role_label = row.role_label or row.role.replace("-", " ").capitalize()
    _check(row)


def _role(columns: Columns) -> str:
    """The key of a role: as given, else made of its label."""
    return slugify(str(columns.get("role") or columns.get("role_label", "")))[:40]


def _check(row: Contact) -> None:
    if not row.role:
        raise UnableToSaveContact("say what they are there for", "role_label")
    if not row.name:
        raise UnableToSaveContact("say how they are called", "name")
    if row.preferred and not getattr(row, row.preferred, ""):
        label = Way(row.preferred).label
        raise UnableToSaveContact(f"“{label}” is preferred, and empty", "preferred")
    if row.product is not None and row.product.programme_id != row.programme_id:
        raise UnableToSaveContact("this product is of another programme", "product")
    _refuse_twin(row)


def _refuse_twin(row: Contact) -> None:
    twins = Contact.objects.standing().filter(
        Q(product=row.product_id) if row.product_id else Q(product=None),
        programme=row.programme_id, site=row.site_id, role=row.role, name=row.name,
    )  # fmt: skip
    if twins.exclude(pk=row.pk).exists():
        raise UnableToSaveContact("they stand here already in this role", "name")


def _differing(before: Columns, after: Columns) -> list[str]:
    return [name for name, value in after.items() if (before.get(name) or "") != (value or "")]


def _record(told: Iterable[tuple[Contact, str, list[str]]], by: _By) -> None:
    """The names of columns, never what stands in them."""
    entries = [
        Entry(
            subject="contact", subject_key=row.key, verb=verb,
            actor=by.actor, origin=by.origin, programme_id=row.programme_id,
            fields={"changed": names} if names else {},
        )
        for row, verb, names in told
    ]  # fmt: skip
    record_many(entries, now=by.now)
