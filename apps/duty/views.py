"""The duty console, the strip of who is on duty, and the counts of a locked screen."""

from datetime import datetime

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.middleware import LOCKED
from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.api.fields import written
from apps.core.pages import show
from apps.duty.overview import FIRST, open_by_severity, sites_in_first_week, waves_around, weeks_of
from apps.duty.rules import Todo, by_responsibility, in_order, is_overdue, next_due
from apps.duty.sources import Found, mine_of, waiting_for
from apps.duty.strip import strip_for

SHOWN = 60


@require_safe
def console(request: SignedIn) -> HttpResponse:
    """What do I do next; `?whose=mine` leaves out what waits for others, `?group=duty` groups."""
    now, person = clock.now(), request.user
    is_mine_only = request.GET.get("whose") == "mine"
    found = mine_of(person, now) if is_mine_only else waiting_for(person, now)
    ordered = in_order(found.todos, now)
    today = timezone.localtime(now).date()
    sites = sites_in_first_week(person, now)
    facts = {
        "now": now,
        "count": len(ordered),
        "groups": _groups(ordered, request.GET.get("group", ""), now),
        "is_grouped": request.GET.get("group") == "duty",
        "is_mine_only": is_mine_only,
        "more": max(len(ordered) - SHOWN, 0),
        "is_cut": bool(found.cut),
        "overdue": sum(is_overdue(one, now) for one in ordered),
        "strip": strip_for(person, now),
        "weeks": weeks_of(person, today),
        "sites": sites[:FIRST],
        "site_count": len(sites),
        "waves": waves_around(person, today),
        "severities": open_by_severity(person),
    }
    return show(request, "duty/console.html", facts, part="duty/_console.html")


def _groups(ordered: list[Todo], grouping: str, now: datetime) -> list[tuple[str, list[Todo]]]:
    shown = ordered[:SHOWN]
    if grouping == "duty":
        return by_responsibility(shown, now)
    return [("", shown)] if shown else []


@require_safe
def strip(request: SignedIn) -> HttpResponse:
    """Who is on duty now: the part in the top bar of every page."""
    now = clock.now()
    facts = {"now": now, "strip": strip_for(request.user, now)}
    return show(request, "duty/_strip.html", facts, part="duty/_strip.html")


@require_safe
def counts(request: SignedIn) -> JsonResponse:
    """Numbers and times only: a locked screen shows them. `more_than` names the numbers that are at
    least so high; `locked` is for a page that came out of the browser's memory."""
    now = clock.now()
    found = waiting_for(request.user, now)
    todos = found.todos
    due_at = next_due(todos)
    return JsonResponse(
        {
            "inbox": sum(one.ref.startswith("message-") for one in todos),
            "to_acknowledge": sum(one.action == "Acknowledge" for one in todos),
            "overdue": sum(is_overdue(one, now) for one in todos),
            "more_than": _lower_bounds(found),
            "next_due_at": written(due_at) if due_at else None,
            "now": written(now),
            "locked": bool(request.session.get(LOCKED)),
        }
    )


def _lower_bounds(found: Found) -> list[str]:
    """Which numbers only say how many were read."""
    named = {"inbox": {"messages"}, "to_acknowledge": {"new"}, "overdue": found.cut}
    return [name for name, sources in named.items() if sources & found.cut]
