"""What people say through the portal: a question, an answer from the ticket, the outcome."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from apps.core.guard import mask
from apps.incidents.models import Incident
from apps.incidents.services import note_first_response, touch
from apps.intake.choices import Exit
from apps.intake.models import Message, MessageQuerySet
from apps.intake.rules.replies import LONGEST_POST, harmless
from apps.intake.services.refusals import UnableToAsk, UnableToReply
from apps.intake.services.rows import check_version, fresh, locked, tell
from apps.ledger.services import record
from apps.outbox.models import Delivery
from apps.outbox.services import promise

POST = "slack.post"


@transaction.atomic
def ask_back(
    *,
    message_id: int,
    text: str,
    token: str,
    version: int | None,
    actor: str,
    origin: str,
    now: datetime,
) -> Message:
    """Post a question into the message's thread; it keeps waiting, with "asked …" beside it, until
    somebody answers in the thread.

    The text is masked. The same `token` (one per form) asks once. Returns the fresh message. Raises
    UnableToAsk, Stale.
    """
    message = locked(message_id)
    key = f"ask:{message.key}:{token}"
    if Delivery.objects.filter(dedupe_key=key).exists():
        return message
    shown = mask(text.strip()).text
    _check_question(message, shown, version)
    Message.objects.filter(pk=message.pk).update(
        asked_at=now, asked_by=actor[:120], answered_at=None, version=F("version") + 1
    )
    _promise_post(message, shown, key=key, actor=actor, now=now)
    tell(message, "asked", actor=actor, origin=origin, now=now, text=shown)
    return fresh(message)


def _check_question(message: Message, text: str, version: int | None) -> None:
    if why := _unfit(text):
        raise UnableToAsk(why, field="text")
    if message.exit != Exit.NONE:
        raise UnableToAsk("it has left the inbox; answer from its ticket")
    if not _speaks(message):
        raise UnableToAsk(_MUTE)
    check_version(message, version)


_MUTE = "people cannot be answered in this channel from here; ask them where they wrote"


def _unfit(text: str) -> str:
    """What is wrong with a text that is to be posted, or an empty text."""
    if not text:
        return "write what is to be posted"
    if len(text) > LONGEST_POST:
        return f"this is {len(text)} characters long; {LONGEST_POST} can be posted at once"
    return ""


def _speaks(message: Message) -> bool:
    return message.channel.connection.kind == "slack"


@transaction.atomic
def reply_to_thread(
    *,
    incident: Incident,
    text: str,
    token: str,
    messages: Iterable[int] | None,
    actor: str,
    origin: str,
    now: datetime,
) -> int:
    """Post an answer into the threads of the ticket's messages (`messages`: only of these); returns
    in how many. It stops the clock of the first response.

    The text is masked. The same `token` (one per form) posts once, and then returns 0. Raises
    UnableToReply.
    """
    Incident.objects.select_for_update().get(pk=incident.pk)
    shown = mask(text.strip()).text
    if why := _unfit(shown):
        raise UnableToReply(why, field="text")
    threads = [one for one in threads_of(incident) if messages is None or one.pk in set(messages)]
    if not threads:
        words = "no thread to answer in: no message of this ticket came from a channel we can post"
        raise UnableToReply(words, field="text")
    if not _post_once(threads, incident, shown, f"reply:{incident.key}:{token}", actor, now):
        return 0
    note_first_response(incident=incident, actor=actor, origin=origin, now=now)
    touch(incident, now=now)
    _record(incident, "replied", actor, origin, now, threads=len(threads), text=shown)
    return len(threads)


def threads_of(incident: Incident) -> list[Message]:
    """One message for each thread of the ticket that we can post in, oldest thread first."""
    return _threads(Message.objects.filter(incident=incident))


def reporter_threads(incident: Incident) -> list[Message]:
    """The same, with the threads of the tickets that were joined to this one as duplicates."""
    return _threads(
        Message.objects.filter(Q(incident=incident) | Q(incident__duplicate_of=incident))
    )


def _threads(messages: MessageQuerySet) -> list[Message]:
    rows = messages.with_facts().filter(channel__connection__kind="slack", is_bot=False)
    threads: dict[tuple[int, str], Message] = {}
    for message in rows.defer("original").order_by("source_at", "id"):
        threads.setdefault((message.channel_id, message.thread_root), message)
    return list(threads.values())


@transaction.atomic
def tell_reporters(incident: Incident, text: str, actor: str, now: datetime) -> int:
    """Tell every thread of its reporters, and of its duplicates', the outcome: once for each
    resolution, in the transaction that resolves it (settings.TELL_REPORTERS). Returns how many."""
    version = Incident.objects.values_list("version", flat=True).get(pk=incident.pk)
    threads, shown = reporter_threads(incident), mask(text.strip()).text[:LONGEST_POST]
    if not shown or not threads:
        return 0
    _post_once(threads, incident, shown, f"told:{incident.key}:{version}", actor, now)
    _record(incident, "reporters_told", actor, "page", now, threads=len(threads), text=shown)
    return len(threads)


def _post_once(
    threads: list[Message], incident: Incident, text: str, key: str, actor: str, now: datetime
) -> bool:
    """One promise for each thread; False when they were made before."""
    keys = {f"{key}:{message.key}": message for message in threads}
    if Delivery.objects.filter(dedupe_key__in=list(keys)).exists():
        return False
    for dedupe_key, message in keys.items():
        _promise_post(message, text, key=dedupe_key, actor=actor, now=now, incident=incident)
    return True


def _promise_post(
    message: Message,
    text: str,
    *,
    key: str,
    actor: str,
    now: datetime,
    incident: Incident | None = None,
) -> None:
    promise(
        action=POST,
        connection=message.channel.connection,
        subject="incident" if incident else "message",
        subject_key=incident.number if incident else str(message.pk),
        programme_id=message.programme_id,
        dedupe_key=key,
        payload={"message": message.pk, "text": harmless(text), "by": actor},
        now=now,
    )


def _record(
    incident: Incident, verb: str, actor: str, origin: str, now: datetime, **fields: object
) -> None:
    record(
        subject="incident",
        subject_key=incident.number,
        verb=verb,
        actor=actor,
        origin=origin,
        programme_id=incident.programme_id,
        now=now,
        fields=fields,
    )
