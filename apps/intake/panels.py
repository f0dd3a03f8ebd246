"""What the inbox shows on other pages: the count of the navigation, the threads of a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import Person
from apps.core.panels import Panel
from apps.incidents.models import Incident
from apps.intake.choices import HANDLES
from apps.intake.forms import ReplyForm
from apps.intake.models import Message
from apps.outbox.models import Delivery

MOST_COUNTED = 100  # the navigation says "99+" above that


def waiting(person: Person) -> int:
    """How many messages wait for this person, 100 at most; one short query over an index."""
    rows = Message.objects.inbox().visible_to(person).order_by("source_at", "id")
    return len(rows.values_list("pk", flat=True)[:MOST_COUNTED])


@dataclass(frozen=True)
class Thread:
    """A thread a ticket came from: a person's first message in it, all of it, is it open to us."""

    head: Message
    messages: list[Message]
    can_answer: bool


def thread(incident: Incident, person: Person, now: datetime) -> Panel | None:
    """The ticket's messages by thread, what is on its way, and the form that answers (key t)."""
    return Panel("intake/_panel.html", panel_facts(incident, person))


def panel_facts(incident: Incident, person: Person) -> dict[str, object]:
    """The context of the panel; four queries whatever there is."""
    rows = incident.messages.select_related("channel__connection").defer("original")
    threads = _threads(list(rows.order_by("source_at", "id")))
    can_handle = bool(HANDLES & person.roles_in(incident.programme_id))
    can_answer = can_handle and any(one.can_answer for one in threads)
    return {
        "incident": incident,
        "threads": threads,
        "answerable": [one for one in threads if one.can_answer],
        "posts": _under_way(incident),
        "can_handle": can_handle,
        "form": ReplyForm(incident=incident) if can_answer else None,
    }


def _threads(messages: Sequence[Message]) -> list[Thread]:
    found: dict[tuple[int, str], list[Message]] = {}
    for message in messages:
        found.setdefault((message.channel_id, message.thread_root), []).append(message)
    return [Thread(_head(group), group, _is_answerable(group)) for group in found.values()]


def _head(group: Sequence[Message]) -> Message:
    """The first message of a person, as the service that answers the thread takes it."""
    return next((message for message in group if not message.is_bot), group[0])


def _is_answerable(group: Sequence[Message]) -> bool:
    kind = group[0].channel.connection.kind
    return kind == "slack" and any(not message.is_bot for message in group)


def _under_way(incident: Incident) -> list[Delivery]:
    """Posts that were promised and are not in the thread yet, or will never be."""
    rows = Delivery.objects.filter(subject="incident", subject_key=incident.number, done_at=None)
    return list(rows.filter(action__in=("slack.post", "slack.reply")).order_by("id"))
