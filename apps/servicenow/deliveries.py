"""Sends what we promised ServiceNow: one incident of theirs for one of ours, exactly once."""

from datetime import datetime
from typing import Any

from django.conf import settings

from apps.connections.models import Connection
from apps.connectors.base import ConnectorError, Ticket, TicketDesk, TicketDraft
from apps.connectors.registry import open_desk
from apps.incidents.models import Incident
from apps.outbox.handlers import Job, Sent
from apps.outbox.models import Delivery
from apps.servicenow.models import Link
from apps.servicenow.services import link_record, note_refusal

# An insert whose answer we did not get may still commit while ServiceNow works on it.
UNSURE_SECONDS = 30.0


def desk_for(connection: Connection) -> TicketDesk:
    """A client for this connection, with its secrets."""
    return open_desk(connection.kind, connection.base_url, connection.settings, connection.secrets)


class CreateRecord:
    """Outbox action `servicenow.create`."""

    def send(self, job: Job) -> Sent:
        """Create the record, or find the one an earlier attempt created (by correlation id).

        Raises ConnectorError.
        """
        incident = Incident.objects.with_facts().get(pk=job.delivery.payload["incident"])
        link = Link.objects.filter(incident=incident).select_related("record").first()
        if link is not None:
            return Sent(result={"number": link.record.number})
        draft = draft_of(incident, groups=job.delivery.connection.settings.get("groups", []))
        ticket = self._ticket(job, desk_for(job.delivery.connection), draft)

        def settle(now: datetime) -> None:
            link_record(
                incident=incident,
                connection=job.delivery.connection,
                ticket=ticket,
                sent=_sent(draft),
                now=now,
            )

        return Sent(result={"number": ticket.number, "sys_id": ticket.ref}, settle=settle)

    def _ticket(self, job: Job, desk: TicketDesk, draft: TicketDraft) -> Ticket:
        """Ask before a second try; ask again when the answer to the first got lost."""
        if job.may_have_happened and (found := desk.find(draft.correlation_key)):
            return found[0]
        job.guard()
        try:
            return desk.create(draft)
        except ConnectorError as problem:
            if not problem.ambiguous:
                raise
            return self._after_doubt(desk, draft, problem)

    def _after_doubt(self, desk: TicketDesk, draft: TicketDraft, problem: ConnectorError) -> Ticket:
        try:
            found = desk.find(draft.correlation_key)
        except ConnectorError:
            found = []  # still unreachable; the first problem is the one to tell
        if found:
            return found[0]
        problem.retry_after = max(problem.retry_after or 0.0, UNSURE_SECONDS)
        raise problem

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        incident = Incident.objects.get(pk=delivery.payload["incident"])
        note_refusal(incident=incident, words=words, now=now)


def draft_of(incident: Incident, *, groups: list[str]) -> TicketDraft:
    """What ServiceNow is told: masked text, our number and link, the queue as assignment group."""
    group = incident.queue.name if incident.queue else (groups[0] if groups else "")
    return TicketDraft(
        correlation_key=str(incident.key),
        title=incident.title,
        description=_description(incident),
        impact=incident.impact,
        urgency=incident.urgency,
        group=group,
        category=incident.category.label if incident.category else "",
        caller="",
        work_note="",
    )


def _description(incident: Incident) -> str:
    site = f"{incident.site.number} {incident.site.name}" if incident.site else "not known"
    lines = [
        incident.description,
        "",
        f"Site: {site}",
        f"Product: {incident.product.name if incident.product else 'not known'}",
        f"Severity: {incident.severity}",
        f"Rollcall: {incident.number} {settings.BASE_URL}/incidents/{incident.number}/",
    ]
    return "\n".join(lines)


def _sent(draft: TicketDraft) -> dict[str, Any]:
    return {"title": draft.title, "group": draft.group, "impact": draft.impact,
            "urgency": draft.urgency}  # fmt: skip
