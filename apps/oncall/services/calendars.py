"""Calendars of a rota: added, looked at, read, removed. The past is never changed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from apps.core.doorbell import ring
from apps.core.http import HttpProblem, check_base_url
from apps.core.models import LeaseLost
from apps.core.periods import local_midnight
from apps.ledger.services import record
from apps.oncall.models import CalendarSource, Rota
from apps.oncall.rules import differences, final_schedule
from apps.oncall.rules.calendars import Reading, UnableToRead
from apps.oncall.services.applying import Applied, apply_reading, reading_of, take_all_back
from apps.oncall.services.editing import AHEAD, RotaPreview

EACH = timedelta(minutes=15)
EACH_FILE = timedelta(days=1)  # its repetitions go on, and people come to a programme
DRAFTS_KEPT = timedelta(days=1)
MOST_CALENDARS = 20  # of a rota


class UnableToUseCalendar(Exception):
    """Why not, in words; nothing was written. `field` names what to mend."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def add_calendar(
    *, rota: Rota, duty: str, url: str, actor: str, origin: str, now: datetime
) -> CalendarSource:
    """A calendar with an address, read from now on. Raises UnableToUseCalendar."""
    address = _checked(url)
    source = _new(rota, duty, actor, now)
    source.url, source.confirmed_at = address, now
    source.name = source.host[:120]
    _check_duty(rota, duty)
    source.save()
    _record(source, "added", actor, origin, now, {"from": source.name})
    ring("calendars")
    return source


def draft_file(
    *, rota: Rota, duty: str, name: str, content: bytes, actor: str, now: datetime
) -> CalendarSource:
    """A file to be looked at; it counts for nothing before `take_draft`. Raises
    UnableToUseCalendar."""
    _check_duty(rota, duty)
    source = _new(rota, duty, actor, now)
    source.name, source.draft, source.draft_name = name[:120], content, name[:120]
    _check_readable(source, content, now)
    source.save()
    return source


def draft_newer(*, source: CalendarSource, name: str, content: bytes, now: datetime) -> None:
    """A newer file of a calendar, to be looked at. Raises UnableToUseCalendar."""
    _check_readable(source, content, now)
    rows = CalendarSource.objects.filter(pk=source.pk)
    rows.update(draft=content, draft_name=name[:120])


def preview_draft(*, source: CalendarSource, now: datetime) -> tuple[RotaPreview, Reading, Applied]:
    """What taking over the file would change in eight weeks, and what it says; nothing is kept.

    Raises UnableToUseCalendar.
    """
    rota = Rota.objects.with_facts().select_related("programme").get(pk=source.rota_id)
    end = local_midnight((now + AHEAD).astimezone(rota.zone).date(), rota.zone)
    before = final_schedule(rota.facts(), now, end)
    reading = _check_readable(source, source.draft, now)
    with transaction.atomic():
        applied = apply_reading(source=source, reading=reading, actor="system", origin="page",
                                now=now)  # fmt: skip
        edited = Rota.objects.with_facts().get(pk=rota.pk)
        after, people = final_schedule(edited.facts(), now, end), rota.people() | edited.people()
        transaction.set_rollback(True)
    return RotaPreview(differences(before, after), people), reading, applied


def take_draft(
    *, source: CalendarSource, looked_at: str, actor: str, origin: str, now: datetime
) -> Applied:
    """Take over the file that was looked at, named by its `draft_mark`; twice does no harm.

    Raises UnableToUseCalendar, also where another file came meanwhile.
    """
    fresh = CalendarSource.objects.select_related("rota__programme").get(pk=source.pk)
    if not fresh.draft:
        return Applied()
    _check_looked_at(fresh, looked_at)
    reading = _check_readable(fresh, fresh.draft, now)  # may take long: no lock is held yet
    return _take_over(fresh, looked_at, reading, actor, origin, now)


@transaction.atomic
def _take_over(
    source: CalendarSource, looked_at: str, reading: Reading, actor: str, origin: str,
    now: datetime,
) -> Applied:  # fmt: skip
    row = _locked(source)
    if not row.draft:
        return Applied()
    _check_looked_at(row, looked_at)
    _check_duty(row.rota, row.duty)
    is_new, row.confirmed_at = row.confirmed_at is None, row.confirmed_at or now
    row.content, row.name = row.draft, row.draft_name
    row.draft, row.draft_name, row.fence = b"", "", row.fence + 1  # who reads the old one stops
    row.save()
    if is_new:
        _record(row, "added", actor, origin, now, {"from": "a file"})
    applied = apply_reading(source=row, reading=reading, actor=actor, origin=origin, now=now)
    row.note_read(due_at=now + EACH_FILE, now=now, troubles=list(reading.troubles))
    _record_read(row, applied, actor, origin, now)
    return applied


