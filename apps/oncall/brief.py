"""What somebody should know when their shift begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models.functions import Coalesce

from apps.core.periods import Period, WeeklyHours, local_midnight
from apps.oncall.models import HandOver, OnDuty, Rota, ShiftBrief
from apps.oncall.rules import on_duty
from apps.rollouts.choices import Status
from apps.rollouts.first_week import in_first_week
from apps.rollouts.models import GoLive, Site

MOST = 40  # sites and go-lives shown


@dataclass(frozen=True, slots=True)
class OpenSite:
    """A site in its go-live week and when it is open during the shift's first day, on its own
    clock; no `hours` where nobody entered them or it is closed."""

    site: Site
    hours: list[Period]
    is_known: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """All of it; `hand_over` is the last of this duty up to the shift's beginning."""

    hand_over: HandOver | None
    others: list[OnDuty]
    sites: list[OpenSite]
    go_lives: list[GoLive]


def brief_of(row: ShiftBrief) -> Brief:
    """The brief of a shift, as things stand; a constant number of queries."""
    rows: list[GoLive] = list(_beginning(row)[:MOST])
    return Brief(_last_hand_over(row), _others(row), _sites(row), rows)


def _last_hand_over(row: ShiftBrief) -> HandOver | None:
    rows = HandOver.objects.standing().filter(
        rota=row.rota_id, duty=row.duty, starts_at__lte=row.starts_at
    )
    return rows.with_people().order_by("-starts_at").first()


def _others(row: ShiftBrief) -> list[OnDuty]:
    """Who else is on duty in the programme when it begins."""
    found = []
    for rota in Rota.objects.for_programme(row.rota.programme).with_facts():
        people = rota.people()
        for duty, shift in on_duty(rota.facts(), row.starts_at).items():
            if shift.person_key != row.person.username:
                person = people[shift.person_key]
                found.append(OnDuty(person, rota, duty, shift.start, shift.end))
    return found


def _sites(row: ShiftBrief) -> list[OpenSite]:
    go_lives = GoLive.objects.filter(programme=row.rota.programme_id)
    sites = {one.site.number: one.site for one, _ in in_first_week(go_lives, row.starts_at)}
    return [_open(sites[number], row.starts_at) for number in sorted(sites)[:MOST]]


def _open(site: Site, at: datetime) -> OpenSite:
    if not site.opening_hours:
        return OpenSite(site, [], is_known=False)
    zone = ZoneInfo(site.time_zone)
    on = at.astimezone(zone).date()
    day = (local_midnight(on, zone), local_midnight(on.fromordinal(on.toordinal() + 1), zone))
    hours = WeeklyHours.parse(site.opening_hours).periods(zone, *day)
    return OpenSite(site, hours, is_known=True)


def _beginning(row: ShiftBrief) -> Any:
    """Go-lives whose first day is one of the shift's, on the programme's clock."""
    zone = ZoneInfo(row.rota.programme.time_zone)
    days = (row.starts_at.astimezone(zone).date(), row.ends_at.astimezone(zone).date())
    rows = GoLive.objects.filter(programme=row.rota.programme_id, site__is_test=False)
    rows = rows.filter(status=Status.PLANNED).annotate(
        first_day=Coalesce("actual_on", "planned_on")
    )
    return rows.filter(first_day__range=days).select_related("site", "product").order_by(
        "first_day", "site__number"
    )  # fmt: skip
