"""What the instance does to an incident by itself: priority, states, counts; pure."""

import json
from typing import Any

from apps.simulator.fakes.servicenow.fields import LENGTHS, PRIORITY

Row = dict[str, str]
RESOLVED, CLOSED, CANCELED = "6", "7", "8"


def fitting(name: str, value: Any) -> str:
    """A value of JSON as stored: text, cut to the length of the field."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return text[: LENGTHS.get(name, 65_536)]


def with_priority(row: Row) -> Row:
    """Priority follows from impact and urgency; of values that are none the lowest."""
    return row | {"priority": PRIORITY.get((row["impact"], row["urgency"]), "5")}


def advance(old: Row, new: Row, now: str, user: str) -> Row:
    """The record after its rules have run on a change; `user` is a sys_id."""
    row = with_priority(_mirrored(old, new))
    if row["assignment_group"] != old["assignment_group"] and old["assignment_group"]:
        row["reassignment_count"] = str(int(old["reassignment_count"]) + 1)
    if row["state"] == old["state"]:
        return row
    return _moved(old["state"], row, now, user)


def _mirrored(old: Row, new: Row) -> Row:
    """`state` and `incident_state` say the same, whichever was changed."""
    changed = "state" if new["state"] != old["state"] else "incident_state"
    return new | {"state": new[changed], "incident_state": new[changed]}


def _moved(before: str, row: Row, now: str, user: str) -> Row:
    state = row["state"]
    if state == RESOLVED:
        row |= {"resolved_at": now, "resolved_by": user}
    if state in {CLOSED, CANCELED}:
        row |= {"closed_at": now, "closed_by": user}
    if before in {RESOLVED, CLOSED} and state not in {RESOLVED, CLOSED, CANCELED}:
        count = str(int(row["reopen_count"]) + 1)
        row |= {"reopen_count": count, "resolved_at": "", "resolved_by": ""}
    return row | {"active": "false" if state in {CLOSED, CANCELED} else "true"}
