"""What the reporter is told in the thread."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class ReplyFacts:
    """What the answer is made of; nothing personal, nothing from the message itself."""

    number: str
    servicenow_number: str
    assignee: str
    site: str
    phase: str
    phase_since: date | None
    where_to_ask: str


def log_reply(facts: ReplyFacts) -> str:
    """The answer to a logged message: the ticket, who has it, and where to ask from now on when
    the site's go-live week is over (product R9: never refused, logged, and told where to ask)."""
    numbers = facts.number
    if facts.servicenow_number:
        numbers += f" (ServiceNow {facts.servicenow_number})"
    lines = [f"Logged as {numbers}."]
    if facts.assignee:
        lines.append(f"{facts.assignee} is on it.")
    if facts.phase in {"servicenow", "closed"}:
        lines.append(_from_now_on(facts))
    return " ".join(lines)


def _from_now_on(facts: ReplyFacts) -> str:
    since = f" on {facts.phase_since:%B} {facts.phase_since.day}" if facts.phase_since else ""
    where = facts.where_to_ask or "ServiceNow"
    return (
        f"The go-live week of {facts.site or 'this site'} ended{since}: "
        f"from now on please ask here: {where}"
    )
