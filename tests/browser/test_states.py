"""States of pages that only a key, a click or a mishap shows: axe finds nothing in them."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from playwright.sync_api import Page, expect

from apps.accounts.models import Person
from apps.core.refusals import refuse, server_error
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import full_scene, make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]


def test_menus_bars_toasts_and_refused_forms(open_as: Open) -> None:
    scene = full_scene()
    page = open_as(scene.people["ana"], "/incidents/?state=open")
    page.locator("input[name=ticket]").first.check()
    expect(page.locator("[data-bulk]")).to_be_visible()
    page.locator(".me").click()
    expect(page.locator("#me-menu")).to_be_visible()
    check_axe(page)
    page.keyboard.press("Escape")
    page.locator("[data-bulk] select").select_option("ben")
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("assigned to Ben")
    page.get_by_text("Save this view").click()
    check_axe(page)
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/boards/items/new/")
    page.get_by_role("button", name="Make work item").click()
    expect(page.locator(".errors")).to_be_focused()
    check_axe(page)
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.locator("#side")).to_be_visible()
    check_axe(page)


def show_refusal(page: Page, status: int, person: Person) -> None:
    """A refusal that nothing in a test can bring about, as the portal words it."""
    request = RequestFactory().get("/refused/")
    request.user, request.session = person, SessionStore()
    answer = server_error(request) if status == 500 else refuse(request, status)
    page.route("**/refused/", lambda route: route.fulfill(
        status=status, body=answer.content, content_type="text/html"
    ))  # fmt: skip
    page.goto("/refused/")
    page.unroute("**/refused/")


def test_refusals_and_the_status_page(open_as: Open) -> None:
    vic = make_scene().people["vic"]
    page = open_as(vic, "/account/")
    for path, title in (("/boards/items/new/", "You may not see this"), ("/status/", "Status"),
                        ("/no/such/", "There is nothing here"), ("/?%00", "cannot be read"),
                        ("/lock/", "cannot be done here")):  # fmt: skip
        page.goto(path)
        expect(page.locator("h1")).to_contain_text(title)
        check_axe(page)
    for status in (409, 503):
        show_refusal(page, status, vic)
        expect(page.locator(".refusal")).to_be_visible()
        check_axe(page)
