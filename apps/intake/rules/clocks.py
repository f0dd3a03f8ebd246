"""Until when a message should have become a ticket: the promise to acknowledge, from when it was
written (founding document: within 15 minutes in support hours)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from apps.incidents.rules import clock_rules, start_clocks


def log_due_at(source_at: datetime, sla: Mapping[str, Any], *, zone: str) -> datetime:
    """The instant (UTC) by which a message written at `source_at` should be logged.

    `sla` is the programme's section; `zone` its time zone.
    """
    return start_clocks(clock_rules(sla, zone=zone), source_at).acknowledge_due_at
