"""The downtime of a holiday is prepared as the schedule says, for whoever is on duty, who is told
and reminded."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.core.periods import Period
from apps.oncall.choices import GONE, SYSTEM, Preparation
from apps.oncall.models import HolidayDuty, Rota
from apps.oncall.rules.breaks import (
    Break,
    break_near,
    downtime_of,
    has_people,
    prepared_at,
    reminded_at,
    whose,
)
from apps.oncall.services.holidays import (
    UnableToPrepare,
    Wanted,
    changes,
    decide,
    facts_of,
    note_change,
    reopen_holiday,
)
from apps.outbox.mail import mail_connection
from apps.outbox.services import promise


@transaction.atomic
def prepare(*, rota: Rota, now: datetime) -> None:
    """Make the row of the days off that are near, or bring it to what the schedule says: who is on
    duty now or comes next has it, where nobody does a DM, and the hours follow the rota. What was
    decided or is over stays. Whoever has it is told once, and reminded once. Nothing happens once
    the programme is over."""
    row = Rota.objects.select_for_update(no_key=True).get(pk=rota.pk)
    fresh = Rota.objects.with_facts().select_related("programme").get(pk=row.pk)
    if now >= fresh.programme.over_at:
        return
    names = fresh.programme.holiday_names()
    found = break_near(now.astimezone(fresh.zone).date(), names.keys())
    if found is not None and now < prepared_at(found.before, fresh.zone):
        found = None
    _drop_gone(fresh, names.keys(), now)
    if found is None:
        return
    days = [{"on": str(day), "name": names[day]} for day in found.holidays]
    duty = _made_or_followed(fresh, found, days, now)
    if duty is not None and duty.state == Preparation.PREPARED and now < duty.ends_at:
        _tell(duty, now)


def _made_or_followed(
    rota: Rota, found: Break, days: list[dict[str, str]], now: datetime
) -> HolidayDuty | None:
    downtime = downtime_of(rota.facts(), found)
    username = whose(rota.facts(), now, downtime)
    person = rota.people()[username] if username else None
    rows = HolidayDuty.objects.filter(rota=rota, prepared_on=found.before)
    row = rows.select_related("person").first()
    if row is None:
        if now >= downtime.end or downtime.start >= rota.programme.over_at:
            return None
        person = person or _stands_in(rota, found)
        return _make(rota, found, days, downtime, person, now) if person else None
    if row.is_gone and now < row.ends_at:
        _bring_back(row, now)
    if row.state != Preparation.PREPARED or now >= row.ends_at:
        return row
    row.rota = rota
    columns: dict[str, Any] = {"holidays": days}
    if not row.is_adjusted:
        columns |= _times(rota, found, downtime)
    if person is not None and person.pk != row.person_id:
        columns |= {"person": person, "told_at": None}
    return row if _follow(row, columns, now) else None


def _make(
    rota: Rota, found: Break, days: list[dict[str, str]], downtime: Period, person: Person,
    now: datetime,
) -> HolidayDuty:  # fmt: skip
    row = HolidayDuty.objects.create(
        rota=rota, prepared_on=found.before, holidays=days, person=person, mute=rota.mute,
        **_times(rota, found, downtime),
    )  # fmt: skip
    _note(row, "prepared", now, {"rota": rota.key} | facts_of(row))
    return row


def _times(rota: Rota, found: Break, downtime: Period) -> dict[str, Any]:
    return {
        "starts_at": downtime.start,
        "ends_at": downtime.end,
        "remind_at": reminded_at(found.before, rota.zone, downtime),
    }


def _follow(row: HolidayDuty, columns: dict[str, Any], now: datetime) -> bool:
    """False when somebody changes it meanwhile: the next look sees to it."""
    changed = {name: new for name, new in columns.items() if getattr(row, name) != new}
    if not changed:
        return True
    mine = HolidayDuty.objects.prepared().filter(pk=row.pk, version=row.version)
    before = facts_of(row)
    if not mine.update(**changed, version=F("version") + 1):
        return False
    for name, new in changed.items():
        setattr(row, name, new)
    row.version += 1
    _note(row, "moved", now, changes(before, facts_of(row)))
    return True


def _stands_in(rota: Rota, found: Break) -> Person | None:
    """A DM of the programme, where nobody is on duty before the days off: one with an address, if
    there is any. Nobody for a rota that has no people then."""
    if not has_people(rota.facts(), found.before):
        return None
    managers = Person.objects.filter(
        is_active=True, memberships__programme=rota.programme_id, memberships__role=Role.DM
    )
    return min(managers, key=lambda one: (not one.email, str(one), one.username), default=None)


def _drop_gone(rota: Rota, holidays: Collection[date], now: datetime) -> None:
    """What is prepared and not over, but for days that are none off any more."""
    for row in HolidayDuty.objects.prepared().filter(rota=rota, ends_at__gt=now).with_people():
        found = break_near(row.prepared_on, holidays)
        if found is None or found.before != row.prepared_on:
            with suppress(UnableToPrepare):  # somebody has just decided it
                decide(row, Preparation.WITHDRAWN, GONE, SYSTEM, "worker", now)


def _bring_back(row: HolidayDuty, now: datetime) -> None:
    """The days off are back: it waits again, and whoever has it is told again."""
    wanted = Wanted(actor=SYSTEM, origin="worker", now=now)
    with suppress(UnableToPrepare):  # somebody has just decided it
        reopen_holiday(duty=row, wanted=wanted, version=row.version)
        HolidayDuty.objects.prepared().filter(pk=row.pk).update(told_at=None)
    row.refresh_from_db()


def _tell(row: HolidayDuty, now: datetime) -> None:
    """Promise the mails that are due, once each time it comes to somebody and once as a reminder;
    who has no address sees it on the console alone. Each handing has a version of its own."""
    mine = HolidayDuty.objects.prepared().filter(pk=row.pk)
    if row.told_at is None and mine.filter(told_at=None).update(told_at=now):
        row.told_at = now
        key = f"holiday:{row.pk}:{row.person_id}:{row.version}"
        _promise(row, key, now, is_reminder=False)
    elif _is_late(row, now) and mine.filter(reminded_at=None).update(reminded_at=now):
        _promise(row, f"holiday:{row.pk}:reminder", now, is_reminder=True)


def _is_late(row: HolidayDuty, now: datetime) -> bool:
    """Whether a reminder is due; who was told so late needs none."""
    return row.told_at is not None and row.told_at < row.remind_at <= now


def _promise(row: HolidayDuty, dedupe_key: str, now: datetime, *, is_reminder: bool) -> None:
    has_address = bool(row.person.email and row.person.is_active)
    if has_address:
        promise(
            action="holiday.email", connection=mail_connection(), subject="holiday_duty",
            subject_key=str(row.pk), programme_id=row.programme_id, dedupe_key=dedupe_key, now=now,
            payload={"duty": row.pk, "person": row.person_id, "is_reminder": is_reminder,
                     "at": now.isoformat()},
        )  # fmt: skip
    verb = "reminded" if is_reminder else "told"
    verb = verb if has_address else f"{verb}_without_address"
    _note(row, verb, now, {"person": row.person.username})


def _note(row: HolidayDuty, verb: str, now: datetime, fields: Mapping[str, Any]) -> None:
    note_change(row, verb, Wanted(actor=SYSTEM, origin="worker", now=now), fields)
