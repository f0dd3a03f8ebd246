"""A hand-over in a browser: written, handed over, seen at once by who comes, acknowledged by key;
every state in every mode."""

import pytest
from playwright.sync_api import Page, expect

from apps.oncall.models import HandOver, ShiftBrief
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import full_scene, make_scene, passing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
LATER = 15_000  # ms until something must have happened elsewhere; a guard
WIDTHS = [1440, 360]


def fits(page: Page) -> None:
    check_axe(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], page.url  # type: ignore[index]  # there is one


def test_a_shift_is_handed_over_and_acknowledged(open_as: Open) -> None:
    scene = make_scene()
    row = passing(scene)
    ana = open_as(scene.people["ana"], "/oncall/mine/")
    ben = open_as(scene.people["ben"], "/oncall/mine/")
    ana.get_by_role("link", name="Write the note for Ben Boyd").click()
    ana.get_by_label("Open items").fill("The kiosk in Omaha waits for a part")
    ana.get_by_label("What to watch").fill("Text messages are slow")
    ana.get_by_role("button", name="Keep as draft").click()
    expect(ana.locator("[data-toast]")).to_contain_text("The draft is kept.")
    ana.get_by_role("button", name="Hand over to Ben Boyd").click()
    expect(ana.locator("[data-toast]")).to_contain_text("Handed over to Ben Boyd.")
    check_axe(ana)
    read = ben.get_by_role("link", name="Read the hand-over from Ana Ortiz")
    expect(read).to_be_visible(timeout=LATER)
    check_axe(ben)
    read.click()
    expect(ben.get_by_text("The kiosk in Omaha waits for a part")).to_be_visible()
    ben.keyboard.press("a")
    expect(ben.locator("[data-toast]")).to_contain_text("Acknowledged")
    check_axe(ben)
    assert HandOver.objects.get(pk=row.pk).acknowledged_by == "ben"


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_in_every_mode(open_as: Open, width: int) -> None:
    scene = full_scene()
    row = HandOver.objects.get(duty="primary", incoming=scene.people["ben"])
    brief = ShiftBrief.objects.get(person=scene.people["ben"], duty="primary")
    options = {"viewport": {"width": width, "height": 900}}
    for who in ("ana", "ben"):
        page = open_as(scene.people[who], f"/oncall/hand-overs/{row.pk}/", **options)
        fits(page)
        for path in (f"/oncall/briefs/{brief.pk}/", "/oncall/hand-overs/", "/oncall/mine/", "/"):
            page.goto(path)
            fits(page)


def test_it_works_without_scripts(open_as: Open) -> None:
    scene = make_scene()
    row = passing(scene)
    page = open_as(scene.people["ana"], f"/oncall/hand-overs/{row.pk}/", java_script_enabled=False)
    page.get_by_label("Open items").fill("A kiosk")
    page.get_by_role("button", name="Hand over to Ben Boyd").click()
    assert HandOver.objects.get(pk=row.pk).state == "handed"
    expect(page.get_by_role("button", name="Hand over again")).to_be_visible()
