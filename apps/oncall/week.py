"""A rota day by day for people: who has which duty, where nobody does, by duty or by person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from apps.accounts.models import Person
from apps.core.api.fields import written
from apps.core.periods import Period, local_midnight
from apps.oncall.models import Rota
from apps.oncall.rules import LeaveFacts, Shift, duties_listed, final_schedule

DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a day, [start, end) UTC: somebody's turn, or a gap (no person). `asks` is the query
    of the page that puts somebody else on duty for the whole shift."""

    start: datetime
    end: datetime
    person: Person | None
    duty: str
    source: str
    is_now: bool
    opens_day: bool
    closes_day: bool
    is_over: bool
    is_away: bool
    asks: str

    @property
    def is_whole_day(self) -> bool:
        return self.opens_day and self.closes_day


@dataclass(frozen=True, slots=True)
class DayOf:
    """A local day of the reader and what stands on it."""

    on: date
    pieces: list[Piece]
    is_today: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One duty of a rota over some days, or (`person`) all that somebody has."""

    duty: str
    person: Person | None
    days: list[DayOf]


@dataclass(frozen=True, slots=True)
class RotaDays:
    """A rota over some days."""

    rota: Rota
    lanes: list[Lane]

    @property
    def people(self) -> list[Person]:
        """Everybody who takes turns in it now, by name."""
        return sorted(self.rota.people().values(), key=str)


@dataclass(frozen=True, slots=True)
class Looking:
    """How somebody looks at the schedule: their zone, by whom or what, only one person's."""

    zone: ZoneInfo
    now: datetime
    by_person: bool = False
    only: str = ""


def weeks(rotas: Sequence[Rota], monday: date, zone: ZoneInfo, now: datetime) -> list[RotaDays]:
    """The week from `monday` (of the reader's zone) for each rota, by duty."""
    return [days_of(rota, monday, WEEK, Looking(zone, now)) for rota in rotas]


def days_of(rota: Rota, first: date, count: int, looking: Looking) -> RotaDays:
    """`count` days from `first` of a rota."""
    return RotaDays(rota, _Days(rota, first, count, looking).lanes())


class _Days:
    """The lanes of a rota over some days."""

    def __init__(self, rota: Rota, first: date, count: int, looking: Looking) -> None:
        self._rota, self._looking = rota, looking
        self._days = [first + DAY * offset for offset in range(count)]
        start, end = (local_midnight(on, looking.zone) for on in (first, first + DAY * count))
        facts, margin = rota.facts(), timedelta(days=16)
        shifts = final_schedule(facts, start - margin, end + margin)  # whole at the edges
        self._shifts = [one for one in shifts if one.end > start and one.start < end]
        self._leaves, self._people = facts.leaves, rota.people()
        self._duties = dict.fromkeys(
            [*duties_listed(facts, end), *(shift.duty for shift in self._shifts)]
        )

    def lanes(self) -> list[Lane]:
        only = self._looking.only
        if self._looking.by_person:
            people = sorted(self._people.values(), key=str)
            return [
                Lane("", one, self._cells(self._of(one.username), has_gaps=False))
                for one in people
                if not only or one.username == only
            ]
        return [
            Lane(duty, None, self._cells(self._of(only, duty), has_gaps=not only, duty=duty))
            for duty in self._duties
        ]

    def _of(self, person: str, duty: str = "") -> list[Shift]:
        return [
            one for one in self._shifts
            if (not person or one.person_key == person) and (not duty or one.duty == duty)
        ]  # fmt: skip

    def _cells(self, shifts: Sequence[Shift], *, has_gaps: bool, duty: str = "") -> list[DayOf]:
        zone = self._looking.zone
        today = self._looking.now.astimezone(zone).date()
        cells = []
        for on in self._days:
            day = Period(local_midnight(on, zone), local_midnight(on + DAY, zone))
            pieces = [self._turn(one, day) for one in shifts if one.start < day.end
                      and day.start < one.end]  # fmt: skip
            if has_gaps:
                pieces = self._with_gaps(pieces, day, duty)
            cells.append(DayOf(on, pieces, on == today))
        return cells

    def _turn(self, shift: Shift, day: Period) -> Piece:
        within = Period(max(shift.start, day.start), min(shift.end, day.end))
        person = self._people[shift.person_key]
        asks = self._query(shift.duty, Period(shift.start, shift.end), shift.slot)
        is_away = any(one.person == shift.person_key and _meets(one, within)
                      for one in self._leaves)  # fmt: skip
        return self._piece(within, day, person, shift.duty, str(shift.source), asks, is_away)

    def _with_gaps(self, pieces: Sequence[Piece], day: Period, duty: str) -> list[Piece]:
        """The pieces and the gaps between them, without a hole."""
        found, at = [], day.start
        for piece in pieces:
            if at < piece.start:
                found.append(self._gap(Period(at, piece.start), day, duty))
            found.append(piece)
            at = piece.end
        return found if at == day.end else [*found, self._gap(Period(at, day.end), day, duty)]

    def _gap(self, within: Period, day: Period, duty: str) -> Piece:
        return self._piece(within, day, None, duty, "", self._query(duty, within), is_away=False)

    def _piece(
        self, within: Period, day: Period, person: Person | None, duty: str, source: str,
        asks: str, is_away: bool,
    ) -> Piece:  # fmt: skip
        now = self._looking.now
        return Piece(
            *within, person, duty, source, is_now=now in within,
            opens_day=within.start == day.start, closes_day=within.end == day.end,
            is_over=within.end <= now, is_away=is_away, asks=asks,
        )  # fmt: skip

    def _query(self, duty: str, period: Period, slot: str = "") -> str:
        start, end = (written(at) for at in period)
        facts = {"rota": self._rota.pk, "duty": duty, "start": start, "end": end, "slot": slot}
        return urlencode({name: value for name, value in facts.items() if value})


def _meets(leave: LeaveFacts, period: Period) -> bool:
    return leave.starts_at < period.end and period.start < leave.ends_at


def lines_of(found: RotaDays) -> Iterable[list[tuple[Lane, DayOf]]]:
    """Day by day what each lane has: for a month, where days are cells."""
    for column in zip(*(lane.days for lane in found.lanes), strict=True):
        yield [(lane, day) for lane, day in zip(found.lanes, column, strict=True) if day.pieces]
