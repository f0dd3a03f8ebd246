"""What people do with a ticket: acknowledge, assign, route, comment, resolve, reopen, join.

Every service takes what was asked (`Asked`: who, from where, which version they saw), locks the
row, writes the ticket, a line of its timeline and the ledger in one transaction, and returns the
fresh row. Repeating one that is done already changes nothing. Text is masked by the caller.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from apps.accounts.models import Person
from apps.incidents.choices import EntryKind, State, Told
from apps.incidents.models import Incident, Queue
from apps.incidents.rules import (
    CLOSED_STATES,
    clock_rules,
    impact_and_urgency,
    may_become,
    priority,
    start_clocks,
)
from apps.incidents.services.following import Happened, tell_followers
from apps.incidents.services.opening import note
from apps.ledger.services import record

EDITABLE = ("title", "severity", "impact", "urgency", "site", "product", "category")


class UnableToChange(Exception):
    """Why not, in words; nothing was written. `field` says about what, `fresh` is the ticket."""

    def __init__(self, words: str, fresh: Incident, field: str = "") -> None:
        super().__init__(words)
        self.fresh = fresh
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, from where, when (UTC), and the version of the ticket they saw (None: any)."""

    actor: str
    origin: str
    now: datetime
    version: int | None = None


def _locked(incident: Incident, asked: Asked) -> Incident:
    """The row as it is, ours until the transaction ends. Raises UnableToChange when it is newer
    than what was seen."""
    rows = Incident.objects.select_for_update(of=("self",))
    row: Incident = rows.select_related("programme", "assignee", "queue").get(pk=incident.pk)
    if asked.version is not None and asked.version != row.version:
        words = "somebody changed this ticket meanwhile: look at it, then try again"
        raise UnableToChange(words, row, "version")
    return row


def _write(
    row: Incident,
    columns: Mapping[str, Any],
    asked: Asked,
    *,
    verb: str,
    kind: EntryKind,
    text: str,
    fields: Mapping[str, Any],
) -> Incident:
    """Columns, a new version, a line of the timeline, the ledger; then those who follow tickets."""
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = asked.now
    row.save(update_fields=[*columns, "version", "updated_at"])
    note(incident=row, kind=kind, actor=asked.actor, text=text, now=asked.now)
    record(
        subject="incident",
        subject_key=row.number,
        verb=verb,
        actor=asked.actor,
        origin=asked.origin,
        programme_id=row.programme_id,
        now=asked.now,
        fields=dict(fields),
    )
    tell_followers(Happened(incident=row, verb=verb, changed=frozenset(columns), actor=asked.actor,
                            origin=asked.origin, now=asked.now))  # fmt: skip
    return row


def _acknowledging(row: Incident, asked: Asked) -> dict[str, Any]:
    """The first thing a person does with a ticket acknowledges it."""
    return {} if row.acknowledged_at else {"acknowledged_at": asked.now}


@transaction.atomic
def acknowledge(*, incident: Incident, asked: Asked) -> Incident:
    """Somebody has seen it: the clock of the acknowledgement stops."""
    row = _locked(incident, asked)
    if row.acknowledged_at is not None:
        return row
    state = State.ACKNOWLEDGED if row.state == State.NEW else row.state
    columns = {"acknowledged_at": asked.now, "state": state}
    return _write(row, columns, asked, verb="acknowledged", kind=EntryKind.ACKNOWLEDGED, text="",
                  fields={"state": state})  # fmt: skip


@transaction.atomic
def assign(*, incident: Incident, assignee: Person | None, asked: Asked) -> Incident:
    """Give it to somebody, or to nobody. Who takes it themselves acknowledges it."""
    row = _locked(incident, asked)
    if row.assignee_id == (assignee.pk if assignee else None):
        return row
    before = row.assignee.username if row.assignee else None
    after = assignee.username if assignee else None
    columns: dict[str, Any] = {"assignee": assignee}
    if after == asked.actor:
        columns |= _acknowledging(row, asked)
        columns |= {"state": State.ACKNOWLEDGED} if row.state == State.NEW else {}
    fields = {"assignee": [before, after]}
    return _write(row, columns, asked, verb="assigned", kind=EntryKind.ASSIGNED,
                  text=f"to {assignee or 'nobody'}", fields=fields)  # fmt: skip


