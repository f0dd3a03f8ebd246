"""Who is really there: shifts cut to the working hours of the people who have them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.core.periods import Period, WeeklyHours
from apps.oncall.choices import BACKUP, PRIMARY
from apps.oncall.rules.facts import Shift


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody's own working hours; None where nobody has entered them."""

    zone: ZoneInfo
    hours: WeeklyHours | None = None
    name: str = ""  # as people call them


class Lack(NamedTuple):
    """A duty nobody can be relied on for in [start, end), and why, in words."""

    start: datetime
    end: datetime
    duty: str
    why: str

    def until(self, end: datetime) -> "Lack":
        return self._replace(end=end)


class _Edge(NamedTuple):
    at: datetime
    duty: str
    person: str
    is_there: bool  # about working hours; else about having the duty
    step: int


def lacks(shifts: Iterable[Shift], workers: Mapping[str, Worker], window: Period) -> list[Lack]:
    """The periods of the window in which primary or backup is missing, by duty, sorted.

    A duty is met by somebody who has it and is within their own working hours. Primary and backup
    are two people: where only one person has both, the backup is missing.
    """
    held = [one for one in shifts if one.duty in (PRIMARY, BACKUP)]
    edges = sorted(_edges(held, workers, window), key=itemgetter(0))
    there = _Sweep(workers)
    found: list[Lack] = []
    at = window.start
    for moment, group in groupby(edges, key=itemgetter(0)):
        if moment > at:
            found += there.lacks(at, moment)
            at = moment
        for edge in group:
            there.take(edge)
    if at < window.end:
        found += there.lacks(at, window.end)
    return [lack for duty in (PRIMARY, BACKUP) for lack in _joined(found, duty)]


def _edges(
    shifts: Sequence[Shift], workers: Mapping[str, Worker], window: Period
) -> Iterator[_Edge]:
    for shift in shifts:
        duty, person = shift.duty, shift.person_key
        held = Period(shift.start, shift.end).overlap(window)
        if held is None:
            continue
        yield _Edge(held.start, duty, person, is_there=False, step=1)
        yield _Edge(held.end, duty, person, is_there=False, step=-1)
        for start, end in working(workers.get(person), held):
            yield _Edge(start, duty, person, is_there=True, step=1)
            yield _Edge(end, duty, person, is_there=True, step=-1)


def working(worker: Worker | None, within: Period) -> list[Period]:
    """When somebody works within a period; never, where no hours are known."""
    if worker is None or worker.hours is None:
        return []
    return worker.hours.periods(worker.zone, *within)


class _Sweep:
    """Who has which duty at an instant, and who of them is working; counted, shifts may overlap."""

    def __init__(self, workers: Mapping[str, Worker]) -> None:
        self._workers = workers
        self._counts: dict[tuple[bool, str, str], int] = {}

    def take(self, edge: _Edge) -> None:
        key = (edge.is_there, edge.duty, edge.person)
        self._counts[key] = self._counts.get(key, 0) + edge.step

    def lacks(self, start: datetime, end: datetime) -> Iterator[Lack]:
        primaries, backups = self._people(PRIMARY, there=True), self._people(BACKUP, there=True)
        if not primaries:
            yield Lack(start, end, PRIMARY, self._why(PRIMARY))
        if not backups:
            yield Lack(start, end, BACKUP, self._why(BACKUP))
        elif len(primaries | backups) == 1 and primaries:
            yield Lack(start, end, BACKUP, f"{self._named(next(iter(backups)))} has both duties")

    def _people(self, duty: str, *, there: bool) -> set[str]:
        return {
            person
            for (is_there, of, person), count in self._counts.items()
            if count and of == duty and is_there is there
        }

    def _why(self, duty: str) -> str:
        on_duty = sorted(self._people(duty, there=False))
        if not on_duty:
            return "nobody has the duty"
        unknown = [one for one in on_duty if not _has_hours(self._workers.get(one))]
        if unknown:
            return f"the working hours of {self._and(unknown)} are not entered"
        return f"outside the working hours of {self._and(on_duty)}"

    def _and(self, people: Sequence[str]) -> str:
        return " and ".join(self._named(one) for one in people)

    def _named(self, person: str) -> str:
        worker = self._workers.get(person)
        return (worker.name if worker else "") or person


def _has_hours(worker: Worker | None) -> bool:
    return worker is not None and worker.hours is not None


def _joined(found: Iterable[Lack], duty: str) -> list[Lack]:
    """Those of one duty; neighbours for the same reason are one."""
    joined: list[Lack] = []
    for lack in found:
        if lack.duty != duty:
            continue
        last = joined[-1] if joined else None
        if last and last.end == lack.start and last.why == lack.why:
            joined[-1] = last.until(lack.end)
        else:
            joined.append(lack)
    return joined
