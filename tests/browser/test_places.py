"""Places in a browser: the map stepped by keys, the passport printed, contacts, calendars."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import Feed
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import Contact, GoLive
from apps.rollouts.services import Decision, Plan, Wish, add_contact, change_schedule, plan_go_lives
from tests import build
from tests.browser.axe import check_axe
from tests.browser.conftest import Open, Watched
from tests.browser.scene import Scene, full_scene, make_scene
from tests.browser.test_every_page import WIDTHS, check_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
PAGES = re.compile(rb"/Type\s*/Page\b")
DECISION = Decision(
    reason="A reason as long as people write it when they have to explain themselves to everybody "
    "who will read this for months to come, and then some more of it",
    decided_by="Dee Dunn, after a talk with the whole team", made_by="dee", origin="page",
)  # fmt: skip


def settle(scene: Scene) -> None:
    """Sites in several states and phases, one of them paused."""
    product, today = scene.programme.products.get(), scene.now.date()
    plans = [
        Plan(site=build.site(f"7{number:02}", f"Site {number}", state=state), product=product,
             wave=None, planned_on=today + timedelta(days=days))
        for number, (state, days) in enumerate(
            (("NE", -2), ("NE", 30), ("TX", -30), ("TX", -30), ("PI", 7), ("PR", -2), ("ME", 60))
        )
    ]  # fmt: skip
    plan_go_lives(programme=scene.programme, plans=plans, decision=DECISION, now=scene.now)
    row = GoLive.objects.get(site__number="702")
    wish = Wish(kind=ChangeKind.PAUSE, go_lives={row.pk: None})
    change_schedule(programme=scene.programme, wish=wish, decision=DECISION, now=scene.now)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_map_in_every_mode(open_as: Open, width: int) -> None:
    scene = make_scene()
    settle(scene)
    options: dict[str, Any] = {"viewport": {"width": width, "height": 800}}
    page = open_as(scene.people["vic"], "/schedule/map/", **options)
    check_page(page)
    tile = page.get_by_role("link", name="TX 2 Sites, Texas: 1 ServiceNow, 1 Paused")
    expect(tile).to_be_visible()
    box = tile.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    for path in ("/schedule/map/?at=2099-01-05", "/schedule/map/?wave=9"):
        page.goto(path)
        check_page(page)


def test_one_plays_the_weeks_with_two_keys(open_as: Open) -> None:
    scene = make_scene()
    settle(scene)
    page = open_as(scene.people["vic"], "/schedule/map/?product=echeckin")
    shown = page.locator(".steps-day b")
    page.wait_for_load_state()
    expect(page.locator(".steps-day")).to_contain_text("week 9 of 17")
    for key, week in (("l", 10), ("l", 11), ("h", 10), ("h", 9), ("h", 8)):
        page.keyboard.press(key)
        expect(page.locator(".steps-day")).to_contain_text(f"week {week} of 17")
    assert "product=echeckin" in page.url
    before = shown.inner_text()
    page.keyboard.press("t")
    expect(shown).not_to_have_text(before)
    assert "at=" not in page.url


def test_the_table_leads_where_the_tile_leads(open_as: Open) -> None:
    scene = make_scene()
    settle(scene)
    page = open_as(scene.people["vic"], "/schedule/map/")
    tile = page.get_by_role("link", name="TX 2 Sites, Texas")
    row = page.get_by_role("link", name="Texas", exact=True)
    assert tile.get_attribute("href") == row.get_attribute("href")
    page.get_by_role("link", name="Texas, Paused: 1").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("702")
    page.keyboard.press("m")
    page.wait_for_url("**/schedule/map/?programme=check-in")


def test_regions_make_a_grid_that_reads_as_well(open_as: Open) -> None:
    scene = make_scene()
    for number, row in enumerate(GoLive.objects.select_related("site")):
        row.site.state, row.site.region = f"Land {number}", f"Area {number}"
        row.site.save()
    for width in (1440, 360):
        size = {"width": width, "height": 800}
        page = open_as(scene.people["vic"], "/schedule/map/", viewport=size)
        check_page(page)
        expect(page.get_by_role("link", name="Area 1, 1 Site")).to_be_visible()


def test_in_forced_colours_tiles_keep_their_edges_and_marks(open_as: Open) -> None:
    scene = make_scene()
    settle(scene)
    page = open_as(scene.people["vic"], "/schedule/map/", forced_colors="active")
    styles = "one => getComputedStyle(one)"
    box = page.locator("a.tile .tile-box").first
    assert box.evaluate(f"{styles}.stroke") != box.evaluate(f"{styles}.fill")
    marks = page.locator("#ph-servicenow .ph-servicenow")
    ground = page.locator("#ph-servicenow .ph-bg")
    assert marks.evaluate(f"{styles}.fill") != ground.evaluate(f"{styles}.fill")


# --- the passport --------------------------------------------------------------------------------


def pages_of(page: Page, paper: str) -> int:
    """How many sheets Chromium prints."""
    return len(PAGES.findall(page.pdf(format=paper)))


def enrich(scene: Scene) -> None:
    """More of everything than a passport holds, in the longest words there may be."""
    programme, site = scene.programme, build.site()
    site.name = "A name as long as the register allows " * 4
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    site.opening_hours = dict.fromkeys(days, "07:30-12:00,13:00-17:30")
    site.save()
    start = scene.now.date() + timedelta(days=20)
    for number in range(8):
        product = build.product(programme, key=f"p{number}", name=f"Product with a name {number}")
        plan = Plan(site=site, product=product, wave=None, planned_on=start)
        plan_go_lives(programme=programme, plans=[plan], decision=DECISION, now=scene.now)
    rows = GoLive.objects.filter(site=site, planned_on=start).values_list("pk", flat=True)
    for number in range(1, 10):
        wish = Wish(kind=ChangeKind.MOVE,
                    go_lives=dict.fromkeys(rows, start + timedelta(days=number)))  # fmt: skip
        change_schedule(programme=programme, wish=wish, decision=DECISION, now=scene.now)
        add_contact(
            programme=programme, site=site, actor="pam", origin="page", now=scene.now,
            columns={"role_label": f"A role that needs some words to be told {number}",
                     "name": f"Somebody with Several Names and a Title {number}",
                     "email": f"somebody.with.several.names.and.a.title.{number}@example.gov",
                     "phone": "402-555-0143 ext. 1234", "teams": "Somebody with Several Names"},
        )  # fmt: skip
        scene.ticket(f"636 Omaha: the check-in link of clinic {number} gives an error to everybody",
                     60 + number)  # fmt: skip
    for number in range(40):
        build.site(f"636{number:02}", f"Child with a long name of its own {number}", parent=site,
                   time_zone="America/Denver")  # fmt: skip


@pytest.mark.parametrize("is_rich", [False, True])
def test_the_passport_prints_on_one_page(open_as: Open, is_rich: bool) -> None:
    scene = full_scene()
    if is_rich:
        enrich(scene)
    page = open_as(scene.people["ana"], "/sites/636/")
    page.wait_for_load_state()
    page.keyboard.press("p")
    page.wait_for_url("**/sites/636/passport/")
    check_page(page)
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    for paper in ("A4", "Letter"):
        assert pages_of(page, paper) == 1, paper
    page.emulate_media(media="print")
    for gone in (".topbar", ".side", ".passport-acts"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".passport-foot")).to_contain_text("Printed")


def test_a_key_prints_the_passport(open_as: Open) -> None:
    scene = full_scene()
    page = open_as(scene.people["ana"], "/sites/636/passport/")
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.wait_for_load_state()
    page.keyboard.press("p")
    expect(page).to_have_title("printed")


# --- contacts ------------------------------------------------------------------------------------


def test_a_contact_is_added_changed_and_removed_with_undo(open_as: Open) -> None:
    scene = make_scene()
    page = open_as(scene.people["ana"], "/sites/636/")
    page.wait_for_load_state()
    page.keyboard.press("a")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("New contact")
    check_axe(page)
    dialog.get_by_label("Role").fill("Trainer")
    dialog.get_by_label("Name").fill("Lee Long")
    dialog.get_by_label("Phone").fill("402-555-0143")
    page.keyboard.press("Control+Enter")
    contacts = page.locator("#contacts")
    expect(contacts).to_contain_text("Lee Long")
    check_page(page)
    page.get_by_label("Change Lee Long").click()
    dialog.get_by_label("Name").fill("Lee Longer")
    dialog.get_by_role("button", name="Save").click()
    expect(contacts).to_contain_text("Lee Longer")
    page.get_by_role("button", name="Undo").click()
    expect(contacts).not_to_contain_text("Lee Longer")
    page.get_by_label("Remove Lee Long").click()
    expect(contacts).to_contain_text("Nobody yet")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("u")
    expect(contacts).to_contain_text("Lee Long")


def test_without_scripts_contacts_have_pages_of_their_own(open_as: Open) -> None:
    scene = full_scene()
    page = open_as(scene.people["ana"], "/sites/636/", java_script_enabled=False)
    page.get_by_role("link", name="Add").click()
    page.get_by_label("Role").fill("Trainer")
    page.get_by_role("button", name="Add contact").click()
    expect(page.locator(".errors")).to_contain_text("Say how they are called")
    page.get_by_label("Name").fill("Lee Long")
    page.get_by_role("button", name="Add contact").click()
    expect(page.locator("#contacts")).to_contain_text("Lee Long")
    page.get_by_label("Change Mia Moreno").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#contacts")).not_to_contain_text("Mia Moreno")
    assert Contact.objects.standing().count() == 1


# --- calendars -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_a_calendar_is_made_and_revoked(open_as: Open, watched: Watched, width: int) -> None:
    scene = make_scene()
    options: dict[str, Any] = {"viewport": {"width": width, "height": 800}}
    page = open_as(scene.people["ana"], "/account/feeds/", **options)
    page.get_by_role("button", name="Make its address").click()
    expect(page.locator(".errors")).to_contain_text("Choose a calendar")
    check_page(page)
    page.get_by_label("Calendar", exact=True).select_option("wave:check-in/9")
    page.get_by_role("button", name="Make its address").click()
    address = page.get_by_label("Address").input_value()
    check_page(page)
    read = watched.page().request
    path = address[address.index("/feeds/") :]
    assert "BEGIN:VEVENT" in read.get(path).text()
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("#toasts")).to_contain_text("leads nowhere now")
    assert read.get(path).status == 404
    assert not Feed.objects.standing().exists()
    check_page(page)
