"""Holding a hand-over back, and letting it go again (product R9)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.core.guard import mask
from apps.ledger.services import Entry, record_many
from apps.rollouts.models import GoLive, HandOverHold
from apps.rollouts.services.decisions import UnableToChangeSchedule, label_of


@transaction.atomic
def hold_hand_over(
    *, go_lives: Collection[GoLive], reason: str, actor: str, origin: str, now: datetime
) -> int:
    """Hold the hand-over of these go-lives of one site; those held already stay. Returns how many
    are held anew. Raises UnableToChangeSchedule without a reason."""
    if not reason.strip():
        raise UnableToChangeSchedule("say why the hand-over has to wait")
    told = mask(reason.strip()).text
    ids = [row.pk for row in go_lives]
    list(GoLive.objects.filter(pk__in=ids).select_for_update().values_list("pk"))
    standing = HandOverHold.objects.filter(go_live__in=ids, released_at=None)
    held = set(standing.values_list("go_live_id", flat=True))
    rows = [row for row in go_lives if row.pk not in held]
    HandOverHold.objects.bulk_create(
        [HandOverHold(go_live=row, reason=told, held_by=actor, held_at=now)
         for row in rows]
    )  # fmt: skip
    entries = [_entry(row, "hand_over_held", actor, origin, {"reason": told}) for row in rows]
    record_many(entries, now=now)
    return len(rows)


@transaction.atomic
def release_hand_over(
    *, go_lives: Collection[GoLive], actor: str, origin: str, now: datetime
) -> int:
    """Let a held hand-over go; returns how many were held. Twice does no harm."""
    by_id = {row.pk: row for row in go_lives}
    standing = HandOverHold.objects.filter(go_live__in=by_id, released_at=None)
    holds = list(standing.select_for_update())
    for hold in holds:
        hold.released_at, hold.released_by = now, actor
    HandOverHold.objects.bulk_update(holds, ["released_at", "released_by"])
    entries = [
        _entry(by_id[hold.go_live_id], "hand_over_released", actor, origin, {}) for hold in holds
    ]
    record_many(entries, now=now)
    return len(holds)


def _entry(row: GoLive, verb: str, actor: str, origin: str, fields: dict[str, str]) -> Entry:
    return Entry(
        subject="go_live", subject_key=label_of(row), verb=verb,
        actor=actor, origin=origin, programme_id=row.programme_id, fields=fields,
    )  # fmt: skip
