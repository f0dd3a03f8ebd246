"""Reading what the coverage proof needs, and telling what it found (product O5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.accounts.models import Person
from apps.core.periods import Period, WeeklyHours, local_midnight, merged
from apps.oncall.models import AcceptedHole, Leave, Rota
from apps.oncall.rules import LeaveFacts, Shift, final_schedule
from apps.oncall.rules.coverage import Coverage, Hole, Need, coverage
from apps.oncall.rules.presence import Worker
from apps.rollouts.models import Programme
from apps.rollouts.needs import FIRST_WEEK, LIVE, Needs, needs_of

SCOPES = {"first-week": FIRST_WEEK, "live": LIVE}


@dataclass(frozen=True)
class Proof:
    """What was checked for a programme in a window, on what, and what was found."""

    programme: Programme
    window: Period
    scope: str
    needs: Needs
    rotas: list[Rota]
    people: dict[str, Person]
    found: Coverage

    @property
    def is_proved(self) -> bool:
        """No hole is open, and there is no site about which nothing is known."""
        return self.found.is_proved and not self.needs.unknown

    @property
    def verdict(self) -> str:
        """The proof in a few words."""
        if not self.is_proved:
            return "not proved"
        if not self.found.accepted:
            return "proved"
        count = len(grouped(self.found.accepted))
        return f"proved with {count} accepted exception{'' if count == 1 else 's'}"


@dataclass(frozen=True)
class HoleShown:
    """Holes of several sites that are one for a person: same time, duty and reason."""

    hole: Hole
    sites: list[str]


def prove(programme: Programme, window: Period, scope: str = "first-week") -> Proof:
    """Whether each site in its first week (or each live one) has a primary and a different backup,
    within their own working hours, whenever it is open. A constant number of queries."""
    return prove_for(programme, window, needs_of(programme, window, SCOPES[scope]), scope)


def prove_for(
    programme: Programme, window: Period, needs: Needs, scope: str = "first-week"
) -> Proof:
    """The same of needs that somebody has worked out, such as those of a plan."""
    rotas = list(Rota.objects.for_programme(programme).with_facts())
    people = _people(programme, rotas)
    shifts = [shift for rota in rotas for shift in _shifts(rota, needs)]
    found = coverage(
        [Need(site, *period) for site, rows in needs.periods.items() for period in rows],
        shifts,
        {name: _worker(person) for name, person in people.items()},
        leaves=_leaves(people.values(), window),
        accepted=[one for row in AcceptedHole.objects.standing(programme) for one in row.facts()],
    )
    return Proof(programme, window, scope, needs, rotas, people, found)


def grouped(holes: Iterable[Hole]) -> list[HoleShown]:
    """Holes as a person reads them: by time, with the sites that share one."""
    found: dict[Hole, list[str]] = {}
    for hole in holes:
        found.setdefault(hole.for_all(), []).append(hole.site)
    return [HoleShown(hole, sites) for hole, sites in found.items()]


def earliest(proof: Proof, holes: Iterable[Hole]) -> tuple[str, datetime]:
    """The site of the first of these holes, and when it begins on that site's own clock."""
    first = min(holes, key=lambda hole: (hole.start, hole.site))
    return first.site, first.start.astimezone(ZoneInfo(proof.needs.zones[first.site]))


@dataclass(frozen=True)
class ZoneShare:
    """How much of the needed time in a zone is met by both duties."""

    zone: str
    sites: int
    needed: timedelta
    open: timedelta

    @property
    def percent(self) -> int:
        """Rounded, but 100 only where nothing is missing: a hole never looks like none."""
        if not self.open:
            return 100
        return min(99, round(100 * (self.needed - self.open) / self.needed))


def by_zone(proof: Proof) -> list[ZoneShare]:
    """The share of each time zone, the worst first. Accepted time is not met: it is only known."""
    needed: dict[str, timedelta] = {}
    missing: dict[str, dict[str, list[Period]]] = {}
    sites: dict[str, int] = {}
    for number, periods in proof.needs.periods.items():
        zone = proof.needs.zones[number]
        sites[zone] = sites.get(zone, 0) + 1
        needed[zone] = sum((end - start for start, end in periods), needed.get(zone, timedelta()))
    for hole in (*proof.found.holes, *proof.found.accepted):
        zone = proof.needs.zones[hole.site]
        spans = missing.setdefault(zone, {}).setdefault(hole.site, [])
        spans.append(Period(hole.start, hole.end))
    shares = [
        ZoneShare(zone, sites[zone], needed[zone], _total(missing.get(zone, {}).values()))
        for zone in needed
    ]
    return sorted(shares, key=lambda share: (share.percent, share.zone))


def _total(spans: Iterable[Sequence[Period]]) -> timedelta:
    return sum((end - start for periods in spans for start, end in merged(periods)), timedelta())


def _people(programme: Programme, rotas: Sequence[Rota]) -> dict[str, Person]:
    """Everybody a shift may name, and the engineers of the programme, who might help."""
    rows = Person.objects.filter(memberships__programme=programme, is_active=True).distinct()
    helpers = {one.username: one for one in rows if one.working_hours}
    return helpers | {name: one for rota in rotas for name, one in rota.people().items()}


def _shifts(rota: Rota, needs: Needs) -> list[Shift]:
    starts = [rows[0].start for rows in needs.periods.values() if rows]
    ends = [rows[-1].end for rows in needs.periods.values() if rows]
    return final_schedule(rota.facts(), min(starts), max(ends)) if starts else []


def _worker(person: Person) -> Worker:
    hours = WeeklyHours.parse(person.working_hours) if person.working_hours else None
    return Worker(ZoneInfo(person.time_zone), hours, str(person))


def _leaves(people: Iterable[Person], window: Period) -> list[LeaveFacts]:
    rows = Leave.objects.filter(
        person__in=people, starts_at__lt=window.end, ends_at__gt=window.start
    )
    return [row.facts() for row in rows.select_related("person")]


def programme_window(programme: Programme, now: datetime) -> Period:
    """From now, or the first week, to the end of the last: nothing warns of the past."""
    zone = ZoneInfo(programme.time_zone)
    start = max(now, local_midnight(programme.first_week, zone))
    days = timedelta(days=7 + programme.go_live_days)
    return Period(start, max(start, local_midnight(programme.last_week + days, zone)))
