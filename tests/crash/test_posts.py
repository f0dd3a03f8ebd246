"""A process is killed at every point while it posts what a person wrote: it is posted once."""

import pytest
from django.utils import timezone

from apps.incidents.models import Incident
from apps.intake.services import reply_to_thread
from apps.outbox.work import deliver_due
from tests import slack
from tests.crash.arena import MINUTE, Arena
from tests.crash.kill import is_killed_at

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
WORDS = "Please try again now"


def answers(arena: Arena) -> None:
    """A person answers; twice, for the button was pressed twice."""
    for _ in range(2):
        reply_to_thread(
            incident=Incident.objects.get(), text=WORDS, token="form-1", messages=None,
            actor="ana", origin="page", now=timezone.now(),
        )  # fmt: skip


def acts(arena: Arena) -> None:
    answers(arena)
    deliver_due(now=timezone.now())


def posted(arena: Arena) -> list[str]:
    assert arena.slack.quiet()
    texts = [post["text"] for post in arena.slack.posts(slack.CHANNEL, arena.message["ts"])]
    return [text for text in texts if text == WORDS]


def test_it_is_posted_once_wherever_the_process_dies(arena: Arena) -> None:
    point = 1
    _start(arena)
    while is_killed_at(point, lambda: acts(arena)):
        answers(arena)
        for minutes in (1, 2, 3):
            deliver_due(now=arena.start + minutes * MINUTE)
        assert posted(arena) == [WORDS], f"killed at point {point}"
        _start(arena)
        point += 1
    assert point > 20


def _start(arena: Arena) -> None:
    """A logged message whose first answer is there."""
    arena.reset()
    arena.path()
