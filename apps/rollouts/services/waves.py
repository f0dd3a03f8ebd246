"""Putting a go-live into another wave: a decision like any other, its date stays."""

from datetime import datetime

from django.db import transaction

from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Wave
from apps.rollouts.rules import has_begun, why_not
from apps.rollouts.services.changing import Wish, carry_out
from apps.rollouts.services.decisions import Decision, Step, check_decision
from apps.rollouts.services.register import Asked, UnableToSave, locked


@transaction.atomic
def put_in_wave(
    *, go_live: GoLive, wave: Wave | None, decision: Decision, now: datetime,
    version: int | None = None,
) -> GoLive:  # fmt: skip
    """Put a go-live into another wave of its programme, or none, by a change; its date stays.

    Nothing is written when it stands so already. Raises UnableToChangeSchedule without reason or
    decider; UnableToSave for a wave of another programme, once it has begun or is over, and, with
    the fresh row, when it is newer than the `version` that was seen.
    """
    check_decision(decision)
    if wave is not None and wave.programme_id != go_live.programme_id:
        raise UnableToSave("this wave belongs to another programme", "wave")
    seen = Asked(actor=decision.made_by, origin=decision.origin, now=now, version=version)
    locked(go_live, seen)
    row: GoLive = GoLive.objects.with_facts().select_related("wave").get(pk=go_live.pk)
    if row.wave == wave:
        return row
    if words := _refusal(row, now):
        raise UnableToSave(words)
    step = Step(row, row.starts_on, None, row.scope, row.scope, row.wave, wave)
    wish = Wish(kind=ChangeKind.MOVE, go_lives={row.pk: None})
    carry_out(programme=row.programme, wish=wish, steps=[step], decision=decision, now=now)
    row.refresh_from_db()
    return row


def _refusal(row: GoLive, now: datetime) -> str:
    begun = has_begun(row.facts(), now)
    words = why_not(ChangeKind.MOVE.value, status=row.status, has_started=begun)
    return words or ("it has gone live: its wave is history" if begun else "")
