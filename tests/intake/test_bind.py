"""A channel nobody knew gets its programme; what waited in it gets proposals."""

from typing import Any

import pytest

from apps.intake.choices import Purpose
from apps.intake.models import Channel, Message
from apps.intake.services import UnableToBind, bind_channel
from apps.ledger.models import Change
from apps.rollouts.models import Programme
from tests import build, slack
from tests.intake.conftest import NOW, World
from tests.intake.handling import TEXT


@pytest.fixture
def other(world: World) -> Programme:
    """A second programme on the same connection, so that nobody knows whose a channel is."""
    made = build.programme()
    made.connections.add(world.connection)
    world.hears(slack.event(TEXT, channel="C0UNKNOWN"))
    return made


def bind(programme: Programme, **about: Any) -> Channel:
    facts: dict[str, Any] = {"site": None, "wave": None, "actor": "ana", "origin": "page"}
    channel = Channel.objects.get(external_id="C0UNKNOWN")
    return bind_channel(channel_id=channel.pk, programme=programme, now=NOW, **(facts | about))


def test_it_gives_what_waits_its_proposals(world: World, other: Programme) -> None:
    assert Message.objects.get().site is None
    assert bind(world.programme).purpose == Purpose.SUPPORT
    found = Message.objects.get()
    assert (found.programme, found.phase) == (world.programme, "go_live_week")
    assert found.site is not None
    assert found.site.number == "636"


def test_it_tells_the_ledger_once(world: World, other: Programme) -> None:
    bind(world.programme)
    bind(world.programme)
    change = Change.objects.get(subject="channel", verb="bound", programme_id=world.programme.pk)
    assert (change.actor, change.origin) == ("ana", "page")
    left = Change.objects.get(subject="channel", verb="bound", programme_id=other.pk)
    assert left.fields == {}


def test_while_nobody_knows_whose_it_is_each_programme_is_told(
    world: World, other: Programme
) -> None:
    theirs = build.person("pam", other)
    for person in (build.person("ana"), theirs):
        heard = Change.objects.visible_to(person).filter(subject="message", verb="received")
        assert heard.count() == 1
    bind(world.programme)
    world.hears(slack.event("Still dark", channel="C0UNKNOWN", ts="1656340801.000100"))
    assert Change.objects.filter(subject="message", verb="received").count() == 3
    assert Change.objects.visible_to(theirs).filter(subject="message").count() >= 1
    later = Change.objects.filter(subject="message").order_by("-pk")[0]
    assert later.programme_id == world.programme.pk


def test_it_may_be_about_one_site(world: World, other: Programme) -> None:
    Message.objects.update(text="it fails")
    channel = bind(world.programme, site=build.site("442"))
    assert channel.purpose == Purpose.GO_LIVE
    found = Message.objects.get()
    assert found.site is not None
    assert found.site.number == "442"


def test_it_may_be_about_a_wave(world: World, other: Programme) -> None:
    wave = build.wave(world.programme)
    assert bind(world.programme, wave=wave).wave == wave


def test_it_refuses_a_channel_of_another_programme(world: World, other: Programme) -> None:
    bind(other)
    with pytest.raises(UnableToBind, match="already") as refused:
        bind(world.programme)
    assert refused.value.field == "programme"


def test_it_refuses_a_programme_that_does_not_use_the_connection(
    world: World, other: Programme
) -> None:
    with pytest.raises(UnableToBind, match="does not use the connection"):
        bind(build.programme())


def test_it_refuses_sites_and_waves_of_others(world: World, other: Programme) -> None:
    with pytest.raises(UnableToBind, match="not part of") as refused:
        bind(other, site=build.site("442"))
    assert refused.value.field == "site"
    with pytest.raises(UnableToBind, match="not part of") as refused:
        bind(other, wave=build.wave(world.programme))
    assert refused.value.field == "wave"
    assert Channel.objects.get().programme is None
