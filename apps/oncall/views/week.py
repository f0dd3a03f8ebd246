"""The on-call schedule: a week, a month or the programme, by duty or by person."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import show
from apps.core.periods import local_midnight
from apps.oncall.access import DECIDING, promises_of, took_alone
from apps.oncall.models import CoverRequest, Leave, Override, Rota
from apps.oncall.season import season
from apps.oncall.week import Looking, days_of, lines_of
from apps.rollouts.rules.shift import monday_of

ISO_WEEK = re.compile(r"(\d{4})-W(\d{2})\Z")
MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
VIEWS = ("week", "month", "programme")
MOST_OVERRIDES = 50


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for; what it says wrongly is as if it said nothing."""

    view: str
    by_person: bool
    rota: str
    person: str
    day: date

    @property
    def count(self) -> int:
        """How many filters narrow it."""
        return bool(self.rota) + bool(self.person)


@require_safe
def week(request: SignedIn) -> HttpResponse:
    """`?view=week|month|programme&by=duty|person`, `week=2022-W26`, `month=2022-06`, filters."""
    now, zone = clock.now(), ZoneInfo(request.user.time_zone)
    asked = _asked(request, now.astimezone(zone).date())
    every = list(Rota.objects.visible_to(request.user).with_facts().select_related("programme"))
    rotas = [one for one in every if not asked.rota or one.key == asked.rota]
    looking = Looking(zone, now, by_person=asked.by_person, only=asked.person)
    first, last, shown = _shown(asked, rotas, looking)
    start, end = local_midnight(first, zone), local_midnight(last + DAY, zone)
    facts = {
        "now": now, "asked": asked, "views": VIEWS, "every": every, "rotas": rotas,
        "people": _people(every), "zone": request.user.time_zone, "first": first, "last": last,
        "may_make": bool(DECIDING & request.user.roles()),
        **shown, **_beside(request, rotas, start, end, now),
    }  # fmt: skip
    return show(request, "oncall/week.html", facts, part="oncall/_schedule.html")


def _asked(request: SignedIn, today: date) -> Asked:
    view = request.GET.get("view", "week")
    view = view if view in VIEWS else "week"
    usual = monday_of(today) if view == "week" else today.replace(day=1)
    named = monday_named(request.GET.get("week", "")) if view == "week" else None
    named = named or (month_named(request.GET.get("month", "")) if view == "month" else None)
    return Asked(
        view=view, by_person=request.GET.get("by") == "person", day=named or usual,
        rota=request.GET.get("rota", ""), person=request.GET.get("person", ""),
    )  # fmt: skip


def _shown(asked: Asked, rotas: list[Rota], looking: Looking) -> tuple[date, date, dict[str, Any]]:
    """The first and the last day, and what stands between them."""
    today = looking.now.astimezone(looking.zone).date()
    if asked.view == "week":
        last = asked.day + WEEK - DAY
        return asked.day, last, {
            "weeks": [days_of(one, asked.day, 7, looking) for one in rotas],
            "previous": {"week": week_named(asked.day - WEEK)},
            "following": {"week": week_named(asked.day + WEEK)},
            "is_current": asked.day <= today <= last,
        }  # fmt: skip
    if asked.view == "month":
        return _month(asked.day, rotas, looking, today)
    programmes = [one.programme for one in rotas]
    first = min((one.first_week for one in programmes), default=today)
    last = max((one.last_week for one in programmes), default=today)
    return first, last, {"seasons": [season(one, looking) for one in rotas], "is_current": True}


def _month(
    first: date, rotas: list[Rota], looking: Looking, today: date
) -> tuple[date, date, dict[str, Any]]:
    following = (first + 31 * DAY).replace(day=1)
    opening = monday_of(first)
    count = -((opening - following) // WEEK) * 7
    months = []
    for rota in rotas:
        cells = list(lines_of(days_of(rota, opening, count, looking)))
        days = [opening + DAY * offset for offset in range(count)]
        rows = [(on, lines, on == today, first <= on < following)
                for on, lines in zip(days, cells or [[]] * count, strict=True)]  # fmt: skip
        months.append((rota, [rows[at : at + 7] for at in range(0, count, 7)]))
    return first, following - DAY, {
        "months": months,
        "previous": {"month": f"{first - DAY:%Y-%m}"},
        "following": {"month": f"{following:%Y-%m}"},
        "is_current": first <= today < following,
    }  # fmt: skip


def _beside(
    request: SignedIn, rotas: list[Rota], start: datetime, end: datetime, now: datetime
) -> dict[str, Any]:
    """Leave and overrides of these days, and what the person may do about them."""
    person = request.user
    programmes = {one.programme_id for one in rotas}
    away = Leave.objects.touching(start, end).filter(person__memberships__programme__in=programmes)
    laid = Override.objects.touching(start, end).filter(rota__in=rotas)
    rows = list(laid.select_related("rota", "person").order_by("starts_at")[:MOST_OVERRIDES])
    roles = {one: person.roles_in(one) for one in programmes}
    deciding = {one.pk for one in rotas if DECIDING & roles[one.programme_id]}
    promises = promises_of(person)
    waiting = CoverRequest.objects.visible_to(person).open_at(now)
    return {
        "away": away.select_related("person").distinct().order_by("starts_at"),
        "overrides": [
            (row, row.ends_at > now
             and (row.rota_id in deciding or took_alone(row, person, promises)))
            for row in rows
        ],
        "deciding": deciding,
        "working": {one.pk for one in rotas if roles[one.programme_id] - {"viewer"}},
        "to_answer": waiting.filter(asked=person).count(),
    }  # fmt: skip


def _people(rotas: list[Rota]) -> list[Any]:
    found = {key: one for rota in rotas for key, one in rota.people().items()}
    return sorted(found.values(), key=str)


def monday_named(text: str) -> date | None:
    match = ISO_WEEK.match(text)
    try:
        found = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:  # such as week 54
        return None
    return found if found is None or 1970 <= found.year < 2200 else None


def month_named(text: str) -> date | None:
    match = MONTH.match(text)
    try:
        found = date(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        return None
    return found if found is None or 1970 <= found.year < 2200 else None


def week_named(monday: date) -> str:
    year, number, _ = monday.isocalendar()
    return f"{year}-W{number:02d}"
