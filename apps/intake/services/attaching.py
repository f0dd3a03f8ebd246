"""The second exit: a message joins a ticket that is there already."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.incidents.choices import EntryKind
from apps.incidents.models import Incident
from apps.incidents.services import note, touch
from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.intake.services.messages import attach
from apps.intake.services.refusals import UnableToAttach
from apps.intake.services.rows import check_version, close, fresh, locked, tell
from apps.outbox.models import Delivery
from apps.outbox.services import promise

UNDO_WINDOW = timedelta(seconds=12)  # the reporter is told after it, so that a slip can be undone


@transaction.atomic
def attach_message(
    *, message_id: int, number: str, version: int | None, actor: str, origin: str, now: datetime
) -> Message:
    """Join a message and the replies of its thread to the ticket `number` ("RC-12").

    The thread is answered once, with the ticket's number, when UNDO_WINDOW is over. Attaching it
    to the same ticket again changes nothing. Returns the fresh message. Raises UnableToAttach,
    Stale.
    """
    message = locked(message_id)
    incident = _ticket(message, number)
    if message.incident == incident:
        return message
    _check(message, version)
    close(message, Exit.ATTACHED, by=actor, now=now, incident=incident)
    message.incident = incident
    _take_along(message, incident, now)
    touch(incident, now=now)
    promise_answer(message, incident, now=now, due_at=now + UNDO_WINDOW)
    tell(message, "attached", actor=actor, origin=origin, now=now, incident=incident.number)
    return fresh(message)


def _ticket(message: Message, number: str) -> Incident:
    found: Incident | None = Incident.objects.numbered(number).first()
    if found is None or found.programme_id != message.programme_id:
        words = f"there is no ticket {number.strip()[:40] or 'with no number'} in this programme"
        raise UnableToAttach(words, field="incident")
    return found


def _check(message: Message, version: int | None) -> None:
    if message.incident is not None:
        words = f"it belongs to {message.incident.number} already"
        raise UnableToAttach(words, field="incident")
    check_version(message, version)


def _take_along(message: Message, incident: Incident, now: datetime) -> None:
    """The timeline shows the message; replies in its thread follow it."""
    note(
        incident=incident,
        kind=EntryKind.MESSAGE,
        actor=message.author_ref or "unknown",
        text=message.text,
        now=now,
        source_at=message.source_at,
        data={"message": message.pk},
    )
    if not message.thread_ref:
        for reply in Message.objects.thread_of(message).filter(exit=Exit.NONE):
            attach(reply, message, now=now)


def answer_key(message: Message) -> str:
    """The dedupe key of the one answer a logged or attached message gets."""
    return f"slack.reply:{message.key}"


def promise_answer(
    message: Message,
    incident: Incident,
    *,
    now: datetime,
    due_at: datetime,
    waits_for: str = "",
) -> Delivery | None:
    """One answer in the thread that names the ticket; None where nobody can be answered."""
    connection = message.channel.connection
    if connection.kind != "slack":
        return None
    return promise(
        action="slack.reply",
        connection=connection,
        subject="incident",
        subject_key=incident.number,
        programme_id=incident.programme_id,
        dedupe_key=answer_key(message),
        payload={"message": message.pk},
        now=now,
        due_at=due_at,
        waits_for=waits_for,
    )
