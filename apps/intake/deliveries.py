"""Sends what we promised a thread: one answer, and what people wrote, each once."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from apps.connections.models import Connection
from apps.connectors.base import Chat, ConnectorError
from apps.connectors.registry import open_chat
from apps.incidents.choices import EntryKind
from apps.incidents.models import Incident
from apps.incidents.services import note
from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.intake.rules.replies import ReplyFacts, log_reply
from apps.outbox.handlers import Job, Sent
from apps.outbox.models import Delivery

log = logging.getLogger(__name__)


def chat_for(connection: Connection) -> Chat:
    """A client for this connection, with its secrets."""
    return open_chat(connection.kind, connection.base_url, connection.settings, connection.secrets)


class PostReply:
    """Outbox action `slack.reply`: the answer to a logged message."""

    def send(self, job: Job) -> Sent:
        """Post the answer, or find the one an earlier attempt posted (by our key in its metadata).

        Raises ConnectorError.
        """
        message = Message.objects.with_facts().get(pk=job.delivery.payload["message"])
        incident = Incident.objects.with_facts().get(messages=message)
        text = log_reply(_facts(message, incident))
        ref = post_once(job, message, text)

        def settle(now: datetime) -> None:
            note(
                incident=incident,
                kind=EntryKind.REPLY,
                actor="system",
                text=text,
                now=now,
                data={"message": message.pk, "source_ref": ref},
            )

        return Sent(result={"source_ref": ref}, settle=settle)

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        message = Message.objects.select_related("incident").get(pk=delivery.payload["message"])
        if message.incident is not None:
            text = f"The reporter was not answered in the thread: {words}"
            note(
                incident=message.incident,
                kind=EntryKind.TROUBLE,
                actor="system",
                text=text,
                now=now,
            )


class PostText:
    """Outbox action `slack.post`: words of a person, into the thread of a message."""

    def send(self, job: Job) -> Sent:
        """Post the text, or find the post of an earlier attempt. The timeline of the message's
        ticket shows it under the name of who wrote it.

        Raises ConnectorError.
        """
        payload = job.delivery.payload
        message = Message.objects.with_facts().get(pk=payload["message"])
        ref = post_once(job, message, payload["text"])

        def settle(now: datetime) -> None:
            if message.incident is not None:
                note(
                    incident=message.incident,
                    kind=EntryKind.REPLY,
                    actor=payload["by"],
                    text=payload["text"],
                    now=now,
                    data={"message": message.pk, "source_ref": ref},
                )

        return Sent(result={"source_ref": ref}, settle=settle)

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        message = Message.objects.select_related("incident").get(pk=delivery.payload["message"])
        if message.incident is not None:
            note(
                incident=message.incident,
                kind=EntryKind.TROUBLE,
                actor="system",
                text=f"This was not posted in the thread: {words}",
                now=now,
                data={"text": delivery.payload["text"]},
            )


def post_once(job: Job, message: Message, text: str) -> str:
    """Post in the message's thread and return its source_ref; before a second try look for the
    first by our key in its metadata. Raises ConnectorError, LeaseLost."""
    client = chat_for(job.delivery.connection)
    channel, key = message.channel.external_id, str(job.delivery.key)
    thread = message.thread_root
    if job.may_have_happened and (found := _find(client, channel, thread, key)):
        return found
    job.guard()
    return client.post(channel_ref=channel, thread_ref=thread, text=text, key=key)


def _find(client: Chat, channel: str, thread: str, key: str) -> str | None:
    """The post an earlier attempt made. Raises ConnectorError when Slack cannot be asked now.

    A workspace may refuse to let us read threads at all; then the reporter is told, at worst once
    per lost attempt too often, and never not at all.
    """
    try:
        return client.find_post(channel_ref=channel, thread_ref=thread, key=key)
    except ConnectorError as problem:
        if not problem.permanent:
            raise
        log.warning("intake: the thread cannot be read (%s)", problem)
        return None


def _facts(message: Message, incident: Incident) -> ReplyFacts:
    """An attached message is told of its own site and phase, not of the ticket's."""
    is_attached = message.exit == Exit.ATTACHED
    link = getattr(incident, "servicenow_link", None)
    site = (message.site if is_attached else None) or incident.site
    phase = message.phase if is_attached else incident.phase
    zone = ZoneInfo(site.time_zone if site else incident.programme.time_zone)
    since = message.phase_since_at
    return ReplyFacts(
        number=incident.number,
        servicenow_number=link.record.number if link else "",
        assignee=str(incident.assignee) if incident.assignee else "",
        site=site.name if site else "",
        phase=phase,
        phase_since=since.astimezone(zone).date() if since else None,
        where_to_ask=incident.programme.where_to_ask(phase),
        is_attached=is_attached,
    )
