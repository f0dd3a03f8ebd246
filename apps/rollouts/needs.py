"""When sites need support: their opening hours while a product is in its first week, or live."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from apps.core.periods import Period, WeeklyHours, local_midnight, merged
from apps.rollouts.models import GoLive, Programme, Site
from apps.rollouts.rules import phases_of
from apps.rollouts.rules.phases import GO_LIVE_WEEK, SERVICENOW
from apps.rollouts.timeline import DAY

FIRST_WEEK = frozenset({GO_LIVE_WEEK})
LIVE = frozenset({GO_LIVE_WEEK, SERVICENOW})


@dataclass(frozen=True)
class Needs:
    """Per site (by number) its needed periods, sorted (UTC); and the sites whose opening hours
    nobody has entered, about which nothing can be said."""

    periods: dict[str, list[Period]] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def needs_of(programme: Programme, window: Period, phases: Collection[str]) -> Needs:
    """When sites of a programme are open within the window while a go-live of theirs is in one of
    the phases. The programme's holidays are days on which sites are closed; test sites need nobody.
    Four queries.
    """
    rows = GoLive.objects.with_phases().filter(programme=programme, site__is_test=False)
    times: dict[Site, list[Period]] = {}
    for row in rows:
        times.setdefault(row.site, []).extend(_in_phases(row, window, phases))
    found = Needs()
    holidays = programme.holiday_dates()
    known: dict[str, WeeklyHours] = {}
    for site, periods in sorted(times.items(), key=lambda item: item[0].number):
        needed = merged(periods)
        if not needed:
            continue
        if not site.opening_hours:
            found.unknown.append(site.number)
            continue
        told = repr(site.opening_hours)
        hours = known.setdefault(told, WeeklyHours.parse(site.opening_hours))
        found.zones[site.number] = site.time_zone
        found.periods[site.number] = list(_open(hours, site, needed, holidays))
    return found


def first_weeks_of(programme: Programme, window: Period) -> list[tuple[str, str, Period]]:
    """(site, product, when) of each go-live that is in its first week within the window; one that
    is paused meanwhile is there in parts. Test sites are none. Four queries."""
    rows = GoLive.objects.with_phases().filter(programme=programme, site__is_test=False)
    return [
        (row.site.number, row.product.key, period)
        for row in rows
        for period in _in_phases(row, window, FIRST_WEEK)
    ]


def needs_from(programme: Programme, starts: Mapping[Site, Collection[date]]) -> Needs:
    """When sites would be open in a first week that begins on these days, as if it were planned so;
    asks nothing."""
    days, holidays = programme.go_live_days * DAY, programme.holiday_dates()
    found = Needs()
    for site, on in starts.items():
        if site.is_test:
            continue
        if not site.opening_hours:
            found.unknown.append(site.number)
            continue
        zone = ZoneInfo(site.time_zone)
        weeks = [Period(local_midnight(day, zone), local_midnight(day + days, zone)) for day in on]
        hours = WeeklyHours.parse(site.opening_hours)
        found.zones[site.number] = site.time_zone
        found.periods[site.number] = list(_open(hours, site, merged(weeks), holidays))
    return found


def _in_phases(row: GoLive, window: Period, phases: Collection[str]) -> Iterator[Period]:
    for phase in phases_of(row.facts()):
        if phase.key in phases:
            start = max(phase.since or window.start, window.start)
            end = min(phase.until or window.end, window.end)
            if start < end:
                yield Period(start, end)


def _open(
    hours: WeeklyHours, site: Site, periods: list[Period], holidays: Collection[date]
) -> Iterator[Period]:
    zone = ZoneInfo(site.time_zone)
    for period in periods:
        for one in hours.periods(zone, *period):
            yield from _without_holidays(one, zone, holidays)


def _without_holidays(
    period: Period, zone: ZoneInfo, holidays: Collection[date]
) -> Iterator[Period]:
    """What is left of an open period outside holidays of the site's own calendar."""
    start = period.start
    while start < period.end:
        on = start.astimezone(zone).date()
        end = min(period.end, local_midnight(on + DAY, zone))
        if on not in holidays:
            yield Period(start, end)
        start = end
