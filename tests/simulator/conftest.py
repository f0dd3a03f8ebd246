"""The fakes as fixtures: fresh for each test."""

from collections.abc import Iterator

import pytest

from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack


@pytest.fixture
def now_instance() -> Iterator[FakeServiceNow]:
    with FakeServiceNow() as fake:
        yield fake


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    with FakeSlack(channels=["C0HELP", "C0OTHER", "C0PRIVATE"], not_in=["C0PRIVATE"]) as fake:
        yield fake
