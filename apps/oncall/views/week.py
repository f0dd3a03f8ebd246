"""The on-call week: who has which duty, where nobody does. Read-only for now."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import show
from apps.oncall.models import Leave, Rota
from apps.oncall.week import weeks
from apps.rollouts.rules.shift import monday_of

ISO_WEEK = re.compile(r"(\d{4})-W(\d{2})\Z")
WEEK = timedelta(days=7)


@require_safe
def week(request: SignedIn) -> HttpResponse:
    """A week, `?week=2022-W26`; this one when none is named or it is no week."""
    now, zone = clock.now(), ZoneInfo(request.user.time_zone)
    today = now.astimezone(zone).date()
    monday = monday_named(request.GET.get("week", "")) or monday_of(today)
    rotas = list(Rota.objects.visible_to(request.user).with_facts().select_related("programme"))
    away = Leave.objects.filter(
        person__memberships__programme__in=[rota.programme_id for rota in rotas],
        starts_at__lt=now + WEEK * 60, ends_at__gt=now - WEEK,
    ).select_related("person").distinct().order_by("starts_at")  # fmt: skip
    facts = {
        "now": now,
        "monday": monday,
        "sunday": monday + WEEK - timedelta(days=1),
        "this": week_named(monday),
        "previous": week_named(monday - WEEK),
        "following": week_named(monday + WEEK),
        "is_this_week": monday == monday_of(today),
        "rotas": weeks(rotas, monday, zone, now),
        "away": [one for one in away if _touches(one, monday, zone)],
        "zone": request.user.time_zone,
    }
    return show(request, "oncall/week.html", facts)


def monday_named(text: str) -> date | None:
    match = ISO_WEEK.match(text)
    try:
        return date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:  # such as week 54
        return None


def week_named(monday: date) -> str:
    year, number, _ = monday.isocalendar()
    return f"{year}-W{number:02d}"


def _touches(leave: Leave, monday: date, zone: ZoneInfo) -> bool:
    first, last = (at.astimezone(zone).date() for at in (leave.starts_at, leave.ends_at))
    return first < monday + WEEK and last >= monday