def take_reading(*, source: CalendarSource, now: datetime) -> Applied:
    """What a claimed calendar says in `content` becomes shifts, all of it or nothing.

    Raises LeaseLost where another worker has it, UnableToRead where it makes no sense.
    """
    reading = reading_of(source, source.content, now)  # may take long: no lock is held yet
    return _keep_reading(source, reading, now)


@transaction.atomic
def _keep_reading(source: CalendarSource, reading: Reading, now: datetime) -> Applied:
    if not source.hold():
        raise LeaseLost(f"calendar {source.pk}, fence {source.fence}")
    rota = Rota.objects.with_facts().get(pk=source.rota_id)
    if source.duty not in rota.facts().duties():
        raise UnableToRead(f"the rota has no duty {source.duty} any more")
    applied = apply_reading(source=source, reading=reading, actor="system", origin="worker",
                            now=now)  # fmt: skip
    due_at = now + (EACH_FILE if source.is_file else EACH)
    source.note_read(due_at=due_at, now=now, troubles=list(reading.troubles))
    _record_read(source, applied, "system", "worker", now)
    return applied


@transaction.atomic
def read_now(*, source: CalendarSource, now: datetime) -> None:
    """Read a calendar as soon as a worker is there."""
    CalendarSource.objects.waiting().filter(pk=source.pk).update(due_at=now)
    ring("calendars")


@transaction.atomic
def remove_calendar(*, source: CalendarSource, actor: str, origin: str, now: datetime) -> int:
    """Forget a calendar and take its shifts back; what was stays. Returns how many were taken
    back; twice does no harm."""
    if not CalendarSource.objects.filter(pk=source.pk).exists():
        return 0
    row = _locked(source)
    count = take_all_back(source=row, actor=actor, origin=origin, now=now)
    if row.confirmed_at is not None:
        _record(row, "removed", actor, origin, now, {"withdrawn": count})
    row.delete()
    return count


def forget_drafts(*, now: datetime) -> int:
    """Forget files that were looked at a day ago and not taken over; returns how many."""
    return CalendarSource.objects.drafts(now - DRAFTS_KEPT).delete()[0]


def _locked(source: CalendarSource) -> CalendarSource:
    CalendarSource.objects.select_for_update().get(pk=source.pk)
    return CalendarSource.objects.select_related("rota__programme").get(pk=source.pk)


def _new(rota: Rota, duty: str, actor: str, now: datetime) -> CalendarSource:
    if rota.calendars.count() >= MOST_CALENDARS:
        raise UnableToUseCalendar(f"a rota has at most {MOST_CALENDARS} calendars")
    return CalendarSource(rota=rota, duty=duty, made_by=actor, made_at=now, due_at=now)


def _checked(url: str) -> str:
    """https for what calendar programs call webcal. Raises UnableToUseCalendar."""
    address = url.strip()
    scheme, mark, rest = address.partition("://")
    if scheme.lower() in {"webcal", "webcals"}:
        address = f"https{mark}{rest}"
    try:
        check_base_url(address.partition("?")[0].partition("#")[0])
    except HttpProblem as problem:
        raise UnableToUseCalendar(str(problem), field="url") from problem
    return address


def _check_duty(rota: Rota, duty: str) -> None:
    duties = Rota.objects.with_facts().get(pk=rota.pk).facts().duties()
    if duty not in duties:
        words = f"this rota has no duty {duty!r}, only {', '.join(duties)}"
        raise UnableToUseCalendar(words, field="duty")


def _check_looked_at(source: CalendarSource, mark: str) -> None:
    if source.draft_mark != mark:
        raise UnableToUseCalendar("another file came meanwhile: look at it before you take it over")


def _check_readable(source: CalendarSource, content: bytes, now: datetime) -> Reading:
    try:
        return reading_of(source, content, now)
    except UnableToRead as problem:
        raise UnableToUseCalendar(str(problem), field="file") from problem


def _record_read(
    source: CalendarSource, applied: Applied, actor: str, origin: str, now: datetime
) -> None:
    if applied:
        fields = {"made": applied.made, "withdrawn": applied.withdrawn}
        _record(source, "read", actor, origin, now, fields)


def _record(
    source: CalendarSource, verb: str, actor: str, origin: str, now: datetime,
    fields: Mapping[str, object],
) -> None:  # fmt: skip
    record(
        subject="calendar",
        subject_key=f"{source.rota.key} {source.duty}",
        verb=verb,
        actor=actor,
        origin=origin,
        programme_id=source.rota.programme_id,
        now=now,
        fields=fields,
    )
