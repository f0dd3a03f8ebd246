"""The downtime of a holiday: adjusted, confirmed, not needed, reopened; what a rota mutes then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.core.guard import mask
from apps.core.periods import Period, local_midnight
from apps.ledger.services import record
from apps.oncall.choices import Preparation
from apps.oncall.models import HolidayDuty, Rota
from apps.oncall.rules.breaks import DAY, reminded_at

LONGEST_DOWNTIME = timedelta(days=62)
CHANGED = "somebody has changed it since you read it"


class UnableToPrepare(Exception):
    """Why not, in words; nothing was written."""


class UnableToUseHours(UnableToPrepare):
    """These hours are none for this holiday."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Who does what: names, origin and clock of a change somebody makes."""

    actor: str
    origin: str
    now: datetime


@transaction.atomic
def adjust_holiday(
    *, duty: HolidayDuty, period: Period, mute: str, version: int, wanted: Wanted
) -> HolidayDuty:
    """Other hours, or other monitors, before it is confirmed. Raises UnableToUseHours for a
    period without time, longer than 62 days or not with the holiday, UnableToPrepare for one that
    is decided, and when somebody has changed it since `version`."""
    words = _problem(duty, period)
    if words:
        raise UnableToUseHours(words)
    row = _locked(duty)
    if row.state != Preparation.PREPARED or row.version != version:
        raise UnableToPrepare(_why_not(row))
    before = facts_of(row)
    if period != row.period:
        row.starts_at, row.ends_at = period
        row.is_adjusted = True
        row.remind_at = reminded_at(row.prepared_on, row.rota.zone, period)
    row.mute = mask(mute.strip()).text
    row.version += 1
    row.save()
    note_change(row, "adjusted", wanted, changes(before, facts_of(row)))
    return row


def _locked(duty: HolidayDuty) -> HolidayDuty:
    """As it stands now; nobody else writes it before this transaction ends."""
    rows = HolidayDuty.objects.with_people().select_for_update(of=("self",), no_key=True)
    return rows.get(pk=duty.pk)


def _problem(duty: HolidayDuty, period: Period) -> str:
    if period.end <= period.start:
        return "the end is not after the start"
    if period.end - period.start > LONGEST_DOWNTIME:
        return f"a downtime is at most {LONGEST_DOWNTIME.days} days long"
    first, last = (date.fromisoformat(duty.holidays[place]["on"]) for place in (0, -1))
    zone = duty.rota.zone
    whole = Period(local_midnight(first, zone), local_midnight(last + DAY, zone))
    return "" if period.overlap(whole) else "these hours do not touch the holiday"


@transaction.atomic
def confirm_holiday(*, duty: HolidayDuty, wanted: Wanted, version: int | None = None) -> bool:
    """Somebody has copied it into Datadog: one conditional update, one winner. False for who comes
    second; raises UnableToPrepare when it was changed since `version`, not needed, or is over."""
    if duty.ends_at <= wanted.now:
        raise UnableToPrepare("its hours are over: there is nothing left to mute")
    return decide(duty, Preparation.CONFIRMED, "", *_who(wanted), version=version)


@transaction.atomic
def withdraw_holiday(
    *, duty: HolidayDuty, reason: str, wanted: Wanted, version: int | None = None
) -> bool:
    """Nobody needs it, for a reason. False for who comes second. Raises UnableToPrepare."""
    words = mask(reason.strip()).text
    if not words:
        raise UnableToPrepare("say why it is not needed")
    return decide(duty, Preparation.WITHDRAWN, words, *_who(wanted), version=version)


def _who(wanted: Wanted) -> tuple[str, str, datetime]:
    return wanted.actor, wanted.origin, wanted.now


def decide(
    duty: HolidayDuty, state: Preparation, reason: str, actor: str, origin: str, now: datetime,
    version: int | None = None,
) -> bool:  # fmt: skip
    """One conditional update, in the caller's transaction. False where it says so already; raises
    UnableToPrepare where it says something else by now."""
    rows = HolidayDuty.objects.prepared().filter(pk=duty.pk)
    if version is not None:
        rows = rows.filter(version=version)
    won = rows.update(state=state, reason=reason, decided_by=actor, decided_at=now,
                      version=F("version") + 1)  # fmt: skip
    fresh = HolidayDuty.objects.with_people().get(pk=duty.pk)
    if not won:
        if fresh.state != state:
            raise UnableToPrepare(_why_not(fresh))
        return False
    verb = "confirmed" if state == Preparation.CONFIRMED else "withdrawn"
    before = facts_of(fresh) | {"state": Preparation.PREPARED.value, "reason": ""}
    note_change(fresh, verb, Wanted(actor=actor, origin=origin, now=now),
                changes(before, facts_of(fresh)))  # fmt: skip
    return True


@transaction.atomic
def reopen_holiday(*, duty: HolidayDuty, wanted: Wanted, version: int | None = None) -> HolidayDuty:
    """Take a decision back while the hours are not over; nobody is told again. Twice does no harm.
    Raises UnableToPrepare for one that is over, and when it was changed since `version`."""
    if duty.ends_at <= wanted.now:
        raise UnableToPrepare("its hours are over, and what was stays as it was")
    row = _locked(duty)
    if row.state == Preparation.PREPARED:
        return row
    if version not in (None, row.version):
        raise UnableToPrepare(CHANGED)
    before = facts_of(row)
    row.state, row.reason, row.decided_by, row.decided_at = Preparation.PREPARED, "", "", None
    row.version += 1
    row.save()
    note_change(row, "reopened", wanted, changes(before, facts_of(row)))
    return row


@transaction.atomic
def set_mute(*, rota: Rota, mute: str, wanted: Wanted) -> Rota:
    """What downtimes of this rota mute from now on; those that are prepared stay as they are."""
    words = mask(mute.strip()).text
    row = Rota.objects.select_for_update(no_key=True).get(pk=rota.pk)
    if row.mute == words:
        return row
    record(
        subject="rota", subject_key=row.key, verb="mute_changed", actor=wanted.actor,
        origin=wanted.origin, programme_id=row.programme_id, now=wanted.now,
        fields={"mute": [row.mute, words]},
    )  # fmt: skip
    row.mute = words
    row.save(update_fields=["mute"])
    return row


def _why_not(row: HolidayDuty) -> str:
    if row.state == Preparation.CONFIRMED:
        return f"{row.decided_by} has confirmed it already"
    if row.state == Preparation.WITHDRAWN:
        return f"it is not needed: {row.reason}"
    return CHANGED


def facts_of(row: HolidayDuty) -> dict[str, Any]:
    """What the ledger says of a downtime."""
    return {
        "person": row.person.username,
        "holidays": [day["on"] for day in row.holidays],
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "mute": row.mute,
        "state": str(row.state),
        "reason": row.reason,
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What differs, as [before, after]."""
    return {name: [before[name], new] for name, new in after.items() if before[name] != new}


def note_change(row: HolidayDuty, verb: str, wanted: Wanted, fields: Mapping[str, Any]) -> None:
    """The ledger's line, in the caller's transaction."""
    record(
        subject="holiday_duty", subject_key=str(row.pk), verb=verb, actor=wanted.actor,
        origin=wanted.origin, programme_id=row.programme_id, now=wanted.now,
        fields=fields,
    )  # fmt: skip
