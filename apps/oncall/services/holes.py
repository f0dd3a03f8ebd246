"""Holes in coverage that somebody decides to live with."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from apps.ledger.services import record
from apps.oncall.models import AcceptedHole
from apps.rollouts.models import Programme, Site


class UnableToAcceptHole(Exception):
    """Why not, in words; nothing was written. `field` names what to mend."""

    def __init__(self, words: str, *, field: str) -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def accept_hole(
    *,
    programme: Programme,
    sites: Collection[Site],
    duty: str,
    start: datetime,
    end: datetime,
    reason: str,
    actor: str,
    origin: str,
    now: datetime,
) -> AcceptedHole:
    """Live with what is missing in [start, end) at these sites (none: at all); empty duty is both.

    Raises UnableToAcceptHole without a reason or with no time.
    """
    if not reason.strip():
        raise UnableToAcceptHole("say why this hole can be lived with", field="reason")
    if end <= start:
        raise UnableToAcceptHole("this ends before it begins", field="end")
    row = AcceptedHole.objects.create(
        programme=programme,
        duty=duty,
        starts_at=start,
        ends_at=end,
        reason=reason.strip(),
        accepted_by=actor,
        accepted_at=now,
    )
    row.sites.set(sites)
    _record(row, "accepted", actor, origin, now)
    return row


@transaction.atomic
def withdraw_accepted_hole(
    *, accepted: AcceptedHole, actor: str, origin: str, now: datetime
) -> AcceptedHole:
    """It counts as a hole again. Twice does no harm."""
    row: AcceptedHole = AcceptedHole.objects.select_for_update().get(pk=accepted.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = now, actor
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _record(row, "withdrawn", actor, origin, now)
    return row


def _record(row: AcceptedHole, verb: str, actor: str, origin: str, now: datetime) -> None:
    record(
        subject="coverage_hole",
        subject_key=row.programme.key,
        verb=verb,
        actor=actor,
        origin=origin,
        programme_id=row.programme_id,
        now=now,
        fields={
            "duty": row.duty or "both",
            "sites": [site.number for site in row.sites.all()] or "all",
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "reason": row.reason,
        },
    )
