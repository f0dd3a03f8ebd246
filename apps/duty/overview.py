"""What stands beside the console's list: sites in their first week, waves, tickets in numbers."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count

from apps.accounts.models import Person
from apps.core.periods import WeeklyHours
from apps.incidents.models import Incident
from apps.rollouts.choices import Status
from apps.rollouts.first_week import in_first_week
from apps.rollouts.models import GoLive, Programme, Site, Wave

FIRST = 12  # sites shown; a link leads to all


@dataclass(frozen=True, slots=True)
class SiteNow:
    """A site in its go-live week: is it open at this moment, and when does its week end."""

    site: Site
    is_open: bool | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class WaveNow:
    """A wave: how many of its sites have begun."""

    wave: Wave
    sites: int
    begun: int

    @property
    def state(self) -> str:
        if self.begun == 0:
            return "coming"
        return "done" if self.begun == self.sites else "begun"


@dataclass(frozen=True, slots=True)
class Week:
    """Where a programme stands: "week 9 of 17"; None outside it."""

    programme: Programme
    number: int | None
    total: int


def weeks_of(person: Person, today: date) -> list[Week]:
    """The programmes of a person and the week each is in."""
    found = []
    for programme in Programme.objects.visible_to(person):
        total = (programme.last_week - programme.first_week).days // 7 + 1
        number = (today - programme.first_week).days // 7 + 1
        found.append(Week(programme, number if 1 <= number <= total else None, total))
    return found


def sites_in_first_week(person: Person, now: datetime) -> list[SiteNow]:
    """Sites with a go-live in its go-live week now, those whose week ends first at the top."""
    found: dict[int, SiteNow] = {}
    for row, until in in_first_week(GoLive.objects.visible_to(person), now):
        if row.site_id not in found:
            found[row.site_id] = SiteNow(row.site, _is_open(row.site, now), until)
    return sorted(found.values(), key=lambda one: (one.until or now, one.site.number))


def _is_open(site: Site, now: datetime) -> bool | None:
    """None when nobody entered its opening hours."""
    if not site.opening_hours:
        return None
    return WeeklyHours.parse(site.opening_hours).contains(now, ZoneInfo(site.time_zone))


def waves_around(person: Person, today: date) -> list[WaveNow]:
    """The last wave that began, this week's and the next."""
    rows = list(Wave.objects.visible_to(person).order_by("starts_on", "number"))
    begun = [row for row in rows if row.starts_on <= today]
    shown = [*begun[-2:], *[row for row in rows if row.starts_on > today][:1]]
    go_lives = GoLive.objects.filter(wave__in=shown, site__is_test=False)
    go_lives = go_lives.exclude(status=Status.CANCELLED)
    sites: dict[int | None, set[int]] = {}
    started: dict[int | None, set[int]] = {}
    for wave, site, planned, actual in go_lives.values_list(
        "wave_id", "site_id", "planned_on", "actual_on"
    ):
        sites.setdefault(wave, set()).add(site)
        if (actual or planned) <= today:
            started.setdefault(wave, set()).add(site)
    return [WaveNow(row, len(sites.get(row.pk, ())), len(started.get(row.pk, ())))
            for row in shown]  # fmt: skip


def open_by_severity(person: Person) -> list[tuple[int, int]]:
    """How many tickets are open, by severity."""
    rows = Incident.objects.listed_for(person).open().order_by().values("severity")
    counted = Counter({row["severity"]: row["count"] for row in rows.annotate(count=Count("pk"))})
    return [(severity, counted[severity]) for severity in (1, 2, 3)]
