"""What each person carries of a schedule (product O6): hours, those that cost more, go-lives."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.core.periods import Period, local_midnight, merged
from apps.oncall.rules.facts import Shift
from apps.oncall.rules.presence import Worker, working

NO_TIME, DAY = timedelta(), timedelta(days=1)
UNKNOWN = Worker(ZoneInfo("UTC"))
SATURDAY = 5
END = attrgetter("end")


class Carry(NamedTuple):
    """A go-live, named by `key`, is in its first week in [start, end) (UTC)."""

    key: tuple[str, str]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Load:
    """What `person` has of `duty` (empty: of all). `outside` is time beyond their own working
    hours, None where nobody entered those; a holiday on a weekend counts as both."""

    person: str
    duty: str = ""
    shifts: int = 0
    hours: timedelta = NO_TIME
    outside: timedelta | None = None
    weekend: timedelta = NO_TIME
    holiday: timedelta = NO_TIME
    carried: frozenset[tuple[str, str]] = frozenset()


class Counts(NamedTuple):
    """Something counted by person (username): what an app above on-call knows about them."""

    key: str
    label: str
    by_person: Mapping[str, int]


class Count(NamedTuple):
    """How many of what one person, or all, have."""

    key: str
    label: str
    number: int


def loads(
    shifts: Iterable[Shift],
    workers: Mapping[str, Worker],
    *,
    holidays: Collection[date] = (),
    carries: Iterable[Carry] = (),
) -> list[Load]:
    """What each person has of each duty of one rota, sorted by person and duty.

    Shifts are cut at the range that is asked about. Days are those of the person's own zone, like
    their working hours: a shift of a Monday morning in New York is somebody's Sunday evening in
    Honolulu, and it is their weekend that it takes. A slot somebody has in pieces is one shift.
    """
    held: dict[tuple[str, str], list[Shift]] = {}
    for one in shifts:
        held.setdefault((one.person_key, one.duty), []).append(one)
    known = list(carries)
    return [
        _load(person, duty, mine, workers.get(person, UNKNOWN), holidays, known)
        for (person, duty), mine in sorted(held.items())
    ]


def together(person: str, several: Iterable[Load]) -> Load:
    """What somebody carries in all, over duties and rotas; a go-live counts once."""
    rows = list(several)
    known = [row.outside for row in rows if row.outside is not None]
    return Load(
        person,
        shifts=sum(row.shifts for row in rows),
        hours=sum((row.hours for row in rows), NO_TIME),
        outside=sum(known, NO_TIME) if known else None,
        weekend=sum((row.weekend for row in rows), NO_TIME),
        holiday=sum((row.holiday for row in rows), NO_TIME),
        carried=frozenset().union(*(row.carried for row in rows)),
    )


def _load(
    person: str, duty: str, mine: Sequence[Shift], worker: Worker, holidays: Collection[date],
    carries: Sequence[Carry],
) -> Load:  # fmt: skip
    periods = merged(Period(one.start, one.end) for one in mine)
    days = [one for period in periods for one in _by_day(period, worker.zone)]
    hours = sum((end - start for start, end in periods), NO_TIME)
    return Load(
        person, duty, _count(mine), hours,
        None if worker.hours is None else hours - _at_work(worker, periods),
        sum((length for on, length in days if on.weekday() >= SATURDAY), NO_TIME),
        sum((length for on, length in days if on in holidays), NO_TIME),
        frozenset(one.key for one in carries if _touches(periods, one)),
    )  # fmt: skip


def _count(mine: Iterable[Shift]) -> int:
    """Shifts without a slot are overrides for a time of their own: each is one."""
    slots = [one.slot for one in mine]
    return len({slot for slot in slots if slot}) + slots.count("")


def _at_work(worker: Worker, periods: Iterable[Period]) -> timedelta:
    spans = (span for period in periods for span in working(worker, period))
    return sum((end - start for start, end in spans), NO_TIME)


def _by_day(period: Period, zone: ZoneInfo) -> Iterator[tuple[date, timedelta]]:
    """How much of a period lies in each local day; real time, so a day may have 23 hours."""
    start = period.start
    on = start.astimezone(zone).date()
    while start < period.end:
        end = min(period.end, max(start, local_midnight(on + DAY, zone)))
        yield on, end - start
        start, on = end, on + DAY


def _touches(periods: Sequence[Period], carry: Carry) -> bool:
    """Whether sorted, disjoint periods share an instant with a go-live week."""
    place = bisect_right(periods, carry.start, key=END)
    return place < len(periods) and periods[place].start < carry.end and carry.start < carry.end
