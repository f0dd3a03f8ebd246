"""Every write to the mirror: promise a record, link it, refresh what we know of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.connections.models import Connection
from apps.connectors.base import Ticket
from apps.incidents.choices import EntryKind
from apps.incidents.models import Incident
from apps.incidents.services import note, touch
from apps.ledger.services import record
from apps.outbox.models import Delivery
from apps.outbox.services import promise
from apps.servicenow.models import Link, Record


def promise_record(*, incident: Incident, now: datetime) -> Delivery | None:
    """Promise that `incident` gets its ServiceNow incident, in the caller's transaction.

    Returns None when the programme has no ServiceNow connection.
    """
    connection = _connection_of(incident)
    if connection is None:
        return None
    return promise(
        action="servicenow.create",
        connection=connection,
        subject="incident",
        subject_key=incident.number,
        programme_id=incident.programme_id,
        dedupe_key=f"servicenow.create:{incident.key}",
        payload={"incident": incident.pk},
        now=now,
    )


def _connection_of(incident: Incident) -> Connection | None:
    """Of several instances the one that lists the incident's queue among its groups, else the
    first by key."""
    rows = list(Connection.objects.of_kind("servicenow").filter(programmes=incident.programme_id))
    queue = incident.queue.name if incident.queue else ""
    listed = (row for row in rows if queue in row.settings.get("groups", []))
    return next(listed, rows[0] if rows else None)


@transaction.atomic
def link_record(
    *,
    incident: Incident,
    connection: Connection,
    ticket: Ticket,
    sent: dict[str, Any],
    now: datetime,
) -> Link:
    """Join an incident and the record ServiceNow made for it; twice does no harm."""
    row = save_record(connection=connection, ticket=ticket, now=now)
    link, is_new = Link.objects.get_or_create(
        incident=incident, defaults={"record": row, "last_sent": sent, "linked_at": now}
    )
    if is_new:
        _tell(incident, row, now)
    return link


def _tell(incident: Incident, row: Record, now: datetime) -> None:
    note(
        incident=incident,
        kind=EntryKind.SERVICENOW,
        actor="system",
        text=f"{row.number} created",
        now=now,
        source_at=row.sys_updated_on,
        data={"sys_id": row.sys_id, "number": row.number},
    )
    touch(incident, now=now)
    record(
        subject="incident",
        subject_key=incident.number,
        verb="linked",
        actor="system",
        origin="worker",
        programme_id=incident.programme_id,
        now=now,
        fields={"servicenow": row.number},
    )


def save_record(*, connection: Connection, ticket: Ticket, now: datetime) -> Record:
    """Note what ServiceNow says of a record; an older state never overwrites a newer one."""
    facts = {
        "number": ticket.number,
        "state": ticket.state,
        "group": ticket.group[:120],
        "short_description": ticket.title[:200],
        "sys_updated_on": ticket.updated_at,
        "sys_mod_count": ticket.mod_count,
        "seen_at": now,
    }
    row, is_new = Record.objects.get_or_create(
        connection=connection, sys_id=ticket.ref, defaults=facts
    )
    if not is_new:
        Record.objects.filter(pk=row.pk, sys_mod_count__lte=ticket.mod_count).update(**facts)
    return row


@transaction.atomic
def refresh_records(*, connection: Connection, tickets: Iterable[Ticket], now: datetime) -> int:
    """Note the present state of linked records; returns how many were read."""
    return len([save_record(connection=connection, ticket=one, now=now) for one in tickets])


@transaction.atomic
def note_refusal(*, incident: Incident, words: str, now: datetime) -> None:
    """ServiceNow will not take it: say so where people look."""
    note(
        incident=incident,
        kind=EntryKind.TROUBLE,
        actor="system",
        text=f"ServiceNow did not take this ticket: {words}",
        now=now,
    )
    touch(incident, now=now)
