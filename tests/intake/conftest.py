"""The programme most tests of the inbox happen in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.connections.models import Connection
from apps.incidents.models import Category, Queue
from apps.intake.models import Arrival
from apps.intake.work import process_due
from apps.rollouts.models import Product, Programme
from apps.simulator.fakes.slack import FakeSlack
from tests import build, slack

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)  # Monday of the ninth week, 10:40 Eastern


@dataclass
class World:
    programme: Programme
    connection: Connection
    product: Product

    def hears(self, *envelopes: dict[str, Any], at: datetime = NOW) -> int:
        """The envelopes arrive, and are processed."""
        for envelope in envelopes:
            Arrival.objects.keep(
                connection_id=self.connection.pk,
                delivery_key=None,
                headers={},
                body=slack.body_of(envelope),
                now=at,
            )
        return process_due(now=at)


@pytest.fixture
def world(db: None) -> World:
    """Omaha (636) in its first week, Cheyenne (442) past it, Ana and Ben, one Slack."""
    programme = build.programme(
        phases=[{"key": "servicenow", "label": "ServiceNow", "where_to_ask": "ServiceNow, Tier 2"}]
    )
    product = build.product(programme)
    build.go_live(build.site(), product, date(2022, 6, 27))
    cheyenne = build.site("442", "Cheyenne VA Medical Center", time_zone="America/Denver")
    build.go_live(cheyenne, product, date(2022, 6, 13))
    Queue.objects.create(programme=programme, name="Scheduling Support", tier=2)
    Queue.objects.create(programme=programme, name="eCheck-in Vet Facing Apps", tier=3, ours=True)
    Category.objects.create(programme=programme, key="link-qr", label="Link", words=["link", "qr"])
    build.rota(
        programme, primary=[build.person("ana", programme)], backup=[build.person("ben", programme)]
    )
    return World(programme, build.slack(programme, key="dsva"), product)


@pytest.fixture
def says(world: World) -> Callable[..., int]:
    return lambda text, **more: world.hears(slack.event(text, **more))


@pytest.fixture
def workspace(world: World) -> Iterator[FakeSlack]:
    """A Slack that answers, its clock at NOW; the world's connection points at it."""
    with FakeSlack(clock=NOW.timestamp) as fake:
        connection = world.connection
        connection.base_url = fake.api_url
        connection.secrets = {"signing_secret": slack.SECRET, "bot_token": fake.token}
        connection.save()
        yield fake
