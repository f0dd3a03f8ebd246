"""A calendar's reading becomes overrides: what it made before is kept, moved or taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.models import Person
from apps.core.periods import Period
from apps.ledger.services import record_many
from apps.oncall.access import workers
from apps.oncall.models import CalendarShift, CalendarSource, Override
from apps.oncall.rules.calendars import Booking, Known, Reading, read_calendar
from apps.oncall.rules.reconciling import Made, reconcile
from apps.oncall.services.overriding import LONGEST, told

AHEAD = timedelta(weeks=26)
KEPT = timedelta(days=60)  # which event made a shift that is over


@dataclass(frozen=True)
class Applied:
    """How many shifts were made and taken back; a moved one is both."""

    made: int = 0
    withdrawn: int = 0

    def __bool__(self) -> bool:
        return bool(self.made or self.withdrawn)


def reading_of(source: CalendarSource, content: bytes, now: datetime) -> Reading:
    """What a calendar says from now on. Raises UnableToRead."""
    people = [
        Known(username=one.username, name=one.name, email=one.email)
        for one in workers(source.rota.programme)
    ]
    return read_calendar(
        content, window=Period(now, now + AHEAD), zone=source.rota.zone, people=people,
        longest=LONGEST,
    )  # fmt: skip


def apply_reading(
    *, source: CalendarSource, reading: Reading, actor: str, origin: str, now: datetime
) -> Applied:
    """Make the overrides of a calendar those of its reading, in the caller's transaction, whose
    row is locked. The same reading again changes nothing."""
    rows = {row.key: row for row in source.shifts.select_related("override__person", "person")}
    made = {key: _made(row) for key, row in rows.items()}
    changes = reconcile(made, reading.bookings, now)
    gone = [rows[key] for key in changes.gone]
    withdrawn = _take_back(source, gone, actor, origin, now)
    CalendarShift.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _make(source, changes.new, actor, origin, now)
    source.shifts.filter(ends_at__lt=now - KEPT).delete()
    return Applied(len(changes.new), withdrawn)


def take_all_back(*, source: CalendarSource, actor: str, origin: str, now: datetime) -> int:
    """Take back every override of a calendar that is not over; returns how many."""
    rows = list(source.shifts.select_related("override__person"))
    return _take_back(source, rows, actor, origin, now)


def _made(row: CalendarShift) -> Made:
    return Made(key=row.key, person=row.person.username, start=row.starts_at, end=row.ends_at)


def _take_back(
    source: CalendarSource, rows: Iterable[CalendarShift], actor: str, origin: str, now: datetime
) -> int:
    """Gone where it has not begun, else it ends now; what is over stays."""
    standing = [row.override for row in rows if row.override and row.override.ends_at > now]
    for one in standing:
        one.rota = source.rota
    record_many([told(one, "withdrawn", actor, origin) for one in standing], now=now)
    begun = [one.pk for one in standing if one.starts_at < now]
    Override.objects.filter(pk__in=begun).update(ends_at=now, slot_start_local="")
    Override.objects.filter(pk__in=[one.pk for one in standing if one.starts_at >= now]).delete()
    return len(standing)


def _make(
    source: CalendarSource, bookings: Iterable[Booking], actor: str, origin: str, now: datetime
) -> None:
    wanted = list(bookings)
    people = {one.username: one for one in _people(wanted)}
    overrides = [
        Override(
            rota=source.rota, duty=source.duty, person=people[one.person],
            starts_at=max(one.start, now), ends_at=one.end, reason=f"Calendar: {one.name}",
            made_by=actor, made_at=now,
        )
        for one in wanted
    ]  # fmt: skip
    Override.objects.bulk_create(overrides)
    record_many([told(one, "made", actor, origin) for one in overrides], now=now)
    CalendarShift.objects.bulk_create(
        CalendarShift(
            source=source, key=one.key, person=people[one.person], starts_at=one.start,
            ends_at=one.end, override=override,
        )
        for one, override in zip(wanted, overrides, strict=True)
    )  # fmt: skip


def _people(wanted: Iterable[Booking]) -> Iterable[Person]:
    return Person.objects.filter(username__in={one.person for one in wanted})
