"""What tickets show on the page of a site and on its passport."""

from datetime import datetime

from apps.accounts.models import Person
from apps.core.panels import Panel
from apps.incidents.models import Incident
from apps.rollouts.models import Site

SHOWN, PRINTED = 10, 6


def recent_of_site(site: Site, person: Person, now: datetime) -> Panel | None:
    """The latest tickets of a site, open ones first."""
    mine = Incident.objects.visible_to(person).filter(site=site)
    rows = list(mine.open().order_by("-id")[:SHOWN])
    if len(rows) < SHOWN:
        done = mine.exclude(pk__in=mine.open().values("pk")).order_by("-id")
        rows += list(done[: SHOWN - len(rows)])
    return Panel("incidents/_of_site.html", {"site": site, "rows": rows})


def open_on_passport(site: Site, person: Person, now: datetime) -> Panel | None:
    """The open tickets of a site, the gravest first; what one page has no room for is counted."""
    mine = Incident.objects.visible_to(person).filter(site=site).open()
    rows = list(mine.order_by("severity", "-id")[: PRINTED + 1])
    more = mine.count() - PRINTED if len(rows) > PRINTED else 0
    return Panel("incidents/_passport.html", {"rows": rows[:PRINTED], "more": more})
