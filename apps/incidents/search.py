"""Finding tickets by number, ServiceNow number, site or words."""

from django.db.models import Q
from django.urls import reverse

from apps.accounts.models import Person
from apps.core.search import Hit
from apps.incidents.models import Incident


def find_tickets(text: str, person: Person, most: int) -> list[Hit]:
    """Tickets the person may see, newest first; an exact number comes alone."""
    if not text:
        return []
    mine = Incident.objects.visible_to(person).select_related("site")
    rows = mine.numbered(text if text.upper().startswith("RC-") else f"RC-{text}")[:1]
    words = Q(title__icontains=text) | Q(site__number__iexact=text)
    found = {row.pk: row for row in rows} | {
        row.pk: row for row in mine.filter(words).order_by("-id")[:most]
    }
    return [_hit(row) for row in list(found.values())[:most]]


def _hit(row: Incident) -> Hit:
    site = row.site.number if row.site else "no site"
    return Hit(
        title=f"{row.number} {row.title}",
        detail=f"{site} · {row.get_state_display()}",
        url=reverse("ticket", args=[row.number]),
        icon="ticket",
        value=row.number,
    )
