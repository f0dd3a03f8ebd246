"""Hand-overs that come: when a site's go-live week ends, what that will do, whether it is held."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from apps.core.periods import WeeklyHours
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import GoLive, HandOverHold, Programme, ScheduleChangeItem, Site
from apps.rollouts.rules import HandOver, handover_due
from apps.rollouts.rules.phases import BEGINNING

AHEAD, BACK = timedelta(days=14), timedelta(days=2)
A_DAY = timedelta(days=1)  # a site's day may be another one than that of UTC
Effect = Callable[[Programme, Mapping[int, set[int]], datetime], Mapping[int, list[str]]]


@dataclass(frozen=True)
class Coming:
    """The hand-over of a site: its go-lives that end together, when, what it does."""

    site: Site
    go_lives: list[GoLive]
    when: HandOver
    hold: HandOverHold | None
    effects: list[str]
    is_over: bool

    @property
    def ids(self) -> str:
        return ",".join(str(row.pk) for row in self.go_lives)


def coming(programme: Programme, now: datetime) -> list[Coming]:
    """Hand-overs from two days ago to a fortnight ahead, the next first, and older ones that are
    still held; a constant number of queries, and what each app says of them (HAND_OVER_EFFECTS)."""
    holds = {hold.go_live_id: hold for hold in HandOverHold.objects.standing(programme)}
    holidays = programme.holiday_dates()
    found: dict[tuple[int, datetime], list[GoLive]] = {}
    times: dict[tuple[int, datetime], HandOver] = {}
    for row in _rows(programme, holds, now):
        when = handover_due(row.facts(), opening=_hours(row.site), holidays=holidays)
        since = BEGINNING if row.pk in holds else now - BACK
        if when is not None and since <= when.due_at <= now + AHEAD:
            found.setdefault((row.site_id, when.due_at), []).append(row)
            times[row.site_id, when.due_at] = when
    effects = _effects(programme, found.values(), now)
    made = [
        Coming(
            rows[0].site, rows, times[key],
            next((holds[row.pk] for row in rows if row.pk in holds), None),
            effects.get(key[0], []), times[key].due_at <= now,
        )
        for key, rows in found.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (one.when.due_at, one.site.number))


def _rows(programme: Programme, held: Iterable[int], now: datetime) -> list[GoLive]:
    """Go-lives whose week may end about now: it began not longer ago than a week lasts, or was
    resumed since then. However long a pause was, what remains after it is a week at most."""
    since = now - timedelta(days=programme.go_live_days) - BACK - A_DAY
    days = since.date(), (now + AHEAD + A_DAY).date()
    resumed = ScheduleChangeItem.objects.filter(
        change__programme=programme, change__kind=ChangeKind.RESUME, effective_at__gte=since
    )
    rows = GoLive.objects.with_phases().filter(programme=programme)
    rows = rows.annotate(first_day=Coalesce("actual_on", "planned_on"))
    rows = rows.filter(
        Q(first_day__range=days) | Q(pk__in=resumed.values("go_live")) | Q(pk__in=list(held))
    )
    return list(rows.exclude(status__in=(Status.CANCELLED, Status.ROLLED_BACK)))


def _hours(site: Site) -> WeeklyHours | None:
    return WeeklyHours.parse(site.opening_hours) if site.opening_hours else None


def _effects(
    programme: Programme, groups: Iterable[list[GoLive]], now: datetime
) -> dict[int, list[str]]:
    """Sentences by site, of every app in HAND_OVER_EFFECTS."""
    waves: dict[int, set[int]] = {}
    for row in (row for rows in groups for row in rows):
        own = waves.setdefault(row.site_id, set())
        own |= {row.wave_id} if row.wave_id else set()
    told: dict[int, list[str]] = {}
    for path in cast("tuple[str, ...]", import_string(settings.HAND_OVER_EFFECTS)):
        effect = cast("Effect", import_string(path))
        for site, words in effect(programme, waves, now).items():
            told.setdefault(site, []).extend(words)
    return told
