"""What the boards show on the page of a ticket."""

from datetime import datetime

from apps.accounts.models import Person
from apps.boards.models import WorkItem
from apps.core.panels import Panel
from apps.incidents.models import Incident

WRITES = frozenset({"engineer", "pm", "dm", "administrator"})


def work_items(incident: Incident, person: Person, now: datetime) -> Panel | None:
    """The ticket's work items with the column each stands in, and the way to make one."""
    rows = WorkItem.objects.filter(incidents=incident).select_related("owner").order_by("id")
    may_write = bool(WRITES & person.roles_in(incident.programme_id))
    return Panel(
        "boards/_panel.html",
        {"incident": incident, "items": list(rows), "may_write": may_write},
    )
