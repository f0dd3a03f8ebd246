"""Pages of the roll-out: sites, one site, waves."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.accounts.models import Person
from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import show
from apps.core.panels import panels
from apps.rollouts.board import (
    SiteFilter,
    lanes_of,
    opening_now,
    sites_now,
    waves_now,
)
from apps.rollouts.contacts import contacts_shown
from apps.rollouts.family import children_of, clock_beside
from apps.rollouts.models import Product, Programme, Site, Wave

SIZE = 100
USUAL_LABELS = {"site": "Site", "region": "Region"}


def labels_of(programmes: list[Programme]) -> dict[str, str]:
    """What this roll-out calls a site and a region; of several programmes the usual words."""
    own = programmes[0].labels if len(programmes) == 1 else {}
    return USUAL_LABELS | own


def _mine(person: Person) -> list[Programme]:
    return list(Programme.objects.visible_to(person))


@require_safe
def sites(request: SignedIn) -> HttpResponse:
    """The register with the phase now; filters, order and page in the address."""
    now, person = clock.now(), request.user
    asked, order = SiteFilter.of(request.GET.dict()), request.GET.get("order", "date")
    rows = sites_now(person, asked, now, order)
    programmes = _mine(person)
    facts = {
        "now": now,
        "page": Paginator(rows, SIZE).get_page(request.GET.get("page")),
        "total": sum(not one.site.is_test for one in rows),
        "tests": sum(one.site.is_test for one in rows),
        "asked": asked,
        "order": order,
        "labels": labels_of(programmes),
        "programmes": programmes,
        **_choices(person, programmes),
    }
    return show(request, "rollouts/sites.html", facts, part="rollouts/_sites.html")


def _choices(person: Person, programmes: list[Programme]) -> dict[str, Any]:
    mine = Site.objects.filter(go_lives__programme__in=programmes).distinct()
    pairs = sorted(mine.values_list("region", "state"))
    phases = {row["key"]: row["label"] for one in programmes for row in one.phases}
    return {
        "regions": sorted({region for region, _ in pairs if region}),
        "states": sorted({state for _, state in pairs if state}),
        "phases": phases.items(),
        "waves": Wave.objects.filter(programme__in=programmes).order_by("number"),
        "products": Product.objects.filter(programme__in=programmes),
    }


@require_safe
def site(request: SignedIn, number: str) -> HttpResponse:
    """Everything about one site that the person may see."""
    now = clock.now()
    found = get_object_or_404(Site.objects.select_related("parent"), number=number)
    is_open, opens_at = opening_now(found, now)
    labels = labels_of(_mine(request.user))
    facts = {
        "now": now,
        "site": found,
        "children": children_of(found, now),
        "parent_clock": clock_beside(found, found.parent, now) if found.parent else "",
        "contacts": contacts_shown(found, request.user, labels),
        "is_open": is_open,
        "opens_at": opens_at,
        "lanes": lanes_of(found, request.user, now),
        "labels": labels,
        "panels": panels(request, "site", found, now),
    }
    return show(request, "rollouts/site.html", facts)


@require_safe
def waves(request: SignedIn) -> HttpResponse:
    """All waves, their progress, and what their dates fall on."""
    now = clock.now()
    programme = request.GET.get("programme", "")
    facts = {
        "now": now,
        "rows": waves_now(request.user, now, programme),
        "programmes": _mine(request.user),
        "programme": programme,
    }
    return show(request, "rollouts/waves.html", facts)
