"""Where the console's list comes from: messages, tickets, deliveries, decisions, readiness.

Each source is read in a constant number of queries and is bounded: what is severe first, then what
is due first, so that a cut never loses what the list would begin with. `Found.cut` names the
sources that have more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.boards.choices import Decision, Stage
from apps.boards.models import WorkItem
from apps.core.templatetags.rollcall import plural
from apps.duty.rules import Responsibility, Todo, due_words
from apps.incidents.models import Incident
from apps.intake.choices import Purpose
from apps.intake.models import Arrival, Message
from apps.intake.rules.clocks import log_due_at
from apps.oncall.access import decides
from apps.oncall.models import HandOver, HolidayDuty, Outlook
from apps.oncall.rules.handing import TO_WRITE
from apps.outbox.models import Delivery
from apps.rollouts.pressing import Pressing, pressing_for
from apps.rollouts.rules.readiness import SOON

MOST = 200  # of each source
URGENT = Q(severity=1)
Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)
HANDLING = frozenset({Role.ENGINEER, Role.ADMINISTRATOR})
RUNNING = frozenset({Role.ENGINEER, Role.DEVOPS, Role.ADMINISTRATOR})


@dataclass
class Found:
    """Things to do, and the sources of which there are more than these."""

    todos: list[Todo] = field(default_factory=list)
    cut: set[str] = field(default_factory=set)

    def add(self, source: str, rows: Sequence[Row], todo: Callable[[Row], Todo]) -> None:
        """Take over at most MOST rows of a source; one more says that there are more."""
        self.todos.extend(todo(row) for row in rows[:MOST])
        if len(rows) > MOST:
            self.cut.add(source)


def waiting_for(person: Person, now: datetime) -> Found:
    """Everything this person may act on, in no order; mine is what is assigned to them."""
    return _collect(person, now, Q())


def mine_of(person: Person, now: datetime) -> Found:
    """The same without what waits for somebody else."""
    found = _collect(person, now, Q(assignee=None) | Q(assignee=person))
    found.todos = [todo for todo in found.todos if todo.is_mine]
    return found


def _collect(person: Person, now: datetime, tickets: Q) -> Found:
    roles = person.roles()
    found = Found()
    if roles & HANDLING:
        _add_messages(found, person)
        _add_tickets(found, person, tickets)
    if roles & RUNNING:
        _add_dead(found, person)
    if roles & {Role.PM, Role.DM, Role.ADMINISTRATOR}:
        _add_decisions(found, person, roles)
        _add_holes(found, person, now)
    _add_readiness(found, person, now)
    _add_hand_overs(found, person, now)
    _add_holidays(found, person, now)
    return found


def _urgent_first(rows: QuerySet[Stored], *order: str) -> list[Stored]:
    """The first MOST rows and one: severity 1 before all others. Always two queries."""
    urgent = list(rows.filter(URGENT).order_by(*order)[: MOST + 1])
    return urgent + list(rows.exclude(URGENT).order_by(*order)[: MOST + 1])


def _add_messages(found: Found, person: Person) -> None:
    rows = (
        Message.objects.inbox()
        .visible_to(person)
        .select_related("programme", "channel", "site")
        .defer("original")
    )
    found.add("messages", _urgent_first(rows, "source_at", "id"), _message)


def _message(row: Message) -> Todo:
    programme = row.programme
    is_go_live = row.channel.purpose == Purpose.GO_LIVE
    where = f"{row.site.number} {row.site.name}" if row.site else "no site recognised"
    due_at = (
        log_due_at(row.source_at, programme.sla, zone=programme.time_zone) if programme else None
    )
    return Todo(
        ref=f"message-{row.pk}",
        responsibility=(Responsibility.GO_LIVE_CHANNELS if is_go_live else Responsibility.CHANNELS),
        title=" ".join(row.text.split())[:140] or "Message without text",
        reason=f"{row.channel} · {where} · no ticket yet",
        url=reverse("inbox-message", args=[row.pk]),
        action="Log",
        since_at=row.source_at,
        due_at=due_at,
        severity=row.severity,
        is_mine=True,
    )


def _add_tickets(found: Found, person: Person, which: Q) -> None:
    """Tickets whose clock runs: to acknowledge, and to answer."""
    rows = (
        Incident.objects.listed_for(person)
        .open()
        .filter(which)
        .select_related("site", "assignee")
        .defer("description", "protected")
    )
    new = rows.filter(acknowledged_at=None)
    found.add("new", _urgent_first(new, "acknowledge_due_at", "id"), partial(_ticket, person))
    known = rows.exclude(acknowledged_at=None).filter(first_response_at=None)
    found.add("known", _urgent_first(known, "response_due_at", "id"), partial(_ticket, person))


def _ticket(person: Person, row: Incident) -> Todo:
    is_new = row.acknowledged_at is None
    who = f"{row.assignee}" if row.assignee else "nobody"
    where = f"{row.site.number} {row.site.name}" if row.site else "no site"
    return Todo(
        ref=f"ticket-{row.pk}",
        responsibility=Responsibility.SERVICENOW,
        title=f"{'Acknowledge' if is_new else 'Answer'}: {row.title}",
        reason=f"{where} · severity {row.severity} · {who}",
        url=reverse("ticket", args=[row.number]),
        action="Acknowledge" if is_new else "Answer",
        since_at=row.opened_at,
        due_at=row.due_at,
        severity=row.severity,
        number=row.number,
        is_mine=row.assignee_id in (None, person.pk),
    )


def _add_dead(found: Found, person: Person) -> None:
    """What the portal could not deliver or read: somebody has to look."""
    deliveries = list(
        Delivery.objects.visible_to(person).dead().select_related("connection")[: MOST + 1]
    )
    found.add("deliveries", deliveries, _delivery)
    arrivals = list(
        Arrival.objects.visible_to(person)
        .dead()
        .select_related("connection")
        .defer("body")[: MOST + 1]
    )
    found.add("arrivals", arrivals, _arrival)


def _delivery(row: Delivery) -> Todo:
    is_ticket = row.subject == "incident"
    return Todo(
        ref=f"delivery-{row.pk}",
        responsibility=Responsibility.INFRASTRUCTURE,
        title=f"Not delivered to {row.connection.key}: {row.subject} {row.subject_key}",
        reason=row.last_error[:140] or "given up",
        url=reverse("ticket", args=[row.subject_key]) if is_ticket else reverse("audit"),
        action="Look",
        since_at=row.dead_at or row.due_at,
        severity=2,
        number=row.subject_key if is_ticket else "",
    )


def _arrival(row: Arrival) -> Todo:
    return Todo(
        ref=f"arrival-{row.pk}",
        responsibility=Responsibility.INFRASTRUCTURE,
        title=f"Not understood: a delivery from {row.connection.key}",
        reason=row.last_error[:140] or "given up",
        url=reverse("status"),
        action="Look",
        since_at=row.received_at,
        severity=2,
    )


def _add_decisions(found: Found, person: Person, roles: frozenset[str]) -> None:
    """The PM decides what is new, the DM when what was accepted is done."""
    is_pm = Q(decision__in=(Decision.NEW, Decision.NEEDS_INFO))
    is_dm = Q(stage=Stage.READY)
    asked = (is_pm if roles & {Role.PM, Role.ADMINISTRATOR} else Q(pk=None)) | (
        is_dm if roles & {Role.DM, Role.ADMINISTRATOR} else Q(pk=None)
    )
    rows = WorkItem.objects.visible_to(person).filter(asked)
    found.add("decisions", _urgent_first(rows, "moved_at", "id"), _decision)


def _decision(row: WorkItem) -> Todo:
    is_new = row.stage == Stage.NONE
    board = "product-board" if is_new else "delivery-board"
    return Todo(
        ref=f"work-{row.pk}",
        responsibility=Responsibility.PRIORITIES,
        title=f"{'Decide' if is_new else 'Schedule'}: {row.title}",
        reason=f"{row.get_kind_display()} · severity {row.severity} · {row.get_decision_display()}",
        url=f"{reverse(board)}?card={row.key}#{row.key}",
        action="Decide" if is_new else "Schedule",
        since_at=row.moved_at,
        severity=row.severity,
        number=row.key,
        is_mine=True,
    )


def _add_readiness(found: Found, person: Person, now: datetime) -> None:
    """Items of checklists the person owns: overdue, or due soon."""
    rows = sorted(pressing_for(person, now), key=lambda row: (row.due_at, row.place))
    found.add("readiness", rows, partial(_readiness, now))


def _readiness(now: datetime, row: Pressing) -> Todo:
    programme = row.template.programme
    label = str(programme.labels.get("site", "site")).lower()
    today = now.astimezone(ZoneInfo(programme.time_zone)).date()
    sites = label if row.total == 1 else plural(label)
    return Todo(
        ref=f"readiness-{row.key[0]}-{row.key[1] or row.key[2]}",
        responsibility=Responsibility.PRIORITIES,
        title=f"{row.template.name}: {row.open} of {row.total} {sites} open",
        reason=f"{row.place} · {due_words(row.due_on, today)}"
        + (" · blocks the go" if row.template.is_blocking else ""),
        url=row.url if row.key[1] is None else f"{row.url}#col-{row.template.key}",
        action="Tick",
        since_at=row.due_at - SOON,
        due_at=row.due_at,
        is_mine=True,
    )


def _add_hand_overs(found: Found, person: Person, now: datetime) -> None:
    """Hand-overs this person is asked to acknowledge, and notes to write while their shift ends."""
    rows = HandOver.objects.visible_to(person).with_people()
    pressing = list(rows.pressing(person, now)[: MOST + 1])
    found.add("hand_overs", pressing, partial(_hand_over, person))


def _hand_over(person: Person, row: HandOver) -> Todo:
    return _taken(row) if row.incoming_id == person.pk else _given(row)


def _taken(row: HandOver) -> Todo:
    return Todo(
        ref=f"hand-over-{row.pk}",
        responsibility=Responsibility.GO_LIVE_CHANNELS,
        title=f"Acknowledge the hand-over of {row.duty} from {row.outgoing}",
        reason=f"{row.rota} · {'handed over' if row.handed_at else 'no note was written'}",
        url=reverse("shift-hand-over", args=[row.pk]),
        action="Read",
        since_at=row.handed_at or row.starts_at,
        due_at=row.acknowledge_due_at,
        is_mine=True,
    )


def _given(row: HandOver) -> Todo:
    return Todo(
        ref=f"hand-over-{row.pk}",
        responsibility=Responsibility.GO_LIVE_CHANNELS,
        title=f"Hand over {row.duty} to {row.incoming}",
        reason=f"{row.rota} · {'a draft is there' if row.written_at else 'no note yet'}",
        url=reverse("shift-hand-over", args=[row.pk]),
        action="Write",
        since_at=row.ends_at - TO_WRITE,
        due_at=row.starts_at,
        is_mine=True,
    )


def _add_holes(found: Found, person: Person, now: datetime) -> None:
    """What the next seven days leave open in programmes this person decides about."""
    rows = Outlook.objects.visible_to(person).warning(now)[: MOST + 1]
    led = [row for row in rows if decides(person, row.programme_id)]
    found.add("holes", led, _hole)


def _hole(row: Outlook) -> Todo:
    start = row.first_starts_at or row.looked_at
    there = start.astimezone(ZoneInfo(row.time_zone))
    return Todo(
        ref=f"holes-{row.pk}",
        responsibility=Responsibility.GO_LIVE_CHANNELS,
        title=f"Close {row.holes} coverage hole{'' if row.holes == 1 else 's'} of the next week",
        reason=f"{row.programme} · the first at {row.site}, {there:%a %-d %b %H:%M} there:"
        f" no {row.duty or 'primary or backup'}",
        url=f"{reverse('coverage-page')}?programme={row.programme.key}",
        action="Look",
        since_at=row.since or row.looked_at,
        due_at=start,
        is_mine=True,
    )


def _add_holidays(found: Found, person: Person, now: datetime) -> None:
    """Downtimes of holidays that wait for this person."""
    rows = HolidayDuty.objects.visible_to(person).waiting_for(person, now).with_people()
    found.add("holidays", list(rows[: MOST + 1]), _holiday)


def _holiday(row: HolidayDuty) -> Todo:
    return Todo(
        ref=f"holiday-{row.pk}",
        responsibility=Responsibility.DASHBOARDS,
        title=f"Confirm the downtime for {row.names}",
        reason=f"{row.rota} · prepared, not confirmed",
        url=reverse("holiday-duty-page", args=[row.pk]),
        action="Confirm",
        since_at=row.told_at or row.remind_at,
        due_at=row.remind_at,
        is_mine=True,
    )
