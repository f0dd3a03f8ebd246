"""Taking a whole import back, as long as nobody was told of it."""

from datetime import datetime

from django.db import transaction

from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import ImportDraft, Programme, ScheduleChange
from apps.rollouts.services.changing import Wish, change_schedule, undo_change
from apps.rollouts.services.checklist import hold_checklist
from apps.rollouts.services.schedule import Decision, UnableToChangeSchedule


@transaction.atomic
def undo_import(*, draft: ImportDraft, actor: str, origin: str, now: datetime) -> ImportDraft:
    """Move back what was moved, restore what was cancelled, cancel what was added. Twice does no
    harm.

    Raises UnableToChangeSchedule, with nothing undone, for an import of sites, once one of its
    changes was announced, and when an added go-live has begun.
    """
    row: ImportDraft = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if row.undone_at is not None:
        return row
    if not row.changes:
        raise UnableToChangeSchedule("this import changed no schedule: there is nothing to undo")
    hold_checklist(row.programme)  # before any change: as every undo does
    changes = list(ScheduleChange.objects.filter(pk__in=row.changes).select_for_update())
    if any(change.announced_at is not None for change in changes):
        raise UnableToChangeSchedule("it was announced: make another change instead")
    for change in changes:
        if change.kind == ChangeKind.PLAN:
            _cancel_added(row.programme, change, actor, origin, now)
        else:
            undo_change(change=change, actor=actor, origin=origin, now=now)
    row.undone_at = now
    row.save(update_fields=["undone_at"])
    return row


def _cancel_added(
    programme: Programme, change: ScheduleChange, actor: str, origin: str, now: datetime
) -> None:
    standing = change.items.exclude(go_live__status=Status.CANCELLED)
    added = list(standing.values_list("go_live_id", flat=True))
    if not added:
        return
    decision = Decision(reason=f"The import was undone: {change.reason}",
                        decided_by=change.decided_by, made_by=actor, origin=origin)  # fmt: skip
    wish = Wish(kind=ChangeKind.CANCEL, go_lives=dict.fromkeys(added))
    change_schedule(programme=programme, wish=wish, decision=decision, now=now)
