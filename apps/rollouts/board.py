"""Reading the roll-out for pages: sites with their phases now, waves with their progress."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from apps.accounts.models import Person
from apps.core.numbers import whole_number
from apps.core.periods import WeeklyHours
from apps.rollouts.choices import Status
from apps.rollouts.go_no_go import verdicts_of
from apps.rollouts.models import GoLive, Programme, Site, Wave
from apps.rollouts.rules import PhaseAt, clashes, phases_of, support_phase
from apps.rollouts.rules.readiness import Verdict
from apps.rollouts.standing import day_of, on_day


@dataclass(frozen=True, slots=True)
class GoLiveNow:
    """A go-live and its phase at an instant."""

    row: GoLive
    phase: PhaseAt


@dataclass(frozen=True, slots=True)
class PhaseShared:
    """A phase and the products of a site that are in it."""

    key: str
    programme: Programme
    products: list[str]


@dataclass(frozen=True)
class SiteNow:
    """A site with its go-lives now, the first date first."""

    site: Site
    go_lives: list[GoLiveNow] = field(default_factory=list)

    @property
    def first_on(self) -> date:
        return min(one.row.starts_on for one in self.go_lives)

    @property
    def by_phase(self) -> list["PhaseShared"]:
        """Its phases, each with the products that are in it."""
        found: dict[tuple[int, str], PhaseShared] = {}
        for one in self.go_lives:
            place = one.row.programme_id, one.phase.key
            shared = found.setdefault(place, PhaseShared(one.phase.key, one.row.programme, []))
            shared.products.append(str(one.row.product))
        return list(found.values())

    @property
    def phase_keys(self) -> set[str]:
        return {one.phase.key for one in self.go_lives}


@dataclass(frozen=True, kw_only=True)
class SiteFilter:
    """What the list of sites shows; empty values filter nothing."""

    text: str = ""
    phase: str = ""
    region: str = ""
    state: str = ""
    wave: str = ""
    product: str = ""
    programme: str = ""
    at: str = ""  # phases as on this day; the schedule is today's

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "SiteFilter":
        names = ("text", "phase", "region", "state", "wave", "product", "programme", "at")
        return cls(**{name: str(query.get(name, "")).strip()[:80] for name in names})

    @property
    def count(self) -> int:
        return sum(bool(value) for value in vars(self).values())

    @property
    def day(self) -> date | None:
        """The day asked for; None for now, and for what is no day."""
        return day_of(self.at)

    def rows(self, rows: QuerySet[GoLive]) -> QuerySet[GoLive]:
        plain = {
            "site__region": self.region, "site__state": self.state, "product__key": self.product,
            "programme__key": self.programme,
        }  # fmt: skip
        rows = rows.filter(**{name: value for name, value in plain.items() if value})
        wave = whole_number(self.wave)
        return rows if wave is None else rows.filter(wave__number=wave)

    def fits(self, one: SiteNow) -> bool:
        text = self.text.casefold()
        words = f"{one.site.number} {one.site.name} {one.site.region}".casefold()
        return text in words and (not self.phase or self.phase in one.phase_keys)


def sites_now(person: Person, asked: SiteFilter, now: datetime, order: str) -> list[SiteNow]:
    """Sites of the person's programmes as asked, in a constant number of queries."""
    rows: Any = GoLive.objects.visible_to(person).with_phases().select_related("wave")
    rows = asked.rows(rows).exclude(status=Status.CANCELLED)
    when = on_day(asked.day, now)
    found: dict[int, SiteNow] = {}
    for row in rows:
        one = found.setdefault(row.site_id, SiteNow(row.site))
        facts = row.facts()
        one.go_lives.append(GoLiveNow(row, support_phase(facts, when(facts.zone))))
    sites = [one for one in found.values() if asked.fits(one)]
    key = (lambda one: (one.site.number,)) if order == "number" else _by_date
    return sorted(sites, key=key)


def _by_date(one: SiteNow) -> tuple[Any, ...]:
    return one.first_on, one.site.number


