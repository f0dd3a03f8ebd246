"""Asking back: a question in the thread, and the answer that clears it."""

from collections.abc import Callable

import pytest

from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.intake.rules.replies import LONGEST_POST, question
from apps.intake.services import Stale, UnableToAsk
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from tests import build
from tests.intake.conftest import NOW, World
from tests.intake.handling import LATER, TEXT, TS, ask, dismiss, log, message

Says = Callable[..., int]


def test_it_promises_one_post_and_waits(says: Says) -> None:
    says("the link fails")
    asked = ask("Which clinic?")
    assert (asked.exit, asked.asked_at, asked.asked_by) == (Exit.NONE, NOW, "ana")
    assert asked.is_waiting_for_answer
    assert Message.objects.inbox().count() == 1
    post = Delivery.objects.get()
    assert (post.action, post.payload["text"], post.due_at) == ("slack.post", "Which clinic?", NOW)


def test_it_asks_once_for_a_token_and_again_for_another(says: Says) -> None:
    says("the link fails")
    ask(form="t1")
    version = message().version
    assert ask(form="t1", text="other words").version == version
    assert Delivery.objects.count() == 1
    ask(form="t2")
    assert Delivery.objects.count() == 2
    assert Change.objects.filter(subject="message", verb="asked").count() == 2


def test_it_is_cleared_by_an_answer_in_the_thread(says: Says) -> None:
    says("the link fails")
    ask()
    says("clinic 3D", ts=LATER, thread_ts=TS)
    answered = message()
    assert answered.answered_at is not None
    assert not answered.is_waiting_for_answer
    assert message(LATER).exit == Exit.NONE
    assert Change.objects.filter(subject="message", verb="answered").count() == 1


def test_it_is_not_cleared_by_a_colleague_or_a_bot(world: World, says: Says) -> None:
    build.handle(build.person("ben"), "slack", "U0BEN")
    says("the link fails")
    ask()
    says("I look too", ts=LATER, thread_ts=TS, user="U0BEN")
    says("reminder", ts="1656340950.000100", thread_ts=TS, bot_id="B0OTHER", app_id="A0OTHER")
    assert message().is_waiting_for_answer


def test_it_waits_again_when_it_is_asked_again(says: Says) -> None:
    says("the link fails")
    ask()
    says("clinic 3D", ts=LATER, thread_ts=TS)
    assert ask(form="t2").is_waiting_for_answer


def test_it_masks_what_it_posts_and_calls_nobody(says: Says) -> None:
    says("the link fails")
    ask("@channel call 402-555-0136")
    text = Delivery.objects.get().payload["text"]
    assert "402" not in text
    assert "@channel" not in text


@pytest.mark.parametrize(
    ("text", "words"), [("", "write what"), ("  ", "write what"), ("x" * 3001, "3000 can be")]
)
def test_it_refuses_a_text_that_cannot_be_posted(says: Says, text: str, words: str) -> None:
    says("the link fails")
    with pytest.raises(UnableToAsk, match=words) as refused:
        ask(text)
    assert refused.value.field == "text"
    assert not Delivery.objects.exists()


def test_it_refuses_what_has_left_the_inbox(says: Says) -> None:
    says(TEXT)
    log()
    with pytest.raises(UnableToAsk, match="answer from its ticket"):
        ask()
    says("other", ts=LATER)
    dismiss(ts=LATER)
    with pytest.raises(UnableToAsk, match="left the inbox"):
        ask(ts=LATER)


def test_it_refuses_an_old_version(says: Says) -> None:
    says("the link fails")
    with pytest.raises(Stale):
        ask(version=5)


def test_it_says_so_where_nobody_can_be_answered(world: World, says: Says) -> None:
    says("the link fails")
    world.connection.kind = "teams"
    world.connection.save()
    with pytest.raises(UnableToAsk, match="ask them where they wrote"):
        ask()


def test_its_template_asks_the_five_questions_and_fits() -> None:
    text = question({"place": "clinic", "people": "Veterans", "site": "Station"})
    for words in ("Which clinic?", "Which step?", "screen say?", "Since when?", "How many Veter"):
        assert words in text
    assert len(text) < LONGEST_POST
