"""Writes to people's saved views of the list of tickets."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import Person
from apps.incidents.models import SavedView
from apps.ledger.services import record


@transaction.atomic
def save_view(*, person: Person, name: str, query: str, now: datetime) -> SavedView:
    """Keep a filter under a name; the same name takes the new filter."""
    view, _ = SavedView.objects.update_or_create(
        person=person, name=name.strip()[:60], defaults={"query": query[:1000]}
    )
    _record(person, view.name, "saved", now)
    return view


@transaction.atomic
def delete_view(*, person: Person, view_id: int, now: datetime) -> SavedView | None:
    """Forget one of one's own views; returns what it was. Twice does no harm."""
    view = SavedView.objects.filter(person=person, pk=view_id).first()
    if view is not None:
        view.delete()
        _record(person, view.name, "deleted", now)
    return view


def _record(person: Person, name: str, verb: str, now: datetime) -> None:
    record(
        subject="saved_view", subject_key=f"{person.username}: {name}"[:120], verb=verb,
        actor=person.username, origin="page", programme_id=None, now=now,
    )  # fmt: skip