@transaction.atomic
def change_state(*, incident: Incident, state: str, asked: Asked) -> Incident:
    """Start, wait for the site or another team, go on. Raises UnableToChange for a step that the
    ticket cannot take; resolving and closing are services of their own."""
    row = _locked(incident, asked)
    if row.state == state:
        return row
    if state in CLOSED_STATES or not may_become(row.state, state):
        words = f"a ticket that is {row.get_state_display().lower()} cannot become {state}"
        raise UnableToChange(words, row, "state")
    before = row.state
    columns = {"state": state} | _acknowledging(row, asked)
    label = State(state).label
    return _write(row, columns, asked, verb="changed", kind=EntryKind.STATE, text=str(label),
                  fields={"state": [before, state]})  # fmt: skip


@transaction.atomic
def route(*, incident: Incident, queue: Queue, reason: str, asked: Asked) -> Incident:
    """Hand it to another queue, with the reason. Back in one of ours the first response's clock
    starts again."""
    row = _locked(incident, asked)
    if row.queue_id == queue.pk:
        return row
    if not reason.strip():
        raise UnableToChange("say why it goes to another queue", row, "reason")
    before = row.queue.name if row.queue else None
    columns: dict[str, Any] = {"queue": queue} | _acknowledging(row, asked)
    if queue.ours and not (row.queue and row.queue.ours):
        columns |= _response_clock(row, asked.now)
    return _write(row, columns, asked, verb="routed", kind=EntryKind.ROUTED,
                  text=f"to {queue.name}: {reason.strip()}",
                  fields={"queue": [before, queue.name], "reason": reason.strip()})  # fmt: skip


def _response_clock(row: Incident, now: datetime) -> dict[str, Any]:
    programme = row.programme
    rules = clock_rules(programme.sla, zone=programme.time_zone, holidays=programme.holiday_dates())
    return {
        "first_response_at": None, "response_due_at": start_clocks(rules, now).response_due_at,
    }  # fmt: skip


@transaction.atomic
def comment(*, incident: Incident, text: str, asked: Asked) -> Incident:
    """A note among ourselves; it stays in the portal."""
    row = _locked(incident, asked)
    if not text.strip():
        raise UnableToChange("write something", row, "text")
    return _write(row, _acknowledging(row, asked), asked, verb="commented", kind=EntryKind.NOTE,
                  text=text.strip(), fields={"text": text.strip()})  # fmt: skip


@transaction.atomic
def resolve(*, incident: Incident, resolution: str, told: str, asked: Asked) -> Incident:
    """Resolve it, saying how and how the reporter was told (see Told).

    `thread` promises one post to each of the ticket's threads in the same transaction. Raises
    UnableToChange without a resolution, and when there is no thread to tell.
    """
    row = _locked(incident, asked)
    if row.state in CLOSED_STATES:
        return row
    if not resolution.strip():
        raise UnableToChange("say what the resolution is", row, "resolution")
    if told not in Told.values:
        raise UnableToChange("say how the reporter was told", row, "told")
    now = asked.now
    columns: dict[str, Any] = {
        "state": State.RESOLVED, "resolved_at": now, "resolution": resolution.strip(),
        "told": told, "reporter_told_at": None if told == Told.NOBODY else now,
    }  # fmt: skip
    columns |= _acknowledging(row, asked)
    if told != Told.NOBODY and row.first_response_at is None:
        columns["first_response_at"] = now
    fields = {"state": State.RESOLVED.value, "told": told}
    row = _write(row, columns, asked, verb="resolved", kind=EntryKind.RESOLVED,
                 text=resolution.strip(), fields=fields)  # fmt: skip
    if told == Told.THREAD:
        _tell(row, resolution.strip(), asked)
    return row


def _tell(row: Incident, text: str, asked: Asked) -> None:
    tell: Callable[[Incident, str, str, datetime], int] = import_string(settings.TELL_REPORTERS)
    if not tell(row, f"{row.number} is resolved: {text}", asked.actor, asked.now):
        words = "there is no thread to tell the reporter in: say that they were told otherwise"
        raise UnableToChange(words, row, "told")


