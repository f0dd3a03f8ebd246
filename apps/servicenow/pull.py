"""Reads back what ServiceNow says of the records that belong to our tickets."""

from datetime import datetime

from apps.connections.models import Connection
from apps.incidents.choices import State
from apps.servicenow.deliveries import desk_for
from apps.servicenow.models import Record
from apps.servicenow.services import refresh_records

BATCH = 100


def pull_linked(*, connection: Connection, full: bool, now: datetime) -> int:
    """Refresh the records linked to open tickets (`full`: to all); returns how many were read.

    Raises ConnectorError.
    """
    linked = Record.objects.filter(connection=connection, link__isnull=False).order_by("pk")
    if not full:
        linked = linked.exclude(link__incident__state__in=(State.RESOLVED, State.CLOSED))
    refs = list(linked.values_list("sys_id", flat=True))
    desk, read = desk_for(connection), 0
    for start in range(0, len(refs), BATCH):
        tickets = desk.read(refs[start : start + BATCH])
        read += refresh_records(connection=connection, tickets=tickets, now=now)
    return read
