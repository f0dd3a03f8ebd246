"""The fairness ledger (product O6): who carries how much of a programme's rotas in a range."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.module_loading import import_string

from apps.accounts.models import Person
from apps.core.periods import Period, WeeklyHours
from apps.oncall.choices import CHOOSING, LAST
from apps.oncall.models import Rota
from apps.oncall.rules import final_schedule
from apps.oncall.rules.fairness import NO_TIME, Carry, Count, Counts, Load, loads, together
from apps.oncall.rules.presence import Worker
from apps.rollouts.models import Programme
from apps.rollouts.needs import first_weeks_of
from apps.rollouts.sheets import csv_of

LONGEST = timedelta(days=400)
HOUR = timedelta(hours=1)
HEADERS = ("username", "name", "shifts", "hours", "of_average_percent", "outside_own_hours",
           "weekend_hours", "holiday_hours", "go_lives_carried")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A person: what they carry in all, duty by duty, and what else was counted for them.

    `percent` is of the average hours of all rows, `bar` of the most of any.
    """

    person: Person
    load: Load
    duties: tuple[Load, ...]
    counts: tuple[Count, ...]
    percent: int
    bar: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """A programme's rotas in a range: people by hours, the most first, and all of them together.

    Whoever takes turns in the range stands in it, also without any hour: their share is the news.
    """

    programme: Programme
    window: Period
    rotas: list[Rota]
    duties: list[str]
    rows: list[Row]
    totals: Load
    sums: tuple[Count, ...]

    @property
    def average(self) -> timedelta:
        """Hours of each, were they shared evenly; whole minutes."""
        minutes = round(self.totals.hours / timedelta(minutes=1) / len(self.rows or [1]))
        return timedelta(minutes=minutes)


def fairness(
    programme: Programme, window: Period, *, rota: str = "", duty: str = ""
) -> Fairness | None:
    """What everybody carries in the window, of one rota (key) and duty or of all; None for a rota
    the programme does not have. A constant number of queries."""
    every = list(Rota.objects.for_programme(programme).with_facts())
    rotas = [one for one in every if rota in ("", one.key)]
    if rota and not rotas:
        return None
    people = {name: one for row in rotas for name, one in row.people().items()}
    found = _loads(programme, rotas, people, window)
    mine = [one for one in found if duty in ("", one.duty)]
    taking = list(_taking_turns(rotas, window))
    named = {who for of, who in taking if duty in ("", of)} | {one.person for one in mine}
    counted = [count(programme, window) for count in _counting()]
    rows = _rows([people[name] for name in named], mine, counted)
    return Fairness(
        programme=programme, window=window, rotas=every, rows=rows,
        duties=list(dict.fromkeys([*(of for of, _ in taking), *(one.duty for one in found)])),
        totals=together("", mine),
        sums=tuple(_sum(one, rows) for one in counted),
    )  # fmt: skip


def _loads(
    programme: Programme, rotas: Sequence[Rota], people: Mapping[str, Person], window: Period
) -> list[Load]:
    workers = {name: _worker(one) for name, one in people.items()}
    weeks = first_weeks_of(programme, window)
    carries = [Carry((site, product), *when) for site, product, when in weeks]
    return [
        load
        for rota in rotas
        for load in loads(
            final_schedule(rota.facts(), *window), workers,
            holidays=programme.holiday_dates(), carries=carries,
        )
    ]  # fmt: skip


def _worker(person: Person) -> Worker:
    hours = WeeklyHours.parse(person.working_hours) if person.working_hours else None
    return Worker(ZoneInfo(person.time_zone), hours, str(person))


def _taking_turns(rotas: Iterable[Rota], window: Period) -> Iterator[tuple[str, str]]:
    """(duty, username) of the turns that the versions of the end of the window list."""
    for rota in rotas:
        first, last = (at.astimezone(rota.zone).date() for at in window)
        versions = rota.facts().versions
        by_layer = {one.layer: one for one in versions if one.effective_from <= last}
        for duty in (duty for version in by_layer.values() for duty in version.duties):
            for turn in duty.turns:
                begins, ends = turn.starts_on or first, turn.ends_on or last
                if begins <= last and first <= ends:
                    yield duty.duty, turn.person


def _counting() -> list[Callable[[Programme, Period], Counts]]:
    """What apps above on-call count for each person (portal/tables.py)."""
    paths = cast("tuple[str, ...]", import_string(settings.FAIRNESS_COUNTS))
    return [import_string(path) for path in paths]


def _rows(people: Sequence[Person], found: Iterable[Load], counted: Sequence[Counts]) -> list[Row]:
    mine: dict[str, list[Load]] = {}
    for load in found:
        mine.setdefault(load.person, []).append(load)
    whole = {one.username: together(one.username, mine.get(one.username, ())) for one in people}
    hours = [load.hours for load in whole.values()]
    total, most = sum(hours, NO_TIME), max(hours, default=NO_TIME)
    rows = [
        Row(
            one, whole[one.username], tuple(_by_duty(mine.get(one.username, ()))),
            tuple(_count(each, one.username) for each in counted),
            _percent(whole[one.username].hours * len(people), total),
            _percent(whole[one.username].hours, most),
        )
        for one in people
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.load.hours, str(row.person), row.person.username))


def _count(each: Counts, person: str) -> Count:
    return Count(each.key, each.label, each.by_person.get(person, 0))


def _sum(each: Counts, rows: Iterable[Row]) -> Count:
    """Of the people of the table alone: the columns add up."""
    return Count(
        each.key, each.label, sum(_count(each, one.person.username).number for one in rows)
    )


def _by_duty(several: Sequence[Load]) -> Iterator[Load]:
    """One for each duty, of all rotas."""
    duties = {one.duty for one in several}
    for duty in sorted(duties, key=lambda duty: (CHOOSING.get(duty, LAST), duty)):
        same = [one for one in several if one.duty == duty]
        yield replace(together(same[0].person, same), duty=duty)


def _percent(part: timedelta, whole: timedelta) -> int:
    return round(100 * part / whole) if whole else 0


def fairness_csv(found: Fairness) -> bytes:
    """The rows as CSV, hours as numbers; what is not known is empty."""
    return csv_of(
        [*HEADERS, *(each.key for each in found.sums)],
        [
            [
                row.person.username, str(row.person), str(row.load.shifts),
                hours_of(row.load.hours), str(row.percent), hours_of(row.load.outside),
                hours_of(row.load.weekend), hours_of(row.load.holiday),
                str(len(row.load.carried)), *(str(one.number) for one in row.counts),
            ]
            for row in found.rows
        ],
    )  # fmt: skip


def hours_of(length: timedelta | None) -> str:
    """As in "37.50"; empty for what is not known."""
    return "" if length is None else f"{length / HOUR:.2f}"
