"""What tickets say when a shift is handed over."""

from datetime import datetime

from apps.incidents.models import Incident
from apps.oncall.models import HandOver
from apps.oncall.rules import Fact

MOST = 20  # lines of each kind


def facts(hand_over: HandOver, now: datetime) -> list[Fact]:
    """Open tickets of who goes, the gravest first, and those of the programme that wait for their
    first answer, the one due first at the top."""
    rows = Incident.objects.open().filter(programme=hand_over.rota.programme_id)
    own = rows.filter(assignee=hand_over.outgoing_id).order_by("severity", "id")[:MOST]
    waiting = rows.filter(first_response_at=None).order_by("response_due_at", "id")[:MOST]
    return [
        *(Fact(f"{row.number} {row.title} (severity {row.severity})") for row in own),
        *(Fact(f"{row.number} waits for its first answer", is_watched=True) for row in waiting),
    ]
