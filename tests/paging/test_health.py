"""Health of paging: pages nobody answered are a trouble, somebody's own test is none."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from apps.paging import services
from apps.paging.health import paging
from apps.paging.models import Page
from tests.pages import at_work, text_of
from tests.paging.rows import NOW, goes_on, someone, staffed, ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


def ana_tests() -> None:
    """Ana pages herself; she is told, and has not looked yet."""
    programme = staffed()
    services.page_me(programme=programme, person=someone("ana"), token="t", origin="page", now=NOW)
    assert goes_on(0) == 1


def test_a_test_that_was_told_is_no_trouble() -> None:
    ana_tests()
    found = paging(NOW)
    assert (found.state, found.words) == ("ok", "0 open, 0 unanswered")


def test_a_test_waits_for_who_asked_and_has_no_last_resort() -> None:
    ana_tests()
    page = text_of(at_work(someone("ana")).get("/paging/"))
    assert "Not acknowledged yet" in page
    assert "Nobody answered" not in page
    assert "Last resort" not in page


def test_a_page_nobody_answered_is_a_trouble() -> None:
    row = ticket(staffed()).pages.get()
    Page.objects.filter(pk=row.pk).update(dead_at=NOW, due_at=NOW)
    found = paging(NOW)
    assert (found.state, found.words) == ("degraded", "0 open, 1 unanswered")
    page = text_of(at_work(someone("ana")).get("/paging/"))
    assert "Nobody answered" in page
