"""What arrived becomes messages: once each, in whatever order and however often it comes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from apps.accounts.models import Handle
from apps.connections.models import Connection
from apps.connectors.base import Message as Heard
from apps.core.guard import mask
from apps.incidents.choices import EntryKind
from apps.incidents.models import Incident
from apps.incidents.services import note, touch
from apps.intake.choices import Exit
from apps.intake.models import Arrival, Channel, Message
from apps.intake.services.rows import tell
from apps.intake.triage import propose


def record_messages(*, arrival: Arrival, heard: Sequence[Heard], now: datetime) -> str:
    """Record what one arrival says, in the caller's transaction; returns the outcome in words."""
    outcomes = [_record_one(arrival.connection, one, now) for one in heard]
    return "; ".join(outcomes) or "nothing about a message"


def _record_one(connection: Connection, heard: Heard, now: datetime) -> str:
    if heard.is_own:
        return "our own post"
    channel = _channel(connection, heard.channel_ref)
    message, is_new = Message.objects.get_or_create(
        channel=channel, source_ref=heard.source_ref, defaults=_first(channel, heard, now)
    )
    message = Message.objects.select_for_update().get(pk=message.pk)
    if is_new:
        propose_again(message)
        _follow_root(message, now)
        _tell(message, "received", now)
    elif _is_newer(message, heard):
        _change(message, heard, now)
    else:
        return f"message {message.pk}, known already"
    return f"message {message.pk} {heard.event}"


def _channel(connection: Connection, ref: str) -> Channel:
    """The channel; one we did not know is kept, and bound to the connection's only programme."""
    programmes = list(connection.programmes.all()[:2])
    only = programmes[0] if len(programmes) == 1 else None
    return Channel.objects.get_or_create(
        connection=connection, external_id=ref, defaults={"programme": only}
    )[0]


def _first(channel: Channel, heard: Heard, now: datetime) -> dict[str, Any]:
    return _content(heard, now) | {
        "programme": channel.programme,
        "thread_ref": heard.thread_ref,
        "source_at": heard.source_at,
        "received_at": now,
        "author_ref": heard.author_ref,
        "author_name": heard.author_name[:120],
        "is_bot": heard.is_bot,
    }


def _content(heard: Heard, now: datetime) -> dict[str, Any]:
    shown = mask(heard.text)
    return {
        "text": shown.text,
        "original": heard.text,
        "found": list(shown.found),
        "source_version": heard.version,
        "edited_at": now if heard.event == "edited" else None,
        "deleted_at": now if heard.event == "deleted" else None,
    }


def _is_newer(message: Message, heard: Heard) -> bool:
    """By the source's own clock, never by arrival; a deletion is final."""
    return message.deleted_at is None and heard.version > message.source_version


def _change(message: Message, heard: Heard, now: datetime) -> None:
    content = _content(heard, now)
    if heard.event == "deleted":
        content = {name: content[name] for name in ("deleted_at", "source_version")}
    elif heard.event == "posted":
        content = {}  # the edit was here first: the first version has nothing to add
    for name, value in content.items():
        setattr(message, name, value)
    message.version += 1
    message.save()
    if heard.event == "edited" and message.exit == Exit.NONE:
        propose_again(message)
    if message.incident is not None and heard.event != "posted":
        _note_change(message, message.incident, heard, now)
    _tell(message, heard.event, now)


def _note_change(message: Message, incident: Incident, heard: Heard, now: datetime) -> None:
    """Its ticket says that the message was edited or deleted since."""
    text = message.text if heard.event == "edited" else "deleted by its author"
    note(
        incident=incident,
        kind=EntryKind.MESSAGE,
        actor=message.author_ref or "unknown",
        text=f"{heard.event}: {text}" if heard.event == "edited" else text,
        now=now,
        data={"message": message.pk},
    )
    touch(incident, now=now)


def propose_again(message: Message) -> None:
    """Proposals for the engineer; nobody logs what a bot wrote."""
    if message.programme_id is None or message.is_bot:
        return
    proposal = propose(message)
    for name, value in proposal.items():
        setattr(message, name, value)
    message.save(update_fields=list(proposal))


def _follow_root(message: Message, now: datetime) -> None:
    """A reply in the thread of a logged message belongs to its ticket."""
    if not message.thread_ref:
        return
    root = Message.objects.filter(channel=message.channel, source_ref=message.thread_ref).first()
    if root is not None and root.incident is not None:
        attach(message, root, now=now)
    elif root is not None and root.is_waiting_for_answer and _is_answer(message):
        Message.objects.filter(pk=root.pk).update(answered_at=now, version=F("version") + 1)
        _tell(root, "answered", now)


def _is_answer(message: Message) -> bool:
    """Somebody outside the team wrote it; what a colleague adds is no answer to our question."""
    kind = message.channel.connection.kind
    own = Handle.objects.filter(kind=kind, ref=message.author_ref)
    return not message.is_bot and not own.exists()


def attach(message: Message, root: Message, *, now: datetime) -> None:
    """Attach a thread's reply to the incident of its root, and put it on the timeline."""
    incident = root.incident
    if incident is None:
        return
    Message.objects.filter(pk=message.pk).update(
        incident=incident, exit=Exit.ATTACHED, exit_at=now, exit_by="system",
        exit_reason="reply in the thread of this ticket", version=F("version") + 1,
    )  # fmt: skip
    note(
        incident=incident,
        kind=EntryKind.MESSAGE,
        actor=message.author_ref or "unknown",
        text=message.text,
        now=now,
        source_at=message.source_at,
        data={"message": message.pk},
    )
    touch(incident, now=now)


def _tell(message: Message, verb: str, now: datetime) -> None:
    tell(
        message,
        verb,
        actor=message.author_ref or "unknown",
        origin=message.channel.connection.key,
        now=now,
        channel=str(message.channel),
        site=message.site.number if message.site else None,
        found=message.found,
    )
