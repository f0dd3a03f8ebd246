"""The map of sites by phase, on any day of the roll-out."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import show
from apps.rollouts.tilemap import Asked, neighbours, shown_day, tile_map, weeks_to_step
from apps.rollouts.views.schedule import programme_of
from apps.rollouts.views.sites import labels_of


@require_safe
def sites_map(request: SignedIn) -> HttpResponse:
    """Tiles and a table with the same numbers; programme, product, wave and day in the address."""
    now = clock.now()
    programme, programmes = programme_of(request)
    asked = Asked.of(request.GET.dict())
    facts: dict[str, Any] = {
        "now": now,
        "programme": programme,
        "programmes": programmes,
        "asked": asked,
        "labels": labels_of([programme] if programme else programmes),
    }
    if programme is not None:
        shown = shown_day(programme, asked, now)
        weeks = weeks_to_step(programme, shown)
        earlier, later = neighbours(weeks, shown)
        facts |= {
            "map": tile_map(programme, asked, facts["labels"], now),
            "shown": shown,
            "weeks": weeks,
            "earlier": earlier,
            "later": later,
            "products": programme.products.all(),
            "waves": programme.waves.order_by("number"),
        }
    return show(request, "rollouts/map.html", facts, part="rollouts/_map.html")
