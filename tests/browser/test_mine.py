"""One's own ways in a browser: switched, added, removed; what is wrong is said with its field."""

import pytest
from playwright.sync_api import expect

from apps.paging.models import ContactMethod, QuietHours
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
WIDTHS = [1440, 360]


@pytest.mark.parametrize("width", WIDTHS)
def test_ways_and_quiet_hours_are_chosen(open_as: Open, width: int) -> None:
    scene = make_scene()
    ana = scene.people["ana"]
    ana.email = "ana@example.gov"
    ana.save(update_fields=["email"])
    page = open_as(ana, "/paging/mine/",
                   viewport={"width": width, "height": 800})  # fmt: skip
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    check_axe(page)
    page.get_by_label("Work hours by E-mail").uncheck()
    page.get_by_label("Quiet hours").fill("funday 22:00-07:00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".errors")).to_be_focused()
    check_axe(page)
    page.get_by_label("Quiet hours").fill("mon-fri 22:00-07:00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-toast]")).to_contain_text("Your ways are saved.")
    check_axe(page)
    assert QuietHours.objects.get().hours == {"mon-fri": "22:00-07:00"}
    assert not ContactMethod.objects.get().in_work_hours


def test_a_service_is_added_and_removed_without_scripts(open_as: Open) -> None:
    page = open_as(make_scene().people["ana"], "/paging/mine/", java_script_enabled=False)
    page.get_by_role("link", name="Add another service").click()
    page.get_by_role("button", name="Add it").click()
    expect(page.locator(".errors")).to_contain_text("Write the address of the service.")
    page.get_by_label("Address").fill("pover://user@token")
    page.get_by_label("What you call it").fill("My phone")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_label("Work hours by My phone")).to_be_checked()
    expect(page.locator("body")).not_to_contain_text("user@token")
    page.get_by_role("link", name="Remove… My phone").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_label("Work hours by My phone")).to_have_count(0)
    assert not ContactMethod.objects.exists()
