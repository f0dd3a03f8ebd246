"""Reading the family of a site: its children, and whose clock differs from their parent's."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from apps.rollouts.models import Site
from apps.rollouts.rules import clock_difference


@dataclass(frozen=True, slots=True)
class Child:
    """A child; `clock` says how it differs from its parent's, empty when both keep one zone."""

    site: Site
    clock: str


def children_of(site: Site, now: datetime) -> list[Child]:
    """The children of a site by number."""
    rows = Site.objects.filter(parent=site).order_by("number")
    return [Child(row, clock_beside(row, site, now)) for row in rows]


def clock_beside(site: Site, other: Site, now: datetime) -> str:
    if site.time_zone == other.time_zone:
        return ""
    return clock_difference(ZoneInfo(site.time_zone), ZoneInfo(other.time_zone), now)
