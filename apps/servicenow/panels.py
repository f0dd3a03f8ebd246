"""What ServiceNow says of a ticket, on the ticket's page: its record, or why there is none yet."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from apps.accounts.models import Person
from apps.core.panels import Panel
from apps.incidents.models import Incident
from apps.outbox.models import Delivery
from apps.servicenow.deliveries import draft_of
from apps.servicenow.models import Link, Record

STATES = {"1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed",
          "8": "Canceled"}  # fmt: skip  # as instances are shipped; others are shown as they come


@dataclass(frozen=True)
class Copied:
    """A field of ServiceNow's form, in its order, to be typed over by hand (product S8)."""

    label: str
    value: str


def record(incident: Incident, person: Person, now: datetime) -> Panel | None:
    """Number, state, group and link of the record; or that it is being made; or what is wrong.

    None where nothing was promised to ServiceNow: the programme has no such connection.
    """
    link = Link.objects.filter(incident=incident).select_related("record__connection").first()
    promise = Delivery.objects.filter(dedupe_key=f"servicenow.create:{incident.key}").first()
    if link is None and promise is None:
        return None
    facts = {
        "incident": incident,
        "record": link.record if link else None,
        "state": STATES.get(link.record.state, link.record.state) if link else "",
        "address": address_of(link.record) if link else "",
        "promise": promise,
        "fields": copied(incident),
    }
    return Panel("servicenow/_record.html", facts)


def address_of(record: Record) -> str:
    """The page of a record at its own instance."""
    base = record.connection.base_url.rstrip("/")
    return f"{base}/nav_to.do?uri={quote(f'incident.do?sys_id={record.sys_id}', safe='')}"


def copied(incident: Incident) -> list[Copied]:
    """What a person types into ServiceNow's form; masked, as what we send."""
    draft = draft_of(incident, groups=[])
    return [
        Copied("Category", draft.category),
        Copied("Impact", str(draft.impact)),
        Copied("Urgency", str(draft.urgency)),
        Copied("Assignment group", draft.group),
        Copied("Short description", draft.title),
        Copied("Description", draft.description),
        Copied("Correlation ID", draft.correlation_key),
    ]
