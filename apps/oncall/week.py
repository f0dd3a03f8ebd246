"""A week of a rota for people: who has which duty on which day, where nobody does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from apps.accounts.models import Person
from apps.core.periods import local_midnight
from apps.oncall.models import Rota
from apps.oncall.rules import Shift, final_schedule
from apps.oncall.rules.schedule import duties_listed

DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a day, [start, end) UTC: somebody's turn, or a gap (no person)."""

    start: datetime
    end: datetime
    person: Person | None
    source: str
    is_now: bool
    is_whole_day: bool


@dataclass(frozen=True, slots=True)
class DayOf:
    """A local day of the reader and what stands on it."""

    on: date
    pieces: list[Piece]
    is_today: bool


@dataclass(frozen=True, slots=True)
class DutyLane:
    """One duty of a rota over the week."""

    duty: str
    days: list[DayOf]


@dataclass(frozen=True, slots=True)
class RotaWeek:
    """A rota over the week, by duty."""

    rota: Rota
    lanes: list[DutyLane]


def weeks(rotas: Sequence[Rota], monday: date, zone: ZoneInfo, now: datetime) -> list[RotaWeek]:
    """The week from `monday` (of the reader's zone) for each rota."""
    return [_rota(rota, monday, zone, now) for rota in rotas]


def _rota(rota: Rota, monday: date, zone: ZoneInfo, now: datetime) -> RotaWeek:
    start, end = (local_midnight(monday + DAY * offset, zone) for offset in (0, WEEK))
    facts, people = rota.facts(), rota.people()
    shifts = final_schedule(facts, start, end)
    duties = dict.fromkeys([*duties_listed(facts, end), *(shift.duty for shift in shifts)])
    lanes = [
        DutyLane(
            duty, _days([one for one in shifts if one.duty == duty], people, monday, zone, now)
        )
        for duty in duties
    ]
    return RotaWeek(rota, lanes)


def _days(
    shifts: Sequence[Shift], people: dict[str, Person], monday: date, zone: ZoneInfo, now: datetime
) -> list[DayOf]:
    today = now.astimezone(zone).date()
    days = []
    for offset in range(WEEK):
        on = monday + DAY * offset
        start, end = local_midnight(on, zone), local_midnight(on + DAY, zone)
        days.append(DayOf(on, _pieces(shifts, people, start, end, now), on == today))
    return days


def _pieces(
    shifts: Sequence[Shift],
    people: dict[str, Person],
    start: datetime,
    end: datetime,
    now: datetime,
) -> list[Piece]:
    """Turns within a day and the gaps between them, without a hole."""

    def piece(first: datetime, last: datetime, person: Person | None, source: str) -> Piece:
        return Piece(
            first, last, person, source, first <= now < last, (first, last) == (start, end)
        )

    pieces, at = [], start
    for shift in shifts:
        first, last = max(shift.start, start), min(shift.end, end)
        if first >= last:
            continue
        if at < first:
            pieces.append(piece(at, first, None, ""))
        pieces.append(piece(first, last, people[shift.person_key], str(shift.source)))
        at = last
    if at < end:
        pieces.append(piece(at, end, None, ""))
    return pieces
