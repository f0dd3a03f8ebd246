"""The shell: sign-in, palette, help, keys, colours, the lock that keeps drafts; other modes."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from apps.accounts.middleware import LOCKED
from apps.oncall.models import Rota
from apps.oncall.services import Stand, put_on_duty
from tests import build
from tests.browser.axe import check_axe
from tests.browser.conftest import Open, Watched, give_password
from tests.browser.scene import full_scene, make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
PASSWORD = "a long enough password"
PASSED = "document.querySelector('#duty-strip [data-until]').dataset.until = '2000-01-01'"
LATER = 20_000  # ms; a wrong password is checked slowly on purpose


def test_somebody_signs_in_by_keyboard(open_as: Open) -> None:
    scene = make_scene()
    ana = scene.people["ana"]
    give_password(ana, PASSWORD)
    page = open_as(None, "/incidents/?state=open")
    expect(page).to_have_url("/sign-in/?next=/incidents/%3Fstate%3Dopen")
    page.wait_for_load_state()  # the keys come with the scripts
    page.locator("#id_username").focus()
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong password")
    page.keyboard.press("Enter")
    expect(page.locator(".errors")).to_be_focused(timeout=LATER)
    check_axe(page)
    page.locator("#id_username").fill("ana")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/incidents/?state=open", timeout=LATER)


def test_the_first_tab_skips_to_the_content(open_as: Open) -> None:
    page = open_as(make_scene().people["ana"], "/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_palette_finds_sites_tickets_people_and_pages(open_as: Open) -> None:
    scene = full_scene()
    page = open_as(scene.people["ana"], "/incidents/")
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("636")
    first = page.locator("#palette-list [role=option]").first
    expect(first).to_contain_text("Omaha")
    check_axe(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/sites/636/")
    page.wait_for_load_state()  # the keys come with the scripts
    page.keyboard.press("/")
    page.keyboard.type("apostrophes zzz")
    expect(page.locator("#palette")).to_contain_text("Nothing found")
    check_axe(page)


def test_the_search_box_lets_the_tab_key_pass(open_as: Open) -> None:
    page = open_as(make_scene().people["ana"], "/account/")
    page.wait_for_load_state()
    box, palette = page.locator("#gsearch"), page.locator("#palette")
    for _ in range(3):  # skip link, brand, box
        page.keyboard.press("Tab")
    expect(box).to_be_focused()
    expect(palette).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(palette).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    expect(box).to_be_focused()
    page.keyboard.type("63")
    expect(palette).to_be_visible()
    expect(page.locator("#palette-q")).to_have_value("63")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.locator(".strip-one").first).to_be_focused()


def test_the_strip_follows_overrides_and_the_hand_over(open_as: Open) -> None:
    scene = make_scene()
    page = open_as(scene.people["ana"], "/account/", viewport={"width": 360, "height": 700})
    state = page.locator("[data-live-state]")
    expect(state).to_have_attribute("data-words", "Live", timeout=LATER)
    first = page.locator("#duty-strip .strip-one").first
    expect(first).to_be_visible()
    for who in ("dev", "pam"):
        later = scene.now + timedelta(hours=1)
        stand = Stand(duty="primary", person=scene.people[who], start=scene.now, end=later)
        put_on_duty(rota=Rota.objects.get(), stand=stand, actor="dee", origin="page", now=scene.now)
        expect(first).to_contain_text(str(scene.people[who]), timeout=LATER)
    with page.expect_request("**/duty/strip/", timeout=LATER):
        page.evaluate(PASSED)
    expect(page.locator("#duty-strip [data-until]")).to_have_count(1)
    check_axe(page)


def test_keys_go_places_and_help_lists_them(open_as: Open) -> None:
    page = open_as(make_scene().people["ana"], "/")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("Delivery board")
    check_axe(page)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page).to_have_url("/inbox/")


def test_colours_are_remembered(open_as: Open) -> None:
    page = open_as(make_scene().people["ana"], "/", color_scheme="light")
    switch = page.locator("[data-theme-switch]")
    switch.click()
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    check_axe(page)


def test_the_lock_covers_the_page_and_keeps_the_draft(open_as: Open) -> None:
    scene = full_scene()
    ana = scene.people["ana"]
    give_password(ana, PASSWORD)
    page = open_as(ana, "/boards/items/new/")
    page.locator("#id_title").fill("Half a thought")
    page.locator(".me").click()
    page.locator("[data-lock]").click()
    expect(page.locator("#lock-screen")).to_be_visible()
    expect(page.locator(".shell")).to_be_hidden()
    expect(page.locator("[data-lock-counts]")).to_contain_text("Inbox")
    check_axe(page)
    page.locator("#unlock-password").fill("wrong password")
    page.keyboard.press("Enter")
    expect(page.locator("#unlock-error")).to_contain_text("not your password", timeout=LATER)
    page.locator("#unlock-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#lock-screen")).to_be_hidden(timeout=LATER)
    expect(page.locator("#id_title")).to_have_value("Half a thought")
    page.reload()
    expect(page.locator("#id_title")).to_have_value("Half a thought")


def test_a_form_sent_while_locked_comes_back_with_its_draft(open_as: Open) -> None:
    ana = make_scene().people["ana"]
    give_password(ana, PASSWORD)
    page = open_as(ana, "/boards/items/new/")
    page.locator("#id_title").fill("Half a thought")
    locked = Session.objects.get()
    data = locked.get_decoded() | {LOCKED: True}
    locked.session_data = SessionStore().encode(data)
    locked.save()  # the page does not know yet
    page.get_by_role("button", name="Make work item").click()
    expect(page).to_have_url("/unlock/?next=/boards/items/new/")
    check_axe(page)
    page.locator("#unlock-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/boards/items/new/", timeout=LATER)
    expect(page.locator("#id_title")).to_have_value("Half a thought")
    page.get_by_role("button", name="Make work item").click()
    expect(page.locator("#toasts")).to_contain_text("W-")
    page.goto("/boards/items/new/")
    expect(page.locator("#id_title")).to_have_value("")


def test_forced_colours_print_and_zoom_stay_usable(watched: Watched) -> None:
    scene = full_scene()
    for path in ("/", "/inbox/", "/incidents/", "/boards/product/"):
        forced = watched.page(scene.people["ana"], forced_colors="active")
        forced.goto(path)
        check_axe(forced)
        zoomed = watched.page(scene.people["ana"], viewport={"width": 720, "height": 450})
        zoomed.goto(path)  # 1440 x 900 at 200 %
        assert zoomed.evaluate("document.documentElement.scrollWidth") <= 720
        printed = watched.page(scene.people["ana"])
        printed.goto(path)
        printed.emulate_media(media="print")
        expect(printed.locator(".topbar")).to_be_hidden()
        expect(printed.locator(".side")).to_be_hidden()
        for page in (forced, zoomed, printed):
            page.context.close()


def test_pages_work_without_javascript(open_as: Open) -> None:
    scene = full_scene()
    ticket = scene.ticket("636: the list stays empty", 5)
    page = open_as(scene.people["ana"], f"/incidents/{ticket.number}/", java_script_enabled=False)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#toasts")).to_contain_text("is acknowledged")
    page.get_by_role("link", name="Note…").click()
    page.locator("#comment-text").fill("Asked the site for a picture.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#ticket .timeline")).to_contain_text("Asked the site for a picture.")


def test_an_administrator_finds_the_settings_and_others_do_not(open_as: Open) -> None:
    scene = make_scene()
    page = open_as(scene.people["adi"], "/admin/")
    expect(page.locator("#content h1")).to_have_text("Settings")
    check_axe(page)
    page.goto("/admin/rollouts/site/")
    check_axe(page)
    page.goto(f"/admin/connections/connection/{scene.slack.pk}/change/")
    check_axe(page)
    assert "8f742231b10e" not in page.content()
    other = open_as(build.person("pam", scene.programme), "/admin/")
    expect(other.locator("h1")).to_have_text("You may not see this")
