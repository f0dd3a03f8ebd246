"""How a change of columns is told: the ledger gets what changed, before and after."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from apps.ledger.services import Entry

Columns = dict[str, Any]
Diff = tuple[Columns | None, Columns]  # before (None: new) and after


def entry_of(
    diff: Diff, *, subject: str, key: str, programme_id: int | None, actor: str, origin: str
) -> Entry | None:
    """The ledger entry of a diff: "added" or "changed"; None when nothing changed."""
    before, after = diff
    changed = {
        name: [_plain((before or {}).get(name)), _plain(value)]
        for name, value in after.items()
        if before is None or before.get(name) != value
    }
    if not changed:
        return None
    return Entry(
        subject=subject,
        subject_key=key,
        verb="changed" if before is not None else "added",
        actor=actor,
        origin=origin,
        programme_id=programme_id,
        fields=changed,
    )


def columns_of(row: Any, names: Mapping[str, Any]) -> Columns | None:
    """The row's present values of the columns that are to be set; None when there is no row."""
    return {name: getattr(row, name) for name in names} if row is not None else None


def _plain(value: Any) -> Any:
    """Dates as text; a site or wave by its number."""
    if isinstance(value, Model):
        return getattr(value, "number", value.pk)
    return value.isoformat() if isinstance(value, date) else value
