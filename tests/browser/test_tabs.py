"""Several tabs of one person: none starves the others, and they are locked together."""

import pytest
from playwright.sync_api import Page, expect

from apps.incidents.services import Asked, acknowledge
from tests import build
from tests.browser.conftest import Open, give_password
from tests.browser.scene import make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
PASSWORD = "a long enough password"
SOON, LATER = 5_000, 20_000  # ms
MINUTE = 60_000  # ms
HIDE = """(isHidden) => {
  Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def tab_of(page: Page, path: str) -> Page:
    """Another tab of the same browser."""
    tab = page.context.new_page()
    tab.goto(path)
    return tab


def test_many_tabs_leave_the_browser_room_for_pages(open_as: Open) -> None:
    scene = make_scene()
    first = open_as(scene.people["ana"], "/inbox/")
    tabs = [tab_of(first, "/inbox/") for _ in range(7)]
    expect(tabs[-1].locator("[data-live-state]")).to_have_attribute(
        "data-words", "Live", timeout=LATER
    )
    message = scene.hears("636: the kiosk is dark", 1)
    for tab in (first, *tabs):
        expect(tab.locator(f"#row-{message.pk}")).to_be_visible(timeout=LATER)


def test_a_tab_nobody_sees_has_no_stream_and_misses_nothing(open_as: Open) -> None:
    scene = make_scene()
    page = open_as(scene.people["ana"], "/inbox/")
    live = page.locator("[data-live-state]")
    expect(live).to_have_attribute("data-words", "Live", timeout=LATER)
    page.clock.install()
    page.evaluate(HIDE, True)
    page.clock.run_for(6_000)
    message = scene.hears("636: the kiosk is dark", 1)
    with page.expect_request("**/api/v1/stream/**", timeout=LATER):
        page.evaluate(HIDE, False)
    page.clock.resume()
    expect(page.locator(f"#row-{message.pk}")).to_be_visible(timeout=LATER)


def test_a_refresh_leaves_open_what_somebody_opened(open_as: Open) -> None:
    scene = make_scene()
    build.servicenow(scene.programme)
    ticket = scene.ticket("636: the kiosk is dark", 3)
    page = open_as(scene.people["ana"], f"/incidents/{ticket.number}/")
    live = page.locator("[data-live-state]")
    expect(live).to_have_attribute("data-words", "Live", timeout=LATER)
    menu, copy = page.locator("#ticket details.rowmenu"), page.locator("#ticket details.more")
    copy.locator("summary").click()
    menu.locator("summary").click()
    asked = Asked(actor="ben", origin="page", now=scene.now)
    acknowledge(incident=ticket, asked=asked)
    page.wait_for_timeout(1_500)
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("#ticket")).to_contain_text("Acknowledged", timeout=LATER)
    expect(copy).to_have_attribute("open", "")


def test_tabs_are_locked_and_unlocked_together(open_as: Open) -> None:
    scene = make_scene()
    give_password(scene.people["ana"], PASSWORD)
    page = open_as(scene.people["ana"], "/")
    other = tab_of(page, "/boards/items/new/")
    other.locator("#id_title").fill("Half a thought")
    page.locator(".me").click()
    with page.expect_response("**/lock/"):
        page.locator("[data-lock]").click()
    expect(other.locator("#lock-screen")).to_be_visible(timeout=LATER)
    expect(other.locator(".shell")).to_be_hidden()
    other.keyboard.press("Escape")
    other.keyboard.press("Escape")
    expect(other.locator("#unlock-password")).to_be_focused()
    other.keyboard.type(PASSWORD)
    other.keyboard.press("Enter")
    for tab in (page, other):
        expect(tab.locator("#lock-screen")).to_be_hidden(timeout=LATER)
    expect(other.locator("#id_title")).to_have_value("Half a thought")


def test_an_answer_from_before_the_unlocking_locks_nothing(open_as: Open) -> None:
    page = open_as(make_scene().people["ana"], "/boards/items/new/")
    page.locator("#id_title").fill("Half a thought")
    refused = 'document.dispatchEvent(new CustomEvent("rollcall:refused", { detail: 423 }))'
    with page.expect_response("**/duty/counts/"):
        page.evaluate(refused)
    expect(page.locator("#lock-screen")).to_be_hidden(timeout=SOON)
    expect(page.locator("#id_title")).to_have_value("Half a thought")


def test_who_works_in_another_tab_keeps_this_one_open(open_as: Open) -> None:
    scene = make_scene()
    page = open_as(scene.people["ana"], "/")
    page.clock.install()
    page.reload()
    other = tab_of(page, "/account/")
    other.keyboard.press("Shift")
    page.evaluate("localStorage.seen = String(Date.now() + 14 * 60000)")  # as the other one, later
    page.clock.run_for(16 * MINUTE)
    expect(page.locator("#lock-screen")).to_be_hidden()
    page.clock.run_for(14 * MINUTE)
    expect(page.locator("#lock-screen")).to_be_visible()
    expect(other.locator("#lock-screen")).to_be_visible(timeout=SOON)


def test_drafts_are_those_of_the_person(open_as: Open) -> None:
    scene = make_scene()
    page = open_as(scene.people["ana"], "/boards/items/new/")
    page.locator("#id_title").fill("Half a thought")
    kept = page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('draft:'))")
    assert len(kept) == 1
    assert kept[0].startswith("draft:ana:")
