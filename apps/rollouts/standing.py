"""Phases of many go-lives at once.

Most go-lives have nothing but a plan and moves: their phase follows from their date alone and is
worked out once for each date and zone. The few that were interrupted are read with their history.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date

from apps.core.periods import instant_of
from apps.rollouts.models import INTERRUPTS, GoLive, Programme, ScheduleChangeItem
from apps.rollouts.rules import Facts, support_phase
from apps.rollouts.rules.calendars import YEARS

NOON = time(12)
When = Callable[[ZoneInfo], datetime]


def day_of(text: object) -> date | None:
    """A day that an address names; None for what is none, and for one no roll-out knows."""
    try:
        day = parse_date(str(text))
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def on_day(day: date | None, now: datetime) -> When:
    """The instant to ask for in a zone: now, or noon there on another day."""

    def when(zone: ZoneInfo) -> datetime:
        if day is None or now.astimezone(zone).date() == day:
            return now
        return instant_of(day, NOON, zone, edge="start")

    return when


class Phases:
    """The phases of a programme's go-lives; made with two queries, asked without any."""

    def __init__(self, programme: Programme, when: When) -> None:
        self._programme, self._when = programme, when
        self._known: dict[tuple[date, str], str] = {}
        self._exact = self._interrupted()

    def of(self, pk: int, on: date, zone: str) -> str:
        """The phase of a go-live that begins on a day in a zone."""
        return self._exact.get(pk) or self._plain(on, zone)

    def _interrupted(self) -> dict[int, str]:
        """Those whose history is more than dates."""
        items = ScheduleChangeItem.objects.filter(
            change__programme=self._programme, change__kind__in=INTERRUPTS, change__undone_at=None
        )
        rows = GoLive.objects.with_phases().filter(pk__in=items.values("go_live"))
        return {
            row.pk: support_phase(row.facts(), self._when(ZoneInfo(row.site.time_zone))).key
            for row in rows
        }

    def _plain(self, on: date, zone: str) -> str:
        if (on, zone) not in self._known:
            facts = Facts(
                starts_on=on, zone=ZoneInfo(zone), days=self._programme.go_live_days,
                closes_on=self._programme.closes_on,
            )  # fmt: skip
            self._known[on, zone] = support_phase(facts, self._when(facts.zone)).key
        return self._known[on, zone]
