"""The arena of a test: rows that are really committed, fakes with empty ledgers."""

from collections.abc import Iterator

import pytest
from django.db import connections

from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack
from tests.crash.arena import Arena


@pytest.fixture
def arena(transactional_db: None) -> Iterator[Arena]:
    with FakeServiceNow() as servicenow, FakeSlack() as slack:
        made = Arena(servicenow, slack)
        made.seed()
        yield made
        connections.close_all()
