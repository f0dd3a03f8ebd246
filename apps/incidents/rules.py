"""Decisions about incidents: priority, clocks, the words that propose category and severity."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apps.core.periods import WeeklyHours, add_business_days

PRIORITY = {  # (impact, urgency) -> priority, ServiceNow's own table
    (1, 1): 1, (1, 2): 2, (1, 3): 3,
    (2, 1): 2, (2, 2): 3, (2, 3): 4,
    (3, 1): 3, (3, 2): 4, (3, 3): 5,
}  # fmt: skip
URGENCY_OF_SEVERITY = {1: (1, 1), 2: (2, 2), 3: (3, 3)}  # severity -> (impact, urgency)


def priority(impact: int, urgency: int) -> int:
    """Priority 1 (critical) … 5 (planning) from impact and urgency, each 1 (high) … 3 (low)."""
    return PRIORITY[impact, urgency]


def impact_and_urgency(severity: int) -> tuple[int, int]:
    """What a severity (1 to 3) means for impact and urgency when nobody says otherwise."""
    return URGENCY_OF_SEVERITY[severity]


@dataclass(frozen=True, kw_only=True)
class ClockRules:
    """A programme's promises. Founding playbook: acknowledge within 15 minutes in support hours,
    60 minutes outside; first response within one business day of reaching our queue."""

    zone: ZoneInfo
    support_hours: WeeklyHours
    acknowledge_support: timedelta = timedelta(minutes=15)
    acknowledge_other: timedelta = timedelta(minutes=60)
    response_business_days: int = 1
    holidays: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Clocks:
    acknowledge_due_at: datetime
    response_due_at: datetime


DEFAULT_SUPPORT_HOURS = {"mon-fri": "07:00-20:00"}


def clock_rules(sla: Mapping[str, Any], *, zone: str, holidays: Iterable[date] = ()) -> ClockRules:
    """The clock rules a programme's `sla` section declares; what it leaves out has the default.

    `zone` is the programme's, used unless `sla` names its own.
    """
    acknowledge = sla.get("acknowledge", {})
    return ClockRules(
        zone=ZoneInfo(sla.get("time_zone") or zone),
        support_hours=WeeklyHours.parse(sla.get("support_hours") or DEFAULT_SUPPORT_HOURS),
        acknowledge_support=timedelta(minutes=acknowledge.get("support_minutes", 15)),
        acknowledge_other=timedelta(minutes=acknowledge.get("other_minutes", 60)),
        response_business_days=sla.get("first_response_business_days", 1),
        holidays=frozenset(holidays),
    )


def start_clocks(rules: ClockRules, opened_at: datetime) -> Clocks:
    """When an incident opened at `opened_at` must be acknowledged and first answered (UTC)."""
    in_hours = rules.support_hours.contains(opened_at, rules.zone)
    wait = rules.acknowledge_support if in_hours else rules.acknowledge_other
    return Clocks(
        acknowledge_due_at=opened_at + wait,
        response_due_at=add_business_days(
            opened_at, rules.response_business_days, rules.zone, rules.holidays
        ),
    )


def next_due(
    *, acknowledged: bool, answered: bool, resolved: bool, clocks: Clocks
) -> datetime | None:
    """The clock that runs now: acknowledgement first, then the first response, then none."""
    if resolved:
        return None
    if not acknowledged:
        return clocks.acknowledge_due_at
    return None if answered else clocks.response_due_at


def propose_category(text: str, words_of: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The key of the category with most of its words in `text`; the first listed wins a tie, an
    empty text when none fits. `words_of` pairs each key with its words or phrases."""
    best, most = "", 0
    for key, words in words_of:
        hits = sum(1 for word in words if _says(text, word))
        if hits > most:
            best, most = key, hits
    return best


SEVERE = (
    (1, ("down for everyone", "system-wide", "systemwide", "all sites", "outage", "data loss",
         "completely down", "nobody can", "no one can", "all clinics")),
    (2, ("error", "fails", "failing", "failed", "cannot", "can't", "unable", "not working",
         "doesn't work", "does not work", "broken", "down", "by hand", "timeout", "timed out")),
)  # fmt: skip


def propose_severity(text: str) -> int:
    """Severity 1 (down for all, data loss), 2 (a subset, or a core function) or 3, from the words.

    A proposal only: the engineer confirms it.
    """
    for severity, phrases in SEVERE:
        if any(_says(text, phrase) for phrase in phrases):
            return severity
    return 3


def _says(text: str, phrase: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text, re.IGNORECASE) is not None


def proposed_title(text: str, *, longest: int = 120) -> str:
    """A ticket's title from the first line of a message, cut at a word."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


CLOSED_STATES = frozenset({"resolved", "closed"})
_WORKING = frozenset({"acknowledged", "in_progress", "waiting_for_site", "waiting_for_team"})
STEPS: dict[str, frozenset[str]] = {  # state -> states a person may bring it to
    "new": _WORKING | {"resolved"},
    "acknowledged": (_WORKING - {"acknowledged"}) | {"resolved"},
    "in_progress": (_WORKING - {"in_progress", "acknowledged"}) | {"resolved"},
    "waiting_for_site": frozenset({"in_progress", "waiting_for_team", "resolved"}),
    "waiting_for_team": frozenset({"in_progress", "waiting_for_site", "resolved"}),
    "resolved": frozenset({"closed", "in_progress"}),
    "closed": frozenset({"in_progress"}),
}


def may_become(state: str, other: str) -> bool:
    """Whether a ticket may go from one state to another; nothing goes back to new."""
    return other in STEPS.get(state, frozenset())
