"""What tickets show on the page of a site."""

from datetime import datetime

from apps.accounts.models import Person
from apps.core.panels import Panel
from apps.incidents.models import Incident
from apps.rollouts.models import Site

SHOWN = 10


def recent_of_site(site: Site, person: Person, now: datetime) -> Panel | None:
    """The latest tickets of a site, open ones first."""
    mine = Incident.objects.visible_to(person).filter(site=site)
    rows = list(mine.open().order_by("-id")[:SHOWN])
    if len(rows) < SHOWN:
        done = mine.exclude(pk__in=mine.open().values("pk")).order_by("-id")
        rows += list(done[: SHOWN - len(rows)])
    return Panel("incidents/_of_site.html", {"site": site, "rows": rows})
