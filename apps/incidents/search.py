"""Finding tickets by number, ServiceNow number, site or words."""

from django.urls import reverse

from apps.accounts.models import Person
from apps.core.search import Hit
from apps.incidents.listing import by_text, for_list
from apps.incidents.models import Incident


def find_tickets(text: str, person: Person, most: int) -> list[Hit]:
    """Tickets the person may see: with this number, at this site, then by words, newest first."""
    if not text:
        return []
    mine = for_list(person)
    asked = (
        mine.numbered(text if text.upper().startswith("RC-") else f"RC-{text}"),
        mine.filter(site__number__iexact=text),
        by_text(mine, text),
    )
    found = {row.pk: row for rows in asked for row in rows.order_by("-id")[:most]}
    return [_hit(row) for row in list(found.values())[:most]]


def _hit(row: Incident) -> Hit:
    site = row.site.number if row.site else "no site"
    return Hit(
        title=f"{row.number} {row.title}",
        detail=" · ".join(filter(None, (site, row.get_state_display(), _record(row)))),
        url=reverse("ticket", args=[row.number]),
        icon="ticket",
        value=row.number,
    )


def _record(row: Incident) -> str:
    """Its number in ServiceNow, when it has one."""
    link = getattr(row, "servicenow_link", None)
    return str(link.record.number) if link else ""
