"""Channels: bound to a programme, and with them the messages that waited for that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.connections.models import Connection
from apps.intake.choices import Exit
from apps.intake.models import Channel, Message
from apps.intake.services.messages import propose_again
from apps.ledger.services import record

Columns = dict[str, Any]
NAMES = ("programme", "name", "purpose", "site", "wave", "opens_on", "closes_on")


@transaction.atomic
def save_channel(
    *,
    connection: Connection,
    external_id: str,
    columns: Mapping[str, Any],
    actor: str,
    now: datetime,
) -> tuple[Columns | None, Columns]:
    """Make or bind a channel; returns what it was (None: new) and is, in plain values.

    Messages that came from it before it was bound now belong to its programme.
    """
    row = Channel.objects.filter(connection=connection, external_id=external_id).first()
    before, after = (_plain(row) if row else None), _plain(Channel(**columns))
    if before == after:
        return before, after
    channel, _ = Channel.objects.update_or_create(
        connection=connection, external_id=external_id, defaults=dict(columns)
    )
    _adopt_messages(channel)
    record(
        subject="channel",
        subject_key=f"{connection.key}:{external_id}",
        verb="bound",
        actor=actor,
        origin="command",
        programme_id=channel.programme_id,
        now=now,
        fields=after,
    )
    return before, after


def _plain(channel: Channel) -> Columns:
    values = {name: getattr(channel, name) for name in NAMES}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _adopt_messages(channel: Channel) -> None:
    orphans = Message.objects.filter(channel=channel, programme=None, exit=Exit.NONE)
    waiting = list(orphans)
    orphans.update(programme=channel.programme)
    for message in waiting:
        message.programme = channel.programme
        propose_again(message)
