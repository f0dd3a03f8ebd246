"""Assigning many tickets at once, and taking that back; each in a constant number of queries."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.incidents.choices import EntryKind
from apps.incidents.models import Entry, Incident
from apps.incidents.services.handling import Asked
from apps.ledger.services import Entry as LedgerEntry
from apps.ledger.services import record_many

BATCH = 500


@transaction.atomic
def bulk_assign(
    *, incidents: Sequence[int], assignee: Person | None, asked: Asked
) -> list[tuple[int, int | None]]:
    """Give many tickets to one person.

    Returns (ticket id, id of who had it) of those that changed, so that it can be undone.
    """
    differs = ~Q(assignee=assignee) | (Q(assignee=None) if assignee else Q(pk=None))
    return _assign(Q(pk__in=incidents) & differs, assignee, asked)


@transaction.atomic
def give_back(*, before: Mapping[int, Person | None], assignee: Person | None, asked: Asked) -> int:
    """Take a bulk assignment to `assignee` back: each ticket goes to who had it `before`, but only
    where it still is with whom it was given to. Returns how many went back."""
    by_holder: dict[Person | None, list[int]] = {}
    for pk, holder in before.items():
        by_holder.setdefault(holder, []).append(pk)
    still = Q(assignee=assignee)
    return sum(
        len(_assign(Q(pk__in=pks) & still, holder, asked)) for holder, pks in by_holder.items()
    )


def _assign(which: Q, assignee: Person | None, asked: Asked) -> list[tuple[int, int | None]]:
    locked = Incident.objects.select_for_update(of=("self",)).filter(which)
    rows = list(locked.select_related("assignee").order_by("pk"))
    before = [(row.pk, row.assignee_id) for row in rows]
    Incident.objects.filter(pk__in=[row.pk for row in rows]).update(
        assignee=assignee, version=F("version") + 1, updated_at=asked.now
    )
    text = f"to {assignee or 'nobody'}"
    Entry.objects.bulk_create(
        [Entry(incident=row, at=asked.now, source_at=asked.now, kind=EntryKind.ASSIGNED,
               actor=asked.actor, text=text, data={}) for row in rows],
        batch_size=BATCH,
    )  # fmt: skip
    record_many([_assigned(row, assignee, asked) for row in rows], now=asked.now)
    return before


def _assigned(row: Incident, assignee: Person | None, asked: Asked) -> LedgerEntry:
    was = row.assignee.username if row.assignee else None
    return LedgerEntry(
        subject="incident", subject_key=row.number, verb="assigned", actor=asked.actor,
        origin=asked.origin, programme_id=row.programme_id,
        fields={"assignee": [was, assignee.username if assignee else None]},
    )  # fmt: skip
