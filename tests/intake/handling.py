"""What an engineer does with a message, in one call each, for tests of the inbox."""

from datetime import datetime, timedelta
from typing import Any

from apps.incidents.models import Incident
from apps.intake.models import Message
from apps.intake.services import (
    LogForm,
    ask_back,
    attach_message,
    dismiss_message,
    log_message,
    reply_to_thread,
    restore_message,
)
from tests import slack
from tests.intake.conftest import NOW, World

ANA: dict[str, Any] = {"actor": "ana", "origin": "page"}
TEXT = "636 Omaha: check-in link gives an error"
TS = "1656340800.000100"
LATER = "1656340900.000200"


def message(ts: str = TS) -> Message:
    """The message with this Slack time stamp, as it is now."""
    return Message.objects.with_facts().get(source_ref=ts)


def log(ts: str = TS, now: datetime = NOW, **form: Any) -> Incident:
    return log_message(message_id=message(ts).pk, form=LogForm(**form), now=now, **ANA)[0]


def attach(number: str, ts: str = TS, now: datetime = NOW, version: int | None = None) -> Message:
    return attach_message(message_id=message(ts).pk, number=number, version=version, now=now, **ANA)


def dismiss(reason: str = "thanks", ts: str = TS, version: int | None = None) -> Message:
    return dismiss_message(
        message_id=message(ts).pk, reason=reason, version=version, now=NOW, **ANA
    )


def restore(ts: str = TS, version: int | None = None, minutes: int = 0) -> Message:
    now = NOW + timedelta(minutes=minutes)
    return restore_message(message_id=message(ts).pk, version=version, now=now, **ANA)


def ask(text: str = "Which clinic?", form: str = "t1", ts: str = TS, **more: Any) -> Message:
    facts: dict[str, Any] = {"version": None, "now": NOW, **ANA}
    return ask_back(message_id=message(ts).pk, text=text, token=form, **(facts | more))


def reply(incident: Incident, text: str = "We are on it", form: str = "t1", **more: Any) -> int:
    facts: dict[str, Any] = {"messages": None, "now": NOW, **ANA}
    return reply_to_thread(incident=incident, text=text, token=form, **(facts | more))


def ticket(world: World, text: str = "442: other", ts: str = "1656340000.000900") -> Incident:
    """A ticket that is there already, logged from a message of its own."""
    world.hears(slack.event(text, ts=ts, event_id=f"Ev{ts}"))
    return log(ts)
