"""Reads the tickets a message may belong to, and asks the rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.incidents.choices import State
from apps.incidents.models import Incident
from apps.intake.models import Message
from apps.intake.rules.duplicates import About, KnownTicket, suggest

RECENT = timedelta(days=21)
COMPARED = 300  # newest first; a programme has a few hundred open tickets at most
CUT = 600  # characters of a description


@dataclass(frozen=True)
class Similar:
    """A ticket that may be meant, how likely (0 to 100), and why."""

    incident: Incident
    score: int
    why: str


def similar_tickets(message: Message, now: datetime) -> list[Similar]:
    """The likeliest of the programme's tickets that were touched in the last weeks; one query."""
    if message.programme_id is None:
        return []
    rows = Incident.objects.filter(programme=message.programme_id, updated_at__gte=now - RECENT)
    rows = rows.defer("protected").order_by("-updated_at", "-id")
    recent = list(rows[:COMPARED])
    return _suggested(message, recent)


def _suggested(message: Message, recent: Sequence[Incident]) -> list[Similar]:
    by_key = {incident.pk: incident for incident in recent}
    found = suggest(_about(message, message.text), [_known(incident) for incident in recent])
    return [Similar(by_key[one.key], one.score, one.why) for one in found]


def _known(incident: Incident) -> KnownTicket:
    return KnownTicket(
        key=incident.pk,
        about=_about(incident, f"{incident.title} {incident.description[:CUT]}"),
        is_open=incident.state not in {State.RESOLVED, State.CLOSED},
    )


def _about(row: Message | Incident, text: str) -> About:
    return About(
        text=text,
        site=row.site_id or 0,
        product=row.product_id or 0,
        category=row.category_id or 0,
    )
