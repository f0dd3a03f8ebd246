"""What the inbox page shows of one message: its thread, forms, clock, likely duplicates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.models import Person
from apps.intake.choices import HANDLES, USUAL_REASONS, Exit
from apps.intake.forms import AskForm, AttachForm, BindForm, DismissForm, LogMessageForm
from apps.intake.listing import InboxFilter
from apps.intake.models import Message
from apps.intake.offers import Offers
from apps.intake.rules.clocks import log_due_at
from apps.intake.similar import similar_tickets
from apps.rollouts.models import Programme


@dataclass(frozen=True)
class Line:
    """A message as a line of the list: by when it should be logged, and where it is shown."""

    message: Message
    due_at: datetime | None
    is_current: bool


def lines(rows: list[Message], selected: Message | None) -> list[Line]:
    """The lines of a page of the list."""
    pk = selected.pk if selected else None
    return [Line(message, due_of(message), message.pk == pk) for message in rows]


def due_of(message: Message) -> datetime | None:
    """Until when it should be logged; None while it has no programme, or once it has an exit."""
    programme = message.programme
    if programme is None or message.exit != Exit.NONE:
        return None
    return log_due_at(message.source_at, programme.sla, zone=programme.time_zone)


def shown_message(
    message: Message,
    *,
    person: Person,
    offers: Offers,
    asked: InboxFilter,
    now: datetime,
    forms: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The context of the right-hand side. `forms` replaces forms that were refused, by name."""
    thread = list(Message.objects.around(message).select_related("incident").defer("original"))
    facts = {
        "message": message,
        "thread": thread,
        "due_at": due_of(message),
        "query": asked.query(),
        "thread_query": asked.query(part="thread"),
        "reasons": USUAL_REASONS,
        "can_handle": message.may_be_handled_by(person, HANDLES),
        "can_answer": message.channel.connection.kind == "slack",
    }
    if not facts["can_handle"] or message.exit != Exit.NONE:
        return facts
    return facts | _forms(message, person, offers, now) | dict(forms or {})


def _forms(message: Message, person: Person, offers: Offers, now: datetime) -> dict[str, Any]:
    start = {"version": message.version}
    facts: dict[str, Any] = {
        "dismiss_form": DismissForm(initial=start, auto_id="dismiss_%s"),
        "ask_form": AskForm(message=message),
    }
    if message.programme is None:
        programmes = binders(message, person)
        return facts | {"bind_form": BindForm(programmes=programmes), "programmes": programmes}
    return facts | {
        "log_form": LogMessageForm(message=message, offers=offers),
        "attach_form": AttachForm(initial=start, auto_id="attach_%s"),
        "similar": similar_tickets(message, now),
    }


def binders(message: Message, person: Person) -> list[Programme]:
    """The programmes an unbound message's channel may be bound to by this person."""
    heard = Programme.objects.visible_to(person).filter(connections=message.channel.connection_id)
    return list(heard.order_by("key"))
