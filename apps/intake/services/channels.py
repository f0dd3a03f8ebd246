"""Channels: bound to a programme, and with them the messages that waited for that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.connections.models import Connection
from apps.intake.choices import Exit, Purpose
from apps.intake.models import Channel, Message
from apps.intake.services.messages import propose_again
from apps.intake.services.refusals import UnableToBind
from apps.intake.services.rows import told_of
from apps.ledger.services import Entry, record_many
from apps.rollouts.models import Programme, Site, Wave

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
    origin: str = "command",
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
    seen_by = told_of(connection, row.programme_id) if row else []
    entries = [
        Entry(
            subject="channel",
            subject_key=f"{connection.key}:{external_id}",
            verb="bound",
            actor=actor,
            origin=origin,
            programme_id=one,
            fields=after if one == channel.programme_id else {},  # others learn that it left them
        )
        for one in {*seen_by, channel.programme_id}
    ]
    record_many(entries, now=now)
    return before, after


@transaction.atomic
def bind_channel(
    *,
    channel_id: int,
    programme: Programme,
    site: Site | None,
    wave: Wave | None,
    actor: str,
    origin: str,
    now: datetime,
) -> Channel:
    """Bind a channel nobody knew to a programme, and perhaps to one of its sites or waves; what
    waits in it gets its proposals. The same again changes nothing. Raises UnableToBind."""
    channel = Channel.objects.select_for_update().get(pk=channel_id)
    _check_binding(channel, programme, site, wave)
    columns = {name: getattr(channel, name) for name in NAMES} | {
        "programme": programme,
        "site": site,
        "wave": wave,
        "purpose": Purpose.GO_LIVE if site or wave else Purpose.SUPPORT,
    }
    save_channel(
        connection=channel.connection, external_id=channel.external_id, columns=columns,
        actor=actor, origin=origin, now=now,
    )  # fmt: skip
    channel.refresh_from_db()
    return channel


def _check_binding(
    channel: Channel, programme: Programme, site: Site | None, wave: Wave | None
) -> None:
    if channel.programme not in {None, programme}:
        raise UnableToBind(f"it belongs to {channel.programme} already", field="programme")
    if not programme.connections.filter(pk=channel.connection_id).exists():
        words = f"{programme} does not use the connection {channel.connection.key}"
        raise UnableToBind(words, field="programme")
    if site is not None and not site.go_lives.filter(programme=programme).exists():
        raise UnableToBind(f"{site} is not part of {programme}", field="site")
    if wave is not None and wave.programme_id != programme.pk:
        raise UnableToBind(f"{wave} is not part of {programme}", field="wave")


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
