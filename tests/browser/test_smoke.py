"""One box: on SQLite every main page opens in a browser, and a change comes by itself."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import full_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]


def test_the_pages_of_one_box(open_as: Open) -> None:
    scene = full_scene()
    for path in ("/", "/incidents/", "/boards/product/", "/sites/", "/oncall/", "/audit/"):
        page = open_as(scene.people["ana"], path)
        check_axe(page)
        page.context.close()
    page = open_as(scene.people["ana"], "/inbox/")
    expect(page.locator("[data-live-state]")).to_have_attribute(
        "data-words", "Live", timeout=15_000
    )
    message = scene.hears("636: it comes by itself", 1)
    expect(page.locator(f"#row-{message.pk}")).to_be_visible(timeout=15_000)
