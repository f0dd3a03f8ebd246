"""What people are told in a thread: the answer to a logged message, questions, free words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

LONGEST_POST = 3000  # characters; Slack folds longer posts away
ASK = (  # {place} and {people} are the programme's own words
    "Which {place}?",
    "Which step?",
    "What does the screen say?",
    "Since when?",
    "How many {people}?",
)
WORDS = {"place": "desk", "people": "people"}
_CALLS_ALL = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)


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
    is_attached: bool = False


def log_reply(facts: ReplyFacts) -> str:
    """The answer to a logged message: the ticket, who has it, and where to ask from now on when
    the site's go-live week is over (product R9: never refused, logged, and told where to ask)."""
    numbers = facts.number
    if facts.servicenow_number:
        numbers += f" (ServiceNow {facts.servicenow_number})"
    known = f"This is known: it was added to {numbers}."
    lines = [known if facts.is_attached else f"Logged as {numbers}."]
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


def question(labels: Mapping[str, str]) -> str:
    """What an engineer asks back when a message is vague (product I5); they edit it first.
    `labels` are the programme's words."""
    words = WORDS | {name: labels[name] for name in WORDS if name in labels}
    return "Thank you for telling us. To look into it we need to know:\n" + "\n".join(
        f"• {line.format(**words)}" for line in ASK
    )


def harmless(text: str) -> str:
    """The text with nothing in it that calls a whole channel; markup is the connector's matter."""
    return _CALLS_ALL.sub("@\N{ZERO WIDTH SPACE}", text)
