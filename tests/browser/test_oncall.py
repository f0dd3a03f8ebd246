"""On call in a browser: an override by keyboard and by dragging, a swap between two people, leave,
every state in every mode, and without scripts."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.oncall.mine import coming
from apps.oncall.models import CoverRequest, Leave, Override, Rota, RotaVersion
from apps.oncall.rules import Stint
from tests import build
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import Scene, make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
LATER = 15_000  # ms until something must have happened elsewhere; a guard
WIDTHS = [1440, 360]


def begin() -> Scene:
    """Ana and Ben take turns, week by week."""
    scene = make_scene()
    ana, ben = scene.people["ana"], scene.people["ben"]
    Rota.objects.all().delete()
    build.rota(scene.programme, primary=[ana, ben], backup=[ben, ana])
    return scene


def next_week(scene: Scene) -> str:
    on = scene.now + timedelta(days=7)
    return f"/oncall/?week={on:%G-W%V}"


def stint(scene: Scene, username: str) -> Stint:
    """Their first primary week that has not begun."""
    [rota] = Rota.objects.with_facts()
    return next(
        one for one in coming(rota, scene.now)
        if (one.person_key, one.duty) == (username, "primary") and one.start > scene.now
    )  # fmt: skip


def fits(page: Page) -> None:
    check_axe(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], page.url  # type: ignore[index]  # there is one


def test_somebody_is_put_on_duty_by_keyboard_alone_and_it_is_undone(open_as: Open) -> None:
    scene = begin()
    page = open_as(scene.people["dee"], next_week(scene))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Put somebody on duty")
    expect(dialog).to_be_visible()
    check_axe(page)
    expect(page.get_by_label("Duty", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Who")).to_be_focused()
    page.keyboard.type("Dee")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Dee Dunn has primary")
    expect(page.locator("#laid-head")).to_be_visible()
    check_axe(page)
    assert Override.objects.get().slot_start_local != ""  # its own period: it follows the slot
    page.keyboard.press("u")
    expect(page.locator("#laid-head")).to_have_count(0)
    assert not Override.objects.exists()


def test_a_refused_override_says_what_to_mend(open_as: Open) -> None:
    scene = begin()
    page = open_as(scene.people["dee"], next_week(scene))
    page.keyboard.press("p")
    page.get_by_role("dialog").get_by_role("button", name="Put somebody on duty").click()
    expect(page.locator(".errors")).to_contain_text("Say who takes it.")
    expect(page.locator(".errors")).to_be_focused()
    check_axe(page)
    page.get_by_label("Who").select_option("pam")
    page.get_by_label("Reason").fill("A day of interviews")
    page.get_by_role("button", name="Put somebody on duty").click()
    page.wait_for_url(f"**{next_week(scene)}")  # back where it began
    assert Override.objects.get().person == scene.people["pam"]


def test_a_shift_is_dragged_onto_somebody(open_as: Open) -> None:
    scene = begin()
    page = open_as(scene.people["dee"], next_week(scene))
    turn = page.locator("[data-put]", has_text="Ana Ortiz").last
    turn.drag_to(page.locator("[data-person=ben]"))
    expect(page.get_by_role("dialog", name="Put somebody on duty")).to_be_visible()
    expect(page.get_by_label("Who")).to_have_value("ben")
    page.keyboard.press("Escape")
    expect(turn).to_be_visible()
    assert not Override.objects.exists()


def test_two_people_swap(open_as: Open) -> None:
    scene = begin()
    mine, theirs = stint(scene, "ana"), stint(scene, "ben")
    ana = open_as(scene.people["ana"], "/oncall/mine/")
    ben = open_as(scene.people["ben"], "/oncall/mine/")
    row = ana.locator("#mine tbody tr", has_text="Primary").filter(
        has_text=f"{mine.start.astimezone(Rota.objects.get().zone):%-d %b %H:%M} –"
    )
    row.get_by_role("link", name="Swap").focus()
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("dialog", name="Ask for a swap")).to_be_visible()
    check_axe(ana)
    ana.get_by_label("For which shift").select_option(f"primary|{theirs.slot}")
    ana.get_by_label("Message").fill("My sister marries")
    ana.keyboard.press("Control+Enter")
    expect(ana.locator("[data-toast]")).to_contain_text("Ben Boyd is asked to take your shift.")
    expect(ana.locator("#mine-head")).to_be_visible()
    check_axe(ana)
    asked = ben.locator(".request", has_text="Ana Ortiz asks you")
    expect(asked).to_contain_text("My sister marries", timeout=LATER)
    check_axe(ben)
    asked.get_by_role("button", name="Swap").click()
    expect(ben.locator("[data-toast]")).to_contain_text("You have swapped")
    expect(ana.locator("#answered-head")).to_be_visible(timeout=LATER)
    assert CoverRequest.objects.get().answer == "accepted"
    held = {one.slot_start_local: one.person.username
            for one in Override.objects.select_related("person")}  # fmt: skip
    assert held == {mine.slot: "ben", theirs.slot: "ana"}


def test_leave_is_entered_by_key_and_taken_back(open_as: Open) -> None:
    scene = begin()
    page = open_as(scene.people["ana"], "/oncall/mine/")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="Enter leave")).to_be_visible()
    check_axe(page)
    first = scene.now.date() + timedelta(days=30)
    page.get_by_label("First day").fill(f"{first}")
    page.get_by_label("Last day").fill(f"{first - timedelta(days=1)}")
    page.get_by_role("dialog").get_by_role("button", name="Enter").click()
    expect(page.locator(".errors")).to_contain_text("The last day comes before the first.")
    check_axe(page)
    page.get_by_label("Last day").fill(f"{first + timedelta(days=4)}")
    page.get_by_role("button", name="Enter", exact=True).click()
    expect(page.locator("[data-toast]")).to_contain_text("You are away")
    page.keyboard.press("u")
    expect(page.locator("[data-toast]")).to_contain_text("taken back")
    assert not Leave.objects.exists()


def test_a_rota_is_edited_after_a_look_at_what_it_changes(open_as: Open) -> None:
    scene = begin()
    [rota] = Rota.objects.with_facts()
    page = open_as(scene.people["dee"], f"/oncall/rotas/{rota.pk}/")
    check_axe(page)
    page.get_by_role("link", name="Edit").click()
    check_axe(page)
    page.get_by_text("As text").first.click()
    page.get_by_label("Primary", exact=True).fill("Ana Ortiz\nBen Boyd\nZoe")
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.locator(".errors")).to_contain_text("nobody of that name works in this programme")
    check_axe(page)
    page.get_by_label("Primary", exact=True).fill("Ana Ortiz\nBen Boyd\nDee Dunn")
    page.get_by_label("Primary", exact=True).press("Control+Enter")
    expect(page.locator("#preview-head")).to_be_visible()
    expect(page.get_by_role("row", name="Dee Dunn")).to_be_visible()
    fits(page)
    assert RotaVersion.objects.count() == 1
    page.get_by_role("button", name="Save the rota").click()
    expect(page.locator("[data-toast]")).to_contain_text("is saved")
    assert RotaVersion.objects.count() == 2


def busy(scene: Scene) -> None:
    """Something of everything: an override, leave, requests that wait and one that was answered."""
    [rota] = Rota.objects.with_facts()
    ana, ben, dee = (scene.people[name] for name in ("ana", "ben", "dee"))
    usual: dict[str, Any] = {"rota": rota, "duty": "primary", "made_at": scene.now}
    for slot, asked_by, asked, answer in (
        ("a", ben, ana, "waiting"), ("b", ben, None, "waiting"), ("c", ana, dee, "waiting"),
        ("d", ana, ben, "declined"),
    ):  # fmt: skip
        CoverRequest.objects.create(
            **usual, slot=slot, asked_by=asked_by, asked=asked, answer=answer, message="Please",
            starts_at=scene.now + timedelta(days=9), ends_at=scene.now + timedelta(days=10),
            answered_at=None if answer == "waiting" else scene.now,
        )  # fmt: skip
    Override.objects.create(
        **usual, person=dee, starts_at=scene.now, ends_at=scene.now + timedelta(hours=5),
        reason="Ana is at the dentist", made_by="dee",
    )  # fmt: skip
    for person in (ana, ben):
        Leave.objects.create(
            person=person, starts_at=scene.now, ends_at=scene.now + timedelta(days=3), note="Sea"
        )


@pytest.mark.parametrize("width", WIDTHS)
def test_every_state_in_every_mode(open_as: Open, width: int) -> None:
    scene = begin()
    busy(scene)
    options: dict[str, Any] = {"viewport": {"width": width, "height": 800}}
    for name, path in (
        ("dee", "/oncall/"), ("ana", "/oncall/?by=person"), ("vic", "/oncall/?view=month"),
        ("dee", "/oncall/?view=month&by=person"), ("dee", "/oncall/?view=programme"),
        ("ana", "/oncall/?view=programme&by=person&person=ben"), ("ana", "/oncall/mine/"),
        ("vic", "/oncall/mine/"),
    ):  # fmt: skip
        page = open_as(scene.people[name], path, **options)
        fits(page)
        page.context.close()


def test_cover_is_asked_for_without_scripts(open_as: Open) -> None:
    scene = begin()
    page = open_as(scene.people["ana"], "/oncall/mine/", java_script_enabled=False)
    page.get_by_role("link", name="Ask for cover").last.click()
    page.get_by_label("Ask").select_option(label="Ben Boyd")
    page.get_by_role("button", name="Ask").click()
    page.wait_for_url("**/oncall/mine/")
    expect(page.locator("#mine-head")).to_be_visible()
    assert CoverRequest.objects.get().asked == scene.people["ben"]
