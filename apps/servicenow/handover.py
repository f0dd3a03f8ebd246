"""What a site's hand-over will do in ServiceNow, said before it happens."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from apps.incidents.models import Incident
from apps.rollouts.models import Programme


def effects(
    programme: Programme, waves: Mapping[int, set[int]], now: datetime
) -> dict[int, list[str]]:
    """Sentences by site id: how many open tickets get an incident, how many stay as they are."""
    rows = Incident.objects.filter(programme=programme, site__in=waves).open()
    pairs = rows.order_by().values_list("site_id", "servicenow_link__pk")
    found = Counter((site, link is None) for site, link in pairs)
    has_desk = programme.connections.filter(kind="servicenow").exists()
    return {site: _words(found[site, True], found[site, False], has_desk) for site in waves}


def _words(without: int, linked: int, has_desk: bool) -> list[str]:
    """Nothing is said of what there is none of."""
    if not has_desk:
        told = [
            (without, "{} open ticket stays with the team.", "{} open tickets stay with the team.")
        ]
    else:
        told = [(without, "Will create {} incident.", "Will create {} incidents."),
                (linked, "{} ticket with an incident stays as it is.",
                 "{} tickets with an incident stay as they are.")]  # fmt: skip
    return [
        (one if number == 1 else several).format(number) for number, one, several in told if number
    ]
