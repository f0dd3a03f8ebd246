"""A holiday's downtime in a browser: adjusted, copied, confirmed by key, taken back; the fairness
ledger filtered; every state in every mode."""

import re

import pytest
from playwright.sync_api import Page, expect

from apps.oncall.models import HolidayDuty
from apps.oncall.services import Wanted, confirm_holiday
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import holiday, make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
WIDTHS = [1440, 360]


def fits(page: Page) -> None:
    check_axe(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], page.url  # type: ignore[index]  # there is one


def test_a_downtime_is_adjusted_confirmed_and_taken_back(open_as: Open) -> None:
    scene = make_scene()
    row = holiday(scene)
    page = open_as(scene.people["ana"], "/oncall/mine/")
    page.get_by_role("link", name="Open the downtime for Founders' day").click()
    expect(page.get_by_text("Rollcall does not create the downtime itself yet.")).to_be_visible()
    page.get_by_text("Other hours or monitors…").click()
    page.get_by_label("What to mute").fill("monitor:42")
    check_axe(page)
    page.get_by_role("button", name="Keep these").click()
    expect(page.locator("[data-toast]")).to_contain_text("Adjusted")
    expect(page.get_by_label("For its API")).to_have_value(re.compile("42"))
    page.keyboard.press("a")
    expect(page.locator("[data-toast]")).to_contain_text("Confirmed")
    check_axe(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="It is in Datadog: confirm")).to_be_visible()
    assert HolidayDuty.objects.get(pk=row.pk).state == "prepared"


@pytest.mark.parametrize("width", WIDTHS)
def test_every_state_in_every_mode(open_as: Open, width: int) -> None:
    scene = make_scene()
    row = holiday(scene)
    options = {"viewport": {"width": width, "height": 900}}
    page = open_as(scene.people["ana"], f"/oncall/holidays/{row.pk}/", **options)
    page.get_by_text("Other hours or monitors…").click()
    page.get_by_text("Not needed…").click()
    fits(page)
    paths = ("/oncall/holidays/", "/oncall/mine/", "/", "/oncall/fairness/",
             "/oncall/fairness/?from=2022-01-01&to=2024-01-01")  # fmt: skip
    for path in paths:
        page.goto(path)
        fits(page)
    confirm_holiday(duty=row, wanted=Wanted(actor="ana", origin="page", now=scene.now))
    for path in (f"/oncall/holidays/{row.pk}/", "/oncall/holidays/"):
        page.goto(path)
        fits(page)


def test_they_work_without_scripts(open_as: Open) -> None:
    scene = make_scene()
    row = holiday(scene)
    ana = scene.people["ana"]
    page = open_as(ana, f"/oncall/holidays/{row.pk}/", java_script_enabled=False)
    page.get_by_text("Not needed…").click()
    page.get_by_label("Why it is not needed").fill("Nothing is monitored")
    page.get_by_role("button", name="Put aside").click()
    expect(page.get_by_text("Not needed, says Ana Ortiz")).to_be_visible()
    page.goto("/oncall/fairness/")
    page.get_by_label("Duty").select_option("primary")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row", name=re.compile("Ana Ortiz"))).to_be_visible()
