"""How a message leaves the inbox: logged as a ticket."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import Person
from apps.core.guard import mask
from apps.incidents.choices import EntryKind
from apps.incidents.models import Category, Incident, Queue
from apps.incidents.rules import proposed_title
from apps.incidents.services import Draft, note, open_incident
from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.intake.services.attaching import promise_answer
from apps.intake.services.messages import attach
from apps.intake.services.refusals import UnableToLog
from apps.intake.services.rows import check_version, close, locked, tell
from apps.intake.triage import phase_of
from apps.oncall.models import duties_at
from apps.rollouts.models import Product, Site
from apps.servicenow.services import promise_record

REPLY_WAITS = timedelta(seconds=4)  # for ServiceNow's number; then the reporter is told without it


@dataclass(frozen=True, kw_only=True)
class LogForm:
    """What the engineer confirmed. None means: take what was proposed."""

    title: str | None = None
    site: Site | None = None
    without_site: bool = False
    product: Product | None = None
    category: Category | None = None
    queue: Queue | None = None
    severity: int | None = None
    impact: int | None = None
    urgency: int | None = None
    assignee: Person | None = None
    version: int | None = None


@transaction.atomic
def log_message(
    *, message_id: int, form: LogForm, actor: str, origin: str, now: datetime
) -> tuple[Incident, bool]:
    """Make a ticket of a message, with its ServiceNow incident and the answer in the thread.

    Returns the incident and whether it is new: a message that is logged already keeps its ticket,
    however often this is called. One transaction holds the incident, its clocks, the timeline, the
    ledger and both promises. Raises UnableToLog, Stale.
    """
    message = locked(message_id)
    if message.incident is not None:
        return message.incident, False
    _check(message, form)
    incident = _open(message, form, actor, origin, now)
    _leave(message, incident, actor, now)
    first = promise_record(incident=incident, now=now)
    promise_answer(
        message,
        incident,
        now=now,
        due_at=now + REPLY_WAITS if first else now,  # it waits for the number, never longer
        waits_for=first.dedupe_key if first else "",
    )
    tell(message, "logged", actor=actor, origin=origin, now=now, incident=incident.number)
    return incident, True


def _check(message: Message, form: LogForm) -> None:
    if message.programme is None:
        words = "this channel belongs to no programme yet: bind it first"
        raise UnableToLog(words, field="channel")
    check_version(message, form.version)
    if form.site is None and message.site is None and not form.without_site:
        words = "no site was recognised: give its station number, or null when it concerns none"
        raise UnableToLog(words, field="site")


def _open(message: Message, form: LogForm, actor: str, origin: str, now: datetime) -> Incident:
    assignee, because = _assignee(message, form, now)
    incident = open_incident(
        draft=_draft(message, form),
        assignee=assignee,
        assigned_because=because,
        actor=actor,
        origin=origin,
        now=now,
    )
    note(
        incident=incident,
        kind=EntryKind.MESSAGE,
        actor=message.author_ref or "unknown",
        text=message.text,
        now=now,
        source_at=message.source_at,
        data={"message": message.pk},
    )
    return incident


def _draft(message: Message, form: LogForm) -> Draft:
    assert message.programme is not None  # noqa: S101 - _check has refused it
    proposed = Draft(
        programme=message.programme,
        title=mask(form.title or proposed_title(message.text) or "Message without text").text,
        description=message.text,
        severity=form.severity or message.severity,
        impact=form.impact,
        urgency=form.urgency,
        source=message.channel.connection.kind,
        site=None if form.without_site else (form.site or message.site),
        product=form.product or message.product,
        category=form.category or message.category,
        queue=form.queue or message.queue,
        phase=message.phase,
        reporter=message.author_ref,
    )
    phase = phase_of(message.programme, proposed.site, proposed.product, message.source_at)
    return replace(proposed, phase=phase.key if phase else "")


def _assignee(message: Message, form: LogForm, now: datetime) -> tuple[Person | None, str]:
    """Who gets the ticket: the one named, else the primary on duty, else the next to come."""
    if form.assignee is not None:
        return form.assignee, "chosen when it was logged"
    assert message.programme is not None  # noqa: S101 - _check has refused it
    duties = duties_at(message.programme, now)
    return duties.for_new_ticket()


def _leave(message: Message, incident: Incident, actor: str, now: datetime) -> None:
    """The message's exit; replies already in its thread go with it."""
    close(message, Exit.LOGGED, by=actor, now=now, incident=incident)
    message.incident = incident
    if not message.thread_ref:
        for reply in Message.objects.thread_of(message).filter(exit=Exit.NONE):
            attach(reply, message, now=now)
