"""A programme with a fake ServiceNow, and tickets that wait for their record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.connections.models import Connection
from apps.incidents.models import Incident, Queue
from apps.incidents.services import Draft, open_incident
from apps.rollouts.models import Programme
from apps.servicenow.services import promise_record
from apps.simulator.fakes.servicenow import FakeServiceNow
from tests import build

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)


@dataclass
class World:
    programme: Programme
    connection: Connection
    snow: FakeServiceNow

    def records(self, incident: Incident) -> list[Any]:
        """What ServiceNow has for our correlation id."""
        assert self.snow.quiet()
        return list(self.snow.records(correlation_id=str(incident.key)))


@pytest.fixture
def world(db: None) -> Iterator[World]:
    programme = build.programme()
    with FakeServiceNow() as snow:
        connection = build.servicenow(
            programme,
            snow.url,
            key="snow",
            settings={"auth": "basic", "username": snow.username, "groups": ["Support"]},
            secrets={"password": snow.password},
        )
        yield World(programme, connection, snow)


@pytest.fixture
def opened(world: World) -> Callable[..., Incident]:
    """Opens a ticket whose record is promised."""

    def make(**draft: Any) -> Incident:
        queue, _ = Queue.objects.get_or_create(programme=world.programme, name="Support")
        facts: dict[str, Any] = {
            "programme": world.programme,
            "title": "636 Omaha: check-in link gives an error",
            "description": "Veteran [name] cannot check in",
            "severity": 2,
            "source": "slack",
            "queue": queue,
            "site": build.site(),
        }
        incident = open_incident(
            draft=Draft(**facts | draft),
            assignee=build.person("ana", world.programme),
            assigned_because="on duty",
            actor="ana",
            origin="api",
            now=NOW,
        )
        promise_record(incident=incident, now=NOW)
        return incident

    return make
