"""The note of a hand-over: written, handed over, acknowledged; and telling who comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from apps.accounts.models import Person
from apps.core.guard import mask
from apps.ledger.services import record
from apps.oncall.models import HandOver, ShiftBrief
from apps.outbox.mail import mail_connection
from apps.outbox.services import promise

LATEST = timedelta(hours=1)  # into a shift: whoever has it knows by then


class UnableToHandOver(Exception):
    """Why not, in words; nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """What somebody hands over: open items, and what to watch."""

    open_items: str = ""
    watch: str = ""


@transaction.atomic
def write_note(
    *, hand_over: HandOver, note: Note, version: int, actor: str, origin: str, now: datetime
) -> HandOver:
    """Keep a draft; it may be handed over already. Raises UnableToHandOver for one that was
    acknowledged, or changed since `version`."""
    return _write(hand_over, note, version, "written", {}, actor, origin, now)


@transaction.atomic
def hand_over_note(
    *, hand_over: HandOver, note: Note, version: int, actor: str, origin: str, now: datetime
) -> HandOver:
    """Keep the note and ask the next person to acknowledge it. Raises UnableToHandOver."""
    return _write(hand_over, note, version, "handed_over", {"handed_at": now}, actor, origin, now)


def _write(
    hand_over: HandOver, note: Note, version: int, verb: str, columns: dict[str, Any], actor: str,
    origin: str, now: datetime,
) -> HandOver:  # fmt: skip
    texts = {"open_items": _clean(note.open_items), "watch": _clean(note.watch)}
    done = HandOver.objects.waiting().filter(pk=hand_over.pk, version=version).update(
        **texts, **columns, written_by=actor, written_at=now, version=F("version") + 1
    )  # fmt: skip
    fresh = HandOver.objects.with_people().get(pk=hand_over.pk)
    if not done:
        raise UnableToHandOver(_why_not(fresh))
    _record(fresh, verb, actor, origin, now)
    return fresh


def _clean(text: str) -> str:
    return mask(text.strip()).text


def _why_not(row: HandOver) -> str:
    if row.withdrawn_at is not None:
        return "the schedule has changed: there is no such hand-over any more"
    if row.acknowledged_at is not None:
        return f"{row.acknowledged_by} has acknowledged it already"
    return "somebody has written in it since you read it"


@transaction.atomic
def acknowledge_hand_over(
    *, hand_over: HandOver, person: Person, origin: str, now: datetime
) -> bool:
    """The next person has read it: one conditional update, one winner. False for who comes second.
    Raises UnableToHandOver while nothing was handed over and the shift has not begun."""
    if hand_over.withdrawn_at is not None:
        raise UnableToHandOver(_why_not(hand_over))
    if hand_over.acknowledged_at is None and not hand_over.is_asked_for(now):
        words = f"{hand_over.outgoing} has not handed over yet, and the shift has not begun"
        raise UnableToHandOver(words)
    won = HandOver.objects.waiting().filter(pk=hand_over.pk).update(
        acknowledged_at=now, acknowledged_by=person.username, version=F("version") + 1
    )  # fmt: skip
    if not won:
        return False
    fresh = HandOver.objects.with_people().get(pk=hand_over.pk)
    _record(fresh, "acknowledged", person.username, origin, now)
    for follow in _followers():
        follow(fresh, person.username, origin, now)
    return True


def _followers() -> list[Callable[[HandOver, str, str, datetime], None]]:
    """Those above who want to know, in the same transaction (portal/tables.py)."""
    paths = cast("tuple[str, ...]", import_string(settings.HAND_OVER_FOLLOWERS))
    return [import_string(path) for path in paths]


def _record(row: HandOver, verb: str, actor: str, origin: str, now: datetime) -> None:
    record(
        subject="hand_over", subject_key=str(row.pk), verb=verb, actor=actor, origin=origin,
        programme_id=row.programme_id, now=now,
        fields={"rota": row.rota.key, "duty": row.duty, "outgoing": row.outgoing.username,
                "incoming": row.incoming.username, "has_note": row.has_note},
    )  # fmt: skip


@transaction.atomic
def tell_brief(*, brief: ShiftBrief, now: datetime) -> bool:
    """Promise the mail that leads to a brief, once; False when another worker did. Somebody without
    an address, and who has been on duty for long already, is not told."""
    left_out = _why_left_out(brief, now)
    told = ShiftBrief.objects.filter(pk=brief.pk, told_at=None)
    if not told.update(told_at=now, left_out=left_out):
        return False
    programme_id = brief.rota.programme_id
    if not left_out:
        promise(
            action="brief.email", connection=mail_connection(), subject="shift_brief",
            subject_key=str(brief.pk), programme_id=programme_id,
            dedupe_key=f"brief:{brief.pk}", payload={"brief": brief.pk}, now=now,
        )  # fmt: skip
    record(
        subject="shift_brief", subject_key=str(brief.pk), verb="told", actor="system",
        origin="worker", programme_id=programme_id, now=now,
        fields={"person": brief.person.username, "duty": brief.duty, "left_out": left_out,
                "starts_at": brief.starts_at.isoformat()},
    )  # fmt: skip
    return True


def _why_left_out(brief: ShiftBrief, now: datetime) -> str:
    if not brief.person.email or not brief.person.is_active:
        return "no address"
    return "too late" if now - brief.starts_at > LATEST else ""
