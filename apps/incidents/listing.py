"""The list of tickets: filters of the address, built-in views, order, keyset pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.dateparse import parse_date

from apps.accounts.models import Person
from apps.core.paging import Page, page_of
from apps.incidents.choices import State
from apps.incidents.models import Incident, IncidentQuerySet

SIZE = 50
ORDERS = {  # name: (label, columns); a minus turns it round
    "number": ("Ticket", "id"),
    "title": ("Title", "title"),
    "severity": ("Severity", "severity"),
    "updated": ("Updated", "updated_at"),
}
BUILT_IN: tuple[tuple[str, dict[str, str]], ...] = (  # (label, query)
    ("Open", {"state": "open"}),
    ("Mine", {"state": "open", "assignee": "me"}),
    ("Unassigned", {"state": "open", "assignee": "nobody"}),
    ("Overdue", {"overdue": "1"}),
    ("Resolved this week", {"resolved": "7"}),
    ("All", {}),
)
LABELS = {
    "text": "Text", "state": "State", "severity": "Severity", "site": "Site", "product": "Product",
    "queue": "Queue", "assignee": "Assignee", "phase": "Phase", "overdue": "Overdue",
    "opened_from": "Opened from", "opened_to": "Opened to", "resolved": "Resolved, days",
    "programme": "Programme",
}  # fmt: skip

RARE = frozenset({"product", "queue", "phase", "site"})


@dataclass(frozen=True)
class Asked:
    """Filters by name, as in the address; empty ones are left out."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Asked":
        found = {name: str(query.get(name, "")).strip()[:120] for name in LABELS}
        return cls({name: value for name, value in found.items() if value})

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def chips(self, phases: Mapping[str, str]) -> list[tuple[str, str, str]]:
        """(label, value in words, query without it) of each filter that is set; `phases` are the
        words for phases by their key."""
        return [
            (LABELS[name], _in_words(name, value, phases),
             urlencode({k: v for k, v in self.values.items() if k != name}))
            for name, value in self.values.items()
        ]  # fmt: skip

    @property
    def has_rare(self) -> bool:
        """Whether one of the filters that are folded away is set."""
        return bool(RARE & self.values.keys())

    @property
    def query(self) -> str:
        return urlencode(dict(self.values))


def _in_words(name: str, value: str, phases: Mapping[str, str]) -> str:
    """A value as the choices of its filter call it."""
    if name == "phase":
        return phases.get(value, value)
    if name == "state" and value in State.values:
        return str(State(value).label)
    return "yes" if name == "overdue" else value


def filtered(rows: IncidentQuerySet, asked: Asked, person: Person, now: datetime) -> Any:
    """The tickets the filters name."""
    rows = _by_state(rows, asked, now)
    plain = {
        "site__number__iexact": asked.get("site"),
        "product__key": asked.get("product"),
        "queue__name": asked.get("queue"),
        "phase": asked.get("phase"),
        "programme__key": asked.get("programme"),
    }
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    if asked.get("severity") in {"1", "2", "3"}:
        rows = rows.filter(severity=int(asked.get("severity")))
    rows = rows.filter(_by_assignee(asked.get("assignee"), person))
    rows = _by_day(rows, asked)
    return by_text(rows, asked.get("text"))


def _by_state(rows: IncidentQuerySet, asked: Asked, now: datetime) -> IncidentQuerySet:
    state = asked.get("state")
    if state == "open":
        rows = rows.open()
    elif state in State.values:
        rows = rows.filter(state=state)
    if asked.get("overdue"):
        unseen = Q(acknowledged_at=None, acknowledge_due_at__lte=now)
        unanswered = Q(first_response_at=None, response_due_at__lte=now)
        rows = rows.open().filter(unseen | (~Q(acknowledged_at=None) & unanswered))
    if asked.get("resolved").isdecimal():
        since = now - timedelta(days=min(int(asked.get("resolved")[:4]), 3660))
        rows = rows.filter(resolved_at__gte=since)
    return rows


def _by_assignee(asked: str, person: Person) -> Q:
    if not asked:
        return Q()
    if asked == "nobody":
        return Q(assignee=None)
    return Q(assignee=person) if asked == "me" else Q(assignee__username=asked)


def _by_day(rows: IncidentQuerySet, asked: Asked) -> IncidentQuerySet:
    first, last = (_day(asked.get(name)) for name in ("opened_from", "opened_to"))
    if first:
        rows = rows.filter(opened_at__date__gte=first)
    return rows.filter(opened_at__date__lte=last) if last else rows


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # a day that does not exist filters nothing
        return None


def by_text(rows: IncidentQuerySet, text: str) -> IncidentQuerySet:
    """Tickets with this number, ours or ServiceNow's, or whose words contain the text."""
    if not text:
        return rows
    record = Q(servicenow_link__record__number__iexact=text)
    by_number = rows.numbered(text)
    if text.upper().startswith("RC-"):
        return by_number
    return rows.filter(record) if text.upper().startswith("INC") else rows.matching(text)


def page(rows: Any, query: Mapping[str, str], order: str) -> Page:
    """A keyset page in an order such as "-number"; unknown orders are newest first."""
    name = order.lstrip("-")
    column = ORDERS.get(name, ("", "id"))[1]
    is_down = order.startswith("-") or name not in ORDERS
    return page_of(rows, column=column, is_down=is_down, query=query, size=SIZE)


def for_list(person: Person) -> IncidentQuerySet:
    """What a row of the list needs."""
    rows = Incident.objects.listed_for(person).with_facts()
    return rows.defer("description", "protected", "search_text")
