"""Fixtures of the tests of on-call."""

import pytest
from django.utils import timezone
from pytest_django import Settings


@pytest.fixture
def at_its_now(request: pytest.FixtureRequest, settings: Settings) -> None:
    """The portal's clock shows the NOW of the test's file."""
    settings.CLOCK_OFFSET = (request.module.NOW - timezone.now()).total_seconds()
