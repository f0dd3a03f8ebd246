"""A page in a browser: acknowledged by the link of a mail, and in the list without scripts."""

import re
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import expect

from apps.core.models import Heartbeat
from apps.outbox.work import deliver_due
from apps.paging.models import Page
from apps.paging.work import take_due
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import Scene, make_scene
from tests.paging.rows import MINUTE, ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
WIDTHS = [1440, 360]


def paged() -> tuple[Scene, str]:
    """A ticket of severity 1 Ana was told of; returns the path of her mail's link."""
    scene = make_scene()
    for person in scene.people.values():
        person.email = f"{person.username}@example.gov"
        person.save(update_fields=["email"])
    Heartbeat.objects.beat("outbox", scene.now)
    ticket(scene.programme, at=scene.now)
    take_due(now=scene.now)
    deliver_due(now=scene.now + MINUTE)
    link = re.search(r"https?://[^/]+(/paging/link/\S+)", str(mail.outbox[0].body))
    assert link is not None
    return scene, link[1]


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_acknowledged_by_the_link_of_a_mail(open_as: Open, width: int) -> None:
    scene, path = paged()
    options: Any = {"viewport": {"width": width, "height": 800}}
    listed = open_as(scene.people["ben"], "/paging/", **options)
    expect(listed.locator(".paging-told")).to_contain_text("Ana Ortiz")
    check_axe(listed)
    page = open_as(None, path, **options)
    check_axe(page)
    assert Page.objects.get().state == "open"
    page.keyboard.press("Enter")  # the button has the focus
    expect(page.locator(".note")).to_contain_text("You have it")
    check_axe(page)
    assert Page.objects.get().acknowledged_through == "link"
    late = open_as(scene.people["ben"], "/paging/?state=past", **options)
    expect(late.locator(".panel-head .badge")).to_contain_text("Acknowledged")
    check_axe(late)


def test_it_is_acknowledged_and_taken_back_without_scripts(open_as: Open) -> None:
    scene, _ = paged()
    page = open_as(scene.people["ben"], "/paging/", java_script_enabled=False)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("heading", name="Paging")).to_be_visible()
    assert Page.objects.get().acknowledged_by == "ben"
    page.get_by_role("link", name="Acknowledged", exact=True).click()
    page.get_by_role("button", name="Page again").click()
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.locator("section.panel")).to_have_count(1)
    assert Page.objects.get().state == "open"
