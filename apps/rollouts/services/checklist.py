"""Writes to the checklist of a programme, and the items it has for each go-live (product R7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from apps.ledger.services import record_many
from apps.rollouts.models import Product, Programme, ReadinessTemplate
from apps.rollouts.services.entries import Columns, Diff, entry_of

COLUMNS = ("name", "owner_role", "offset_days", "is_blocking", "position")
# One statement, whatever the number: every template for every go-live it is for, once. Cancelled
# go-lives get theirs too, for the cancellation may be undone.
FILL = """
INSERT INTO rollouts_readinessitem (template_id, go_live_id, state, evidence, changed_by, version)
SELECT t.id, g.id, 'open', '', '', 1
FROM rollouts_readinesstemplate t
JOIN rollouts_golive g ON g.programme_id = t.programme_id
WHERE t.programme_id = %s AND t.retired_at IS NULL
AND (
    NOT EXISTS (
        SELECT 1 FROM rollouts_readinesstemplate_products p WHERE p.readinesstemplate_id = t.id
    )
    OR EXISTS (
        SELECT 1 FROM rollouts_readinesstemplate_products p
        WHERE p.readinesstemplate_id = t.id AND p.product_id = g.product_id
    )
)
ORDER BY g.id, t.position, t.id
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, kw_only=True)
class TemplateDraft:
    """An item of a checklist as somebody wants it; `products` are keys, none means all."""

    key: str
    name: str
    owner_role: str
    offset_days: int
    is_blocking: bool = False
    products: tuple[str, ...] = ()


def hold_checklist(programme: Programme) -> None:
    """Hold the programme's checklist until the transaction ends.

    New go-lives and new templates both make items; one after the other they find each other's
    rows. Taken before any lock on a go-live, so that the two cannot wait for each other.
    """
    rows = Programme.objects.filter(pk=programme.pk).select_for_update(no_key=True)
    list(rows.values_list("pk"))


def make_items(programme: Programme) -> None:
    """Make the items that are missing, in the caller's transaction, under `hold_checklist`."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [programme.pk])


@transaction.atomic
def save_checklist(
    *, programme: Programme, drafts: Sequence[TemplateDraft], actor: str, origin: str, now: datetime
) -> dict[str, Diff]:
    """Bring the checklist to these drafts, in their order; returns columns before (None: new) and
    after, by key. What is not among them is retired: its ticks stay, and come back with it."""
    hold_checklist(programme)
    known = {row.key: row for row in programme.checklist.prefetch_related("products")}
    products = {row.key: row for row in programme.products.all()}
    diffs: dict[str, Diff] = {}
    for position, draft in enumerate(drafts):
        before = _shown(known.get(draft.key))
        diffs[draft.key] = before, _wanted(draft, position)
        if before != diffs[draft.key][1]:
            _write(programme, draft, position, [products[key] for key in draft.products])
    gone = [row for row in known.values() if row.retired_at is None and row.key not in diffs]
    for row in gone:
        diffs[row.key] = {"is_retired": False}, {"is_retired": True}
    ReadinessTemplate.objects.filter(pk__in=[row.pk for row in gone]).update(retired_at=now)
    make_items(programme)
    entries = [
        entry_of(diff, subject="readiness_template", key=key, programme_id=programme.pk,
                 actor=actor, origin=origin)
        for key, diff in diffs.items()
    ]  # fmt: skip
    record_many([entry for entry in entries if entry], now=now)
    return diffs


def _shown(row: ReadinessTemplate | None) -> Columns | None:
    if row is None:
        return None
    columns = {name: getattr(row, name) for name in COLUMNS}
    products = sorted(product.key for product in row.products.all())
    return columns | {"products": products, "is_retired": row.retired_at is not None}


def _wanted(draft: TemplateDraft, position: int) -> Columns:
    columns = {name: getattr(draft, name) for name in COLUMNS if name != "position"}
    products = sorted(draft.products)
    return columns | {"position": position, "products": products, "is_retired": False}


def _write(
    programme: Programme, draft: TemplateDraft, position: int, products: Sequence[Product]
) -> None:
    columns: dict[str, Any] = {
        "name": draft.name, "owner_role": draft.owner_role, "offset_days": draft.offset_days,
        "is_blocking": draft.is_blocking, "position": position, "retired_at": None,
    }  # fmt: skip
    row, _ = ReadinessTemplate.objects.update_or_create(
        programme=programme, key=draft.key, defaults=columns
    )
    row.products.set(products)
