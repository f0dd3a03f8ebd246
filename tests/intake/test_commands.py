"""`manage.py drain` and `manage.py replay`: work without a broker, and dead letters."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.intake.models import Arrival, Message
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from apps.simulator.fakes.slack import FakeSlack
from tests import slack
from tests.intake.chat import texts, works_on, written
from tests.intake.conftest import NOW, World
from tests.intake.handling import log

TEXT = "636 Omaha: check-in link gives an error"
POST = "/api/chat.postMessage"


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def arrives(world: World, text: str = TEXT, now: datetime = NOW) -> None:
    Arrival.objects.keep(
        connection_id=world.connection.pk, delivery_key=None, headers={},
        body=slack.body_of(slack.event(text)), now=now,
    )  # fmt: skip


def test_drain_handles_inbox_and_outbox(world: World, workspace: FakeSlack) -> None:
    ts = written(world, workspace, TEXT)
    log(ts)
    arrives(world, "442: other")
    said = run("drain")
    assert "intake 1" in said
    assert "outbox 1" in said
    assert len(texts(workspace, ts)) == 1
    assert Message.objects.count() == 2


def test_drain_leaves_what_is_due_later(world: World, workspace: FakeSlack) -> None:
    ts = written(world, workspace, TEXT)
    log(ts)
    Delivery.objects.update(due_at=datetime.fromisoformat("2099-01-01T00:00:00Z"))
    assert "left waiting: 1" in run("drain")
    assert texts(workspace, ts) == []


def test_drain_until_empty_waits_for_retries(world: World, workspace: FakeSlack) -> None:
    ts = written(world, workspace, TEXT)
    log(ts, now=timezone.now())  # an old promise would be given up at its first failure
    workspace.switch("reset", path=POST, times=1)
    assert "left waiting: 0" in run("drain", "--until-empty", "--timeout", "30")
    assert len(texts(workspace, ts)) == 1


def test_drain_until_empty_says_what_still_waits(world: World, workspace: FakeSlack) -> None:
    log(written(world, workspace, TEXT))
    Delivery.objects.update(due_at=datetime.fromisoformat("2099-01-01T00:00:00Z"))
    with pytest.raises(CommandError, match="1 rows still wait after 0 s"):
        run("drain", "--until-empty", "--timeout", "0.3")


@pytest.fixture
def dead(world: World, workspace: FakeSlack) -> tuple[Arrival, Delivery]:
    """One dead letter of each kind; what killed them is mended."""
    ts = written(world, workspace, TEXT)
    log(ts)
    workspace.switch("error", path=POST, words="is_archived")
    works_on(1)
    workspace.clear()
    world.hears(slack.envelope({"type": "message", "channel": 7, "ts": None}, "Ev1"))
    return Arrival.objects.dead().get(), Delivery.objects.dead().get()


def test_replay_lists_dead_letters_with_their_cause(dead: tuple[Arrival, Delivery]) -> None:
    arrival, delivery = dead
    first, second = run("replay").splitlines()
    assert first.startswith(f"a{arrival.pk}  dsva: ")
    assert second == f"d{delivery.pk}  {delivery}: {delivery.last_error}"
    assert Arrival.objects.dead().exists()


def test_replay_takes_the_ones_it_is_told(
    dead: tuple[Arrival, Delivery], workspace: FakeSlack
) -> None:
    arrival, delivery = dead
    assert run("replay", f"d{delivery.pk}") == "replayed 0 arrivals and 1 deliveries\n"
    assert Arrival.objects.dead().get() == arrival
    works_on(1, NOW + timedelta(days=3650))
    delivery.refresh_from_db()
    assert delivery.state in {"sent", "held"}


def test_replay_takes_all(dead: tuple[Arrival, Delivery]) -> None:
    assert run("replay", "--all") == "replayed 1 arrivals and 1 deliveries\n"
    assert run("replay") == ""
    replayed = Change.objects.filter(verb="replayed").values_list("actor", "origin")
    assert list(replayed) == [("command", "command")] * 2


def test_replay_releases_what_is_held(world: World, workspace: FakeSlack) -> None:
    log(written(world, workspace, TEXT))
    Delivery.objects.update(held_at=NOW)
    assert run("replay", "--held") == "released 1 held deliveries\n"
    assert Delivery.objects.get().state == "waiting"
    assert run("replay", "--held") == "released 0 held deliveries\n"


@pytest.mark.parametrize("wrong", ["7", "x7", "a", "d7x", "a-7", "RC-12", ""])
def test_replay_refuses_what_is_no_id(dead: tuple[Arrival, Delivery], wrong: str) -> None:
    with pytest.raises(CommandError, match="is no dead letter's id"):
        run("replay", wrong)
    assert Delivery.objects.dead().count() == 1


def test_replay_takes_nothing_that_lives(world: World, workspace: FakeSlack) -> None:
    log(written(world, workspace, TEXT))
    waiting = Delivery.objects.get()
    assert run("replay", f"d{waiting.pk}") == "replayed 0 arrivals and 0 deliveries\n"
