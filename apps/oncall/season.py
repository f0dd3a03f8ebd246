"""A whole programme week by week: who has which duty in each, or which duties somebody has."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from apps.accounts.models import Person
from apps.core.periods import Period, local_midnight
from apps.oncall.models import Rota
from apps.oncall.rules import Shift, duties_listed, final_schedule
from apps.oncall.week import Looking
from apps.rollouts.rules.shift import monday_of

WEEK = timedelta(days=7)
MOST_WEEKS = 120


@dataclass(frozen=True, slots=True)
class Share:
    """What somebody has of a duty in a week."""

    person: Person
    duty: str
    length: timedelta
    is_override: bool
    is_minor: bool  # less than a fifth of what the longest share of the duty has

    @property
    def hours(self) -> int:
        return round(self.length / timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A week with a cell per duty or person."""

    monday: date
    cells: list[list[Share]]
    is_now: bool

    @property
    def week(self) -> str:
        """As an address names it."""
        return f"{self.monday:%G-W%V}"


@dataclass(frozen=True, slots=True)
class RotaSeason:
    """A rota over its programme."""

    rota: Rota
    heads: list[str]
    rows: list[WeekRow]


def season(rota: Rota, looking: Looking) -> RotaSeason:
    """The weeks of the rota's programme, to the end of its last go-lives."""
    programme = rota.programme
    first = monday_of(programme.first_week)
    last = programme.last_week + timedelta(days=programme.go_live_days)
    mondays = [first + WEEK * n for n in range(min(MOST_WEEKS, (last - first) // WEEK + 1))]
    zone, facts, people = looking.zone, rota.facts(), rota.people()
    edges = [local_midnight(one, zone) for one in (*mondays, mondays[-1] + WEEK)]
    shifts = [
        one for one in final_schedule(facts, edges[0], edges[-1])
        if not looking.only or one.person_key == looking.only
    ]  # fmt: skip
    keys = (
        sorted({one.person_key for one in shifts}, key=lambda key: str(people[key]))
        if looking.by_person
        else list(dict.fromkeys([*duties_listed(facts, edges[-1]), *(s.duty for s in shifts)]))
    )
    rows = []
    for monday, start, end in zip(mondays, edges, edges[1:], strict=False):
        week = Period(start, end)
        shares = _shares(shifts, week, people)
        cells = [
            [one for one in shares
             if key == (one.person.username if looking.by_person else one.duty)]
            for key in keys
        ]  # fmt: skip
        rows.append(WeekRow(monday, cells, looking.now in week))
    heads = [str(people[key]) if looking.by_person else key.capitalize() for key in keys]
    return RotaSeason(rota, heads, rows)


def _shares(shifts: Iterable[Shift], week: Period, people: dict[str, Person]) -> list[Share]:
    """By duty and person in the order in which they begin, small shares last."""
    lengths: dict[tuple[str, str], timedelta] = {}
    changed: set[tuple[str, str]] = set()
    for one in shifts:
        within = Period(one.start, one.end).overlap(week)
        if within is None:
            continue
        key = (one.duty, one.person_key)
        lengths[key] = lengths.get(key, timedelta()) + (within.end - within.start)
        if one.source != "rota":
            changed.add(key)
    longest: dict[str, timedelta] = {}
    for (duty, _), length in lengths.items():
        longest[duty] = max(length, longest.get(duty, length))
    found = [
        Share(people[person], duty, length, (duty, person) in changed, length < longest[duty] / 5)
        for (duty, person), length in lengths.items()
    ]
    return sorted(found, key=lambda one: one.is_minor)
