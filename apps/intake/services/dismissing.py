"""The third exit, no action; and the way back from it and from a ticket joined by mistake."""

from datetime import datetime

from django.db import transaction

from apps.core.guard import mask
from apps.incidents.choices import EntryKind
from apps.incidents.models import Incident
from apps.incidents.services import note, touch
from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.intake.services.attaching import answer_key
from apps.intake.services.refusals import UnableToDismiss, UnableToRestore
from apps.intake.services.rows import FOLLOWS, check_version, close, fresh, locked, reopen, tell
from apps.outbox.models import Delivery
from apps.outbox.services import withdraw

LONGEST_REASON = 300


@transaction.atomic
def dismiss_message(
    *, message_id: int, reason: str, version: int | None, actor: str, origin: str, now: datetime
) -> Message:
    """Close a message without a ticket, with a reason (masked). Replies that are in its thread go
    with it; one that comes later is listed by itself.

    Dismissing it again changes nothing. Returns the fresh message. Raises UnableToDismiss, Stale.
    """
    message = locked(message_id)
    if message.exit == Exit.DISMISSED:
        return message
    why = mask(reason.strip()).text[:LONGEST_REASON]
    _check_dismissal(message, why, version)
    close(message, Exit.DISMISSED, by=actor, now=now, exit_reason=why)
    if not message.thread_ref:
        for reply in Message.objects.thread_of(message).filter(exit=Exit.NONE):
            close(reply, Exit.DISMISSED, by=FOLLOWS, now=now, exit_reason=why)
    tell(message, "dismissed", actor=actor, origin=origin, now=now, reason=why)
    return fresh(message)


def _check_dismissal(message: Message, why: str, version: int | None) -> None:
    if not why:
        raise UnableToDismiss("say why nothing is to be done", field="reason")
    if message.incident is not None:
        raise UnableToDismiss(f"it belongs to {message.incident.number}")
    check_version(message, version)


@transaction.atomic
def restore_message(
    *, message_id: int, version: int | None, actor: str, origin: str, now: datetime
) -> Message:
    """Take an exit back: of a dismissed message always, of an attached one while its reporter was
    not told of the ticket. Its replies come back with it.

    Restoring what has no exit changes nothing. Returns the fresh message. Raises UnableToRestore,
    Stale.
    """
    message = locked(message_id)
    if message.exit == Exit.NONE:
        return message
    _check_return(message)
    check_version(message, version)
    if message.incident is not None:
        _leave_ticket(message, message.incident, actor, now)
    for reply in _followers(message):
        reopen(reply)
    reopen(message)
    tell(message, "restored", actor=actor, origin=origin, now=now, exit=message.exit)
    return fresh(message)


def _check_return(message: Message) -> None:
    number = message.incident.number if message.incident else ""
    if message.exit == Exit.LOGGED:
        raise UnableToRestore(f"a ticket was made of it: close {number} instead")
    if message.exit_by == FOLLOWS:
        raise UnableToRestore("it goes with the first message of its thread: restore that one")


def _followers(message: Message) -> list[Message]:
    """The replies that took the same exit with it."""
    if message.thread_ref:
        return []
    replies = Message.objects.thread_of(message)
    return list(replies.filter(exit=message.exit, exit_by=FOLLOWS, incident=message.incident))


def _leave_ticket(message: Message, incident: Incident, actor: str, now: datetime) -> None:
    """Raises UnableToRestore when somebody was told in the thread that it belongs there."""
    posted = Delivery.objects.filter(
        action="slack.post", subject="incident", subject_key=incident.number,
        payload__message=message.pk,
    )  # fmt: skip
    answer = Delivery.objects.filter(dedupe_key=answer_key(message))
    if posted.exists() or (answer.exists() and not withdraw(dedupe_key=answer_key(message))):
        raise UnableToRestore(f"its reporter was told that it belongs to {incident.number}")
    note(
        incident=incident,
        kind=EntryKind.MESSAGE,
        actor=actor,
        text="the message was taken off this ticket again",
        now=now,
        data={"message": message.pk},
    )
    touch(incident, now=now)
