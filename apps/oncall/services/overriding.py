"""Who stands in: overrides, taking a shift, leave. The past is never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import Person
from apps.ledger.services import Entry, record, record_many
from apps.oncall.models import Leave, Override, Rota
from apps.oncall.rules import Shift, final_schedule

LONGEST = timedelta(days=62)


class UnableToOverride(Exception):
    """Why not, in words; nothing was written. `field` names what to mend."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Somebody is to have a duty in [start, end); `slot` where it is a whole shift."""

    duty: str
    person: Person
    start: datetime
    end: datetime
    slot: str = ""
    reason: str = ""


@transaction.atomic
def put_on_duty(*, rota: Rota, stand: Stand, actor: str, origin: str, now: datetime) -> Override:
    """Give somebody a duty for a period, whoever's turn it is; from now on at the earliest.

    Raises UnableToOverride for a period that is over or too long, a duty the rota does not have,
    somebody who is not in the programme, or has a duty all the time that comes before this one.
    """
    row = lay_override(rota=rota, stand=stand, actor=actor, origin=origin, now=now)
    check_counts([row])
    return row


def check_counts(rows: Sequence[Override]) -> None:
    """Overrides that are laid: nobody is put on a duty without any effect, though parts of it may
    have none. Raises UnableToOverride."""
    for person, duty in {(row.person, row.duty): None for row in rows}:
        held: set[str] = set()
        for row in rows:
            if (row.person, row.duty) == (person, duty):
                shifts = final_schedule(row.rota.facts(), row.starts_at, row.ends_at)
                held |= {one.duty for one in shifts if one.person_key == person.username}
        if duty not in held:
            words = f"{person} has {', '.join(sorted(held))} all that time, which comes before"
            words += f" {duty}: give that to somebody else first"
            raise UnableToOverride(words, field="person")


def lay_override(*, rota: Rota, stand: Stand, actor: str, origin: str, now: datetime) -> Override:
    """One of several that make sense together: see `put_on_duty`."""
    start = max(stand.start, now)
    _check(rota, stand, start)
    rota.forget()
    row = Override.objects.create(
        rota=rota,
        duty=stand.duty,
        person=stand.person,
        starts_at=start,
        ends_at=stand.end,
        slot_start_local=stand.slot if start == stand.start else "",
        reason=stand.reason.strip(),
        made_by=actor,
        made_at=now,
    )
    record_many([told(row, "made", actor, origin)], now=now)
    return row


@transaction.atomic
def withdraw_override(
    *, override: Override, actor: str, origin: str, now: datetime
) -> Override | None:
    """Take an override back: gone where it has not begun (None), else it ends now.

    Twice does no harm. Raises UnableToOverride for one that is over: the past stays.
    """
    row = Override.objects.select_for_update().filter(pk=override.pk).first()
    if row is None:
        return None
    row = Override.objects.select_related("rota", "person").get(pk=row.pk)
    if row.ends_at <= now:
        raise UnableToOverride("it is over, and what was stays as it was")
    record_many([told(row, "withdrawn", actor, origin)], now=now)
    if row.starts_at >= now:
        row.delete()
        return None
    row.ends_at, row.slot_start_local = now, ""
    row.save(update_fields=["ends_at", "slot_start_local"])
    return row


def shift_of(rota: Rota, duty: str, slot: str, around: datetime) -> list[Shift]:
    """The pieces of a duty's slot near an instant, as the final schedule has them; [] for none."""
    near = timedelta(days=16)
    shifts = final_schedule(rota.facts(), around - near, around + near)
    return [one for one in shifts if one.duty == duty and one.slot == slot]


@transaction.atomic
def take_leave(
    *,
    person: Person,
    start: datetime,
    end: datetime,
    note: str = "",
    actor: str,
    origin: str,
    now: datetime,
) -> Leave:
    """Somebody takes no turns in [start, end); from now on at the earliest.

    Raises UnableToOverride for a period that is over or overlaps another leave of theirs.
    """
    start = max(start, now)
    if end <= start:
        raise UnableToOverride("this leave is over, or ends before it begins", field="end")
    if Leave.objects.filter(person=person, starts_at__lt=end, ends_at__gt=start).exists():
        raise UnableToOverride("they are away in a part of this already", field="start")
    row = Leave.objects.create(
        person=person, starts_at=start, ends_at=end, note=note.strip(), made_by=actor
    )
    _record_leave(row, "entered", actor, origin, now)
    return row


@transaction.atomic
def withdraw_leave(*, leave: Leave, actor: str, origin: str, now: datetime) -> None:
    """Take a leave back: gone where it has not begun, else it ends now. Twice does no harm."""
    row = Leave.objects.select_for_update().filter(pk=leave.pk).first()
    if row is None:
        return
    if row.ends_at <= now:
        raise UnableToOverride("it is over, and what was stays as it was")
    _record_leave(row, "withdrawn", actor, origin, now)
    if row.starts_at >= now:
        row.delete()
    else:
        row.ends_at = now
        row.save(update_fields=["ends_at"])


def _check(rota: Rota, stand: Stand, start: datetime) -> None:
    if stand.end <= start:
        raise UnableToOverride("this is over, or ends before it begins", field="end")
    if stand.end - start > LONGEST:
        words = f"at most {LONGEST.days} days at once: change the rota instead"
        raise UnableToOverride(words, field="end")
    duties = rota.facts().duties()
    if stand.duty not in duties:
        words = f"this rota has no duty {stand.duty!r}, only {', '.join(duties)}"
        raise UnableToOverride(words, field="duty")
    roles = stand.person.roles_in(rota.programme_id)
    if not stand.person.is_active or not roles or roles == {"viewer"}:
        words = f"{stand.person} does not work in this programme"
        raise UnableToOverride(words, field="person")


def told(row: Override, verb: str, actor: str, origin: str) -> Entry:
    """What the ledger says of an override."""
    return Entry(
        subject="override",
        subject_key=f"{row.rota.key} {row.duty}",
        verb=verb,
        actor=actor,
        origin=origin,
        programme_id=row.rota.programme_id,
        fields={"person": row.person.username, **_period(row), "reason": row.reason},
    )


def _record_leave(row: Leave, verb: str, actor: str, origin: str, now: datetime) -> None:
    record(
        subject="leave",
        subject_key=row.person.username,
        verb=verb,
        actor=actor,
        origin=origin,
        programme_id=None,
        now=now,
        fields=_period(row),
    )


def _period(row: Override | Leave) -> dict[str, Any]:
    return {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat()}