@transaction.atomic
def reopen(*, incident: Incident, reason: str, asked: Asked) -> Incident:
    """It was not over: it goes on, and the first response's clock starts again."""
    row = _locked(incident, asked)
    if row.state not in CLOSED_STATES:
        return row
    if not reason.strip():
        raise UnableToChange("say why it is opened again", row, "reason")
    columns = {
        "state": State.IN_PROGRESS, "resolved_at": None, "reporter_told_at": None, "told": "",
        "duplicate_of": None, **_response_clock(row, asked.now),
    }  # fmt: skip
    return _write(row, columns, asked, verb="reopened", kind=EntryKind.REOPENED,
                  text=reason.strip(), fields={"state": State.IN_PROGRESS.value})  # fmt: skip


@transaction.atomic
def close(*, incident: Incident, asked: Asked) -> Incident:
    """Close a resolved ticket: nothing more is expected."""
    row = _locked(incident, asked)
    if row.state == State.CLOSED:
        return row
    if row.state != State.RESOLVED:
        raise UnableToChange("resolve it first: closing needs a resolution", row, "state")
    return _write(row, {"state": State.CLOSED}, asked, verb="closed", kind=EntryKind.STATE,
                  text="Closed", fields={"state": State.CLOSED.value})  # fmt: skip


@transaction.atomic
def mark_duplicate(*, incident: Incident, parent: Incident, asked: Asked) -> Incident:
    """The same trouble as another ticket: resolved as its duplicate; there is one parent."""
    row = _locked(incident, asked)
    parent = Incident.objects.select_for_update().get(pk=parent.pk)
    root_id = parent.duplicate_of_id or parent.pk
    if root_id == row.pk or parent.programme_id != row.programme_id:
        raise UnableToChange("choose another ticket of this programme", row, "parent")
    if row.duplicate_of_id == root_id:
        return row
    Incident.objects.filter(duplicate_of=row).update(duplicate_of=root_id)
    columns = {
        "duplicate_of_id": root_id, "state": State.RESOLVED, "resolved_at": asked.now,
        "resolution": f"Duplicate of RC-{root_id}", "told": Told.NOBODY.value,
    }  # fmt: skip
    columns |= _acknowledging(row, asked)
    made = _write(row, columns, asked, verb="joined", kind=EntryKind.DUPLICATE,
                  text=f"of RC-{root_id}", fields={"duplicate_of": f"RC-{root_id}"})  # fmt: skip
    root = Incident.objects.get(pk=root_id)
    note(incident=root, kind=EntryKind.DUPLICATE, actor=asked.actor, now=asked.now,
         text=f"{row.number} reports the same")  # fmt: skip
    Incident.objects.filter(pk=root_id).update(version=F("version") + 1, updated_at=asked.now)
    return made


@transaction.atomic
def edit(*, incident: Incident, changes: Mapping[str, Any], asked: Asked) -> Incident:
    """Change some of EDITABLE; levels follow from the severity unless they are given too."""
    row = _locked(incident, asked)
    wanted = {name: value for name, value in changes.items() if name in EDITABLE}
    if "severity" in wanted and "impact" not in wanted:
        wanted["impact"], wanted["urgency"] = impact_and_urgency(wanted["severity"])
    differing = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not differing:
        return row
    fields = {name: [_plain(getattr(row, name)), _plain(value)]
              for name, value in differing.items()}  # fmt: skip
    impact = differing.get("impact", row.impact)
    urgency = differing.get("urgency", row.urgency)
    columns = differing | {"priority": priority(impact, urgency)}
    text = ", ".join(f"{name}: {before or '–'} → {after or '–'}"
                     for name, (before, after) in fields.items())  # fmt: skip
    for name, value in columns.items():
        setattr(row, name, value)
    columns["search_text"] = row.words()
    return _write(row, columns, asked, verb="changed", kind=EntryKind.CHANGED, text=text,
                  fields=fields)  # fmt: skip


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)
