"""What tickets show on the page of a site, on its passport, in the brief of a shift."""

from datetime import datetime

from django.db.models import Count

from apps.accounts.models import Person
from apps.core.panels import Panel
from apps.incidents.models import Incident
from apps.oncall.models import ShiftBrief
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


def urgent_of_brief(brief: ShiftBrief, person: Person, now: datetime) -> Panel | None:
    """Open tickets of the programme in numbers: by severity, and those nobody has acknowledged."""
    programme = brief.rota.programme
    rows = Incident.objects.visible_to(person).filter(programme=programme).open()
    counted = dict(
        rows.order_by().values("severity").annotate(count=Count("pk")).values_list(
            "severity", "count"
        )
    )  # fmt: skip
    grave = list(rows.filter(severity=1).order_by("id")[:PRINTED])
    severities = [(level, counted.get(level, 0)) for level in (1, 2, 3)]
    new = rows.filter(acknowledged_at=None).count()
    return Panel("incidents/_of_brief.html", {"severities": severities, "new": new, "grave": grave})
