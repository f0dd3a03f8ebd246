"""ServiceNow's records as tickets and drafts as records; pure."""

import re
from datetime import UTC, datetime
from typing import Any

from apps.connectors.base import ConnectorError, Ticket, TicketDraft

# The fields we ask for, so that nobody's long journals travel with them.
FIELDS = (
    "sys_id",
    "number",
    "state",
    "assignment_group",
    "short_description",
    "correlation_id",
    "sys_updated_on",
    "sys_created_on",
    "sys_mod_count",
)
# 4 and 5 are the "awaiting" states of instances from before Helsinki.
STATES = {
    "1": "New",
    "2": "In Progress",
    "3": "On Hold",
    "4": "On Hold",
    "5": "On Hold",
    "6": "Resolved",
    "7": "Closed",
    "8": "Canceled",
}
CORRELATION_DISPLAY = "Rollcall"
CONTACT_TYPE = "chat"
MAX_TITLE = 160
MAX_DESCRIPTION = 4000  # longer is cut in silence
MAX_NOTE = 32_000
CODE_TAG = re.compile(r"\[/?code\]", re.IGNORECASE)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
SYS_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
GROUP_SYS_ID = re.compile(r"[0-9a-f]{32}")


def ticket(row: Any) -> Ticket:
    """One record, in any of the three ways its values may be displayed.

    Raises ConnectorError when it has no sys_id: then it is not a record.
    """
    if not isinstance(row, dict) or not value(row, "sys_id"):
        raise ConnectorError("ServiceNow answered with something that is not a record.")
    return Ticket(
        ref=value(row, "sys_id"),
        number=value(row, "number"),
        state=state_name(value(row, "state")),
        group=display(row, "assignment_group"),
        title=value(row, "short_description"),
        correlation_key=value(row, "correlation_id"),
        updated_at=instant(value(row, "sys_updated_on")),
        mod_count=_count(value(row, "sys_mod_count")),
        created_at=instant(value(row, "sys_created_on")),
    )


def state_name(state: str) -> str:
    """The name of a state number; a state this table does not know is kept as it is."""
    return STATES.get(state, state)


def value(row: dict[str, Any], name: str) -> str:
    """The stored value of a field, "" when it is absent or empty."""
    return _part(row.get(name), "value", "display_value")


def display(row: dict[str, Any], name: str) -> str:
    """What people read in a field (the name of a group), else its stored value."""
    return _part(row.get(name), "display_value", "value")


def _part(field: Any, first: str, second: str) -> str:
    if isinstance(field, dict):
        field = field.get(first) or field.get(second)
    if field is None or isinstance(field, dict | list):
        return ""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", str(field))


def instant(text: str) -> datetime | None:
    """A stored date-time (`2022-05-02 13:00:00`, always UTC); None when empty or not one."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def record(draft: TicketDraft) -> dict[str, str]:
    """The fields to send for a draft: every value a string, empty ones left out."""
    fields = {
        "short_description": cut(one_line(draft.title), MAX_TITLE),
        "description": cut(clean(draft.description), MAX_DESCRIPTION),
        "impact": str(draft.impact),
        "urgency": str(draft.urgency),
        "assignment_group": one_line(draft.group),
        "category": one_line(draft.category),
        "caller_id": one_line(draft.caller),
        "correlation_id": query_value(draft.correlation_key),
        "correlation_display": CORRELATION_DISPLAY,
        "contact_type": CONTACT_TYPE,
        "work_notes": cut(clean(draft.work_note), MAX_NOTE),
    }
    return {name: text for name, text in fields.items() if text}


def names_references(fields: dict[str, str]) -> bool:
    """Whether a group or caller is given by name, so that the instance must look it up."""
    references = (fields.get("assignment_group", ""), fields.get("caller_id", ""))
    return any(each and not GROUP_SYS_ID.fullmatch(each) for each in references)


def clean(text: str) -> str:
    """Text without `[code]` marks (ServiceNow shows what is between them as HTML) and NUL."""
    text = UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    while CODE_TAG.search(text):  # removing one may join the halves of another
        text = CODE_TAG.sub("", text)
    return text.strip()


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` characters, an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def query_value(text: str) -> str:
    """A value fit for an encoded query, where `^` starts another condition and has no escape.

    Raises ConnectorError (permanent) when it is empty or holds `^`, a line break or NUL.
    """
    if not text.strip() or any(mark in text for mark in "^\r\n\0") or UNSTORABLE.search(text):
        raise ConnectorError("This key cannot be used in a ServiceNow query.", permanent=True)
    return text


def sys_ids_query(refs: list[str]) -> str:
    """The query for these sys_ids. Raises ConnectorError (permanent) when one is not a sys_id."""
    if not all(SYS_ID.fullmatch(ref) for ref in refs):
        raise ConnectorError("This is not a ServiceNow sys_id.", permanent=True)
    return f"sys_idIN{','.join(refs)}^ORDERBYsys_id"