@dataclass(frozen=True, slots=True)
class Lane:
    """A product at a site: its phase now, the next one, all of them, and what was decided."""

    go_live: GoLive
    now: PhaseAt
    following: PhaseAt | None
    phases: list[PhaseAt]
    where_to_ask: str
    changes: list[Any]


def lanes_of(site: Site, person: Person, now: datetime) -> list[Lane]:
    """Every go-live of a site that the person may see; cancelled ones too, as history."""
    rows: Any = GoLive.objects.visible_to(person).with_facts().select_related("wave")
    lanes = []
    for row in rows.filter(site=site).order_by("product_id", "id"):
        phases = phases_of(row.facts())
        phase = support_phase(row.facts(), now)
        later = [one for one in phases if one.since is not None and one.since > now]
        asked = row.programme.where_to_ask(phase.key)
        changes = sorted(row.changes.all(), key=lambda item: item.effective_at)
        lanes.append(Lane(row, phase, later[0] if later else None, phases, asked, changes))
    return lanes


def opening_now(site: Site, now: datetime) -> tuple[bool | None, datetime | None]:
    """Whether a site is open (None: nobody entered its hours), and when it opens next."""
    if not site.opening_hours:
        return None, None
    hours, zone = WeeklyHours.parse(site.opening_hours), ZoneInfo(site.time_zone)
    is_open = hours.contains(now, zone)
    return is_open, None if is_open else hours.next_open(now, zone)


@dataclass(frozen=True)
class WaveNow:
    """A wave: its sites, how many have begun, in which phases they are, what its date falls on,
    whether it goes."""

    wave: Wave
    sites: int
    begun: int
    phases: list[tuple[str, int]]
    clash: str
    verdict: Verdict

    @property
    def state(self) -> str:
        if self.sites == 0:
            return "empty"
        if self.begun == 0:
            return "coming"
        return "done" if self.begun == self.sites else "begun"


def waves_now(
    person: Person, now: datetime, programme: str = "", number: int | None = None
) -> list[WaveNow]:
    """All waves of the person's programmes in the order of their dates; or those of a programme,
    or the one with a number. Test sites never count."""
    rows = Wave.objects.visible_to(person).select_related("programme")
    go_lives: Any = GoLive.objects.visible_to(person).with_phases()
    if programme:
        rows = rows.filter(programme__key=programme)
        go_lives = go_lives.filter(programme__key=programme)
    if number is not None:
        rows, go_lives = rows.filter(number=number), go_lives.filter(wave__number=number)
    by_wave: dict[int, list[GoLiveNow]] = {}
    for row in go_lives.exclude(status=Status.CANCELLED).exclude(wave=None):
        facts = GoLiveNow(row, support_phase(row.facts(), now))
        by_wave.setdefault(row.wave_id, []).append(facts)
    waves = list(rows.order_by("starts_on", "number"))
    words = verdicts_of(waves, now)
    return [_wave(row, by_wave.get(row.pk, []), words[row.pk]) for row in waves]


def _wave(wave: Wave, go_lives: Iterable[GoLiveNow], verdict: Verdict) -> WaveNow:
    members = [one for one in go_lives if not one.row.site.is_test]
    sites = {one.row.site_id for one in members}
    begun = {one.row.site_id for one in members if one.phase.key not in {"planned", "paused"}}
    counted = Counter(one.phase.key for one in members)
    phases = sorted(counted.items())
    return WaveNow(wave, len(sites), len(begun), phases, clash_of(wave), verdict)


def clash_of(wave: Wave) -> str:
    """What a wave's first day falls on, in words; it warns, never refuses."""
    return day_clash(wave.programme, wave.starts_on)


def day_clash(programme: Programme, day: date) -> str:
    """The holiday or blackout a day falls on, or an empty text."""
    names = programme.holiday_names()
    spans = [
        (date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))
        for row in programme.blackouts
    ]
    if not clashes([day], names.keys(), spans):
        return ""
    return str(names.get(day, "in a blackout"))
