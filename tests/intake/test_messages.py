"""What arrives becomes messages: once, masked, with proposals, in whatever order it comes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.intake.choices import Exit
from apps.intake.models import Arrival, Channel, Message
from apps.ledger.models import Change
from tests import build, slack
from tests.intake.conftest import NOW, World

TS = "1656340800.000100"
TEXT = "636 Omaha: check-in link gives an error, MSA has to check people in by hand"


def test_it_proposes_what_the_engineer_confirms(world: World, says: Callable[..., int]) -> None:
    assert says(TEXT) == 1
    message = Message.objects.get()
    assert message.site is not None
    assert message.category is not None
    assert message.queue is not None
    assert (message.site.number, message.product, message.phase) == (
        "636",
        world.product,
        "go_live_week",
    )
    assert (message.category.key, message.severity) == ("link-qr", 2)
    assert message.queue.name == "eCheck-in Vet Facing Apps"
    assert (message.exit, message.programme) == (Exit.NONE, world.programme)


def test_it_recognises_a_site_by_its_name(says: Callable[..., int]) -> None:
    says("cheyenne: the QR code returns nothing")
    message = Message.objects.get()
    assert (message.site and message.site.number, message.phase) == ("442", "servicenow")


def test_it_keeps_a_message_without_a_recognisable_site(says: Callable[..., int]) -> None:
    says("the link gives an error")
    message = Message.objects.get()
    assert (message.site, message.phase) == (None, "")
    assert Message.objects.inbox().count() == 1


def test_it_masks_what_is_shown_and_encrypts_the_original(says: Callable[..., int]) -> None:
    says("636: Veteran John Smith, SSN 123-45-6789")
    message = Message.objects.get()
    assert message.text == "636: Veteran [name], SSN [SSN]"
    assert message.original == "636: Veteran John Smith, SSN 123-45-6789"
    assert sorted(message.found) == ["SSN", "name"]
    assert "Smith" not in str(list(Change.objects.values_list("fields", flat=True)))


def test_it_has_one_message_for_other_event_ids_and_the_mention_of_it(world: World) -> None:
    mention = slack.event(TEXT, event_id="Ev9")
    mention["event"]["type"] = "app_mention"
    world.hears(*[slack.event(TEXT, event_id=f"Ev{number}") for number in range(5)], mention)
    assert Message.objects.count() == 1
    assert Arrival.objects.filter(done_at=None).count() == 0


def test_it_takes_edits_in_the_order_of_the_source(world: World) -> None:
    late = slack.edited("442: second edit", ts=TS, at="1656340900.000000")
    early = slack.edited("636: first edit", ts=TS, at="1656340850.000000")
    world.hears(late, early, slack.event(TEXT))
    message = Message.objects.get()
    assert message.text == "442: second edit"
    assert message.site is not None
    assert message.site.number == "442"


def test_it_keeps_a_deletion_whatever_comes_later(world: World) -> None:
    gone = slack.deleted(ts=TS, at="1656340950.000000")
    world.hears(gone, slack.event(TEXT), slack.edited("636: edit", ts=TS, at="1656340960.000000"))
    message = Message.objects.get()
    assert message.deleted_at is not None
    assert not Message.objects.inbox().exists()


EVENTS = st.permutations(
    [
        slack.event(TEXT),
        slack.event(TEXT, event_id="Ev7"),
        slack.edited("636: one", ts=TS, at="1656340850.000000"),
        slack.edited("636: two", ts=TS, at="1656340900.000000"),
    ]
)


@settings(
    max_examples=24, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EVENTS)
def test_it_ends_the_same_in_every_order(world: World, events: list[dict[str, object]]) -> None:
    Message.objects.all().delete()
    world.hears(*events)
    assert Message.objects.get().text == "636: two"


def test_it_ignores_its_own_posts(world: World) -> None:
    world.hears(slack.event("Logged as RC-1", bot_id="B1", app_id="A0ROLLCALL"))
    assert Message.objects.count() == 0
    assert Arrival.objects.get().outcome == "our own post"


def test_it_keeps_the_posts_of_other_bots_out_of_the_inbox(world: World) -> None:
    world.hears(slack.event("[Triggered] error rate", bot_id="B2", app_id="A0OTHER"))
    assert (Message.objects.count(), Message.objects.inbox().count()) == (1, 0)


def test_it_keeps_an_unknown_channel_for_the_only_programme(world: World) -> None:
    world.hears(slack.event(TEXT, channel="C0UNKNOWN"))
    message = Message.objects.get()
    assert (message.channel.external_id, message.programme) == ("C0UNKNOWN", world.programme)
    assert message.site is not None


def test_it_keeps_a_message_of_an_unknown_channel_of_two_programmes_for_both(world: World) -> None:
    other = build.programme()
    other.connections.add(world.connection)
    world.hears(slack.event(TEXT, channel="C0UNKNOWN"))
    message = Message.objects.get()
    assert message.programme is None
    for programme in (world.programme, other):
        assert message in Message.objects.visible_to(build.person("vic", programme))


def test_it_takes_the_channels_site_when_the_text_names_none(world: World) -> None:
    Channel.objects.create(
        connection=world.connection, external_id=slack.CHANNEL, programme=world.programme,
        site=build.site("442"),
    )  # fmt: skip
    world.hears(slack.event("the link gives an error"))
    message = Message.objects.get()
    assert message.site is not None
    assert message.site.number == "442"


def test_it_buries_what_it_cannot_read_with_its_cause(world: World) -> None:
    broken = slack.envelope({"type": "message", "channel": 7, "ts": None}, "Ev1")
    world.hears(broken)
    arrival = Arrival.objects.get()
    assert (arrival.state, bool(arrival.last_error)) == ("dead", True)
    assert Change.objects.filter(subject="arrival", verb="given_up").count() == 1


def test_it_says_of_other_events_that_they_are_not_about_a_message(world: World) -> None:
    world.hears(slack.envelope({"type": "channel_created", "channel": {"id": "C1"}}, "Ev1"))
    assert Arrival.objects.get().outcome == "nothing about a message"


@pytest.mark.parametrize("seconds", [29, 31])
def test_it_takes_over_only_after_the_lease(world: World, seconds: int) -> None:
    Arrival.objects.keep(
        connection_id=world.connection.pk, delivery_key=None, headers={},
        body=slack.body_of(slack.event(TEXT)), now=NOW,
    )  # fmt: skip
    Arrival.objects.claim(now=NOW, limit=1, term=timedelta(seconds=30))
    assert world.hears(at=NOW + timedelta(seconds=seconds)) == (0 if seconds < 30 else 1)


ROOT = "1656340000.000100"


def test_it_lists_a_reply_whose_root_it_never_heard_of(says: Callable[..., int]) -> None:
    says(TEXT, thread_ts=ROOT)
    message = Message.objects.inbox().get()
    assert message.site is not None
    assert message.thread_ref == ROOT


@pytest.mark.parametrize(
    "root",
    [
        slack.event("from a form", ts=ROOT, event_id="Ev0", bot_id="B2", app_id="A0OTHER"),
        slack.deleted(ts=ROOT, at="1656340001.000000", event_id="Ev0"),
    ],
)
def test_it_lists_a_reply_whose_root_cannot_take_it_along(
    world: World, root: dict[str, object]
) -> None:
    world.hears(root, slack.event(TEXT, thread_ts=ROOT))
    assert Message.objects.inbox().get().thread_ref == ROOT


def test_it_lists_a_thread_once(world: World) -> None:
    world.hears(slack.event(TEXT, ts=ROOT, event_id="Ev0"), slack.event("more", thread_ts=ROOT))
    assert Message.objects.inbox().get().source_ref == ROOT
