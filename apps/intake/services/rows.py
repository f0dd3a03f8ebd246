"""Loads and closes message rows for the services of the inbox; each in the caller's transaction."""

from datetime import datetime

from django.db.models import F

from apps.connections.models import Connection
from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.intake.services.refusals import Stale
from apps.ledger.services import Entry, record_many

FOLLOWS = "system"  # who closed a reply that went with the first message of its thread


def locked(message_id: int) -> Message:
    """The message with its facts; nobody else changes it until the transaction ends.

    Raises Message.DoesNotExist.
    """
    Message.objects.select_for_update().get(pk=message_id)
    return Message.objects.with_facts().get(pk=message_id)


def check_version(message: Message, version: int | None) -> None:
    """Raise Stale when the caller wrote about another version; None takes what is there."""
    if version is not None and version != message.version:
        raise Stale


def close(message: Message, way: Exit, *, by: str, now: datetime, **columns: object) -> None:
    """Give the message its exit: a new version, who and when."""
    facts: dict[str, object] = {"exit_reason": ""} | columns
    Message.objects.filter(pk=message.pk).update(
        exit=way, exit_at=now, exit_by=by[:120], version=F("version") + 1, **facts
    )


def reopen(message: Message) -> None:
    """Take the exit back: it waits in the inbox again."""
    Message.objects.filter(pk=message.pk).update(
        exit=Exit.NONE, exit_at=None, exit_by="", exit_reason="", incident=None,
        version=F("version") + 1,
    )  # fmt: skip


def tell(
    message: Message, verb: str, *, actor: str, origin: str, now: datetime, **fields: object
) -> None:
    """One ledger entry about the message for each programme that sees it."""
    entries = [
        Entry(
            subject="message",
            subject_key=str(message.pk),
            verb=verb,
            actor=actor,
            origin=origin,
            programme_id=programme_id,
            fields=fields,
        )
        for programme_id in told_of(message.channel.connection, message.programme_id)
    ]
    record_many(entries, now=now)


def told_of(connection: Connection, programme_id: int | None) -> list[int | None]:
    """Whose ledger is told: the programme's; while there is none, of each that uses the connection,
    because their people see it until somebody says whose it is."""
    if programme_id is not None:
        return [programme_id]
    return [*connection.programmes.order_by("pk").values_list("pk", flat=True)] or [None]


def fresh(message: Message) -> Message:
    """The row as it is now, with its facts."""
    return Message.objects.with_facts().get(pk=message.pk)
