"""The checklist and the go/no-go of a wave in a browser: by keyboard, with pasted numbers, with a
waiver and two signatures, and without scripts."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.rollouts.models import ReadinessItem, SignOff, Wave
from apps.rollouts.services import Decision, Plan, plan_go_lives
from tests import build
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import Scene, make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
LATER = 15_000  # ms until something must have happened elsewhere; a guard
NUMBERS = ("801", "802", "803")
PATH = "/waves/check-in/10/"
WIDTHS = [1440, 360]


def begin() -> tuple[Scene, Wave]:
    """Three sites that begin in eight days, their checklist, nothing done."""
    scene = make_scene()
    day = scene.now.date() + timedelta(days=8)
    wave = build.wave(scene.programme, 10, day)
    product = scene.programme.products.get()
    plans = [Plan(site=build.site(number, f"Site {number}"), product=product, wave=wave,
                  planned_on=day) for number in NUMBERS]  # fmt: skip
    decision = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")
    plan_go_lives(programme=scene.programme, plans=plans, decision=decision, now=scene.now)
    build.checklist(scene.programme)
    return scene, wave


def cell(number: str, key: str) -> str:
    row = ReadinessItem.objects.get(template__key=key, go_live__site__number=number)
    return f"#c-{row.pk}"


def done() -> set[tuple[str, str]]:
    rows = ReadinessItem.objects.filter(state="done")
    return set(rows.values_list("go_live__site__number", "template__key"))


def settled(page: Page, number: str, key: str, *, is_done: bool = True) -> None:
    """The page shows what the portal has stored."""
    row = ReadinessItem.objects.get(template__key=key, go_live__site__number=number)
    words = "Done" if is_done else f"{row.due_on:%-d %b}"
    expect(page.locator(f"#i-{row.pk}")).to_contain_text(words)


def test_cells_are_ticked_by_keyboard_alone_and_taken_back(open_as: Open) -> None:
    scene, _ = begin()
    page = open_as(scene.people["ana"], PATH)
    check_axe(page)
    page.locator(cell("801", "whitelist")).focus()
    for key in ("Space", "ArrowRight", "Space", "ArrowDown", "ArrowLeft", "Space"):
        page.keyboard.press(key)
    for number, key in (("801", "whitelist"), ("801", "poster"), ("802", "whitelist")):
        settled(page, number, key)
    expect(page.locator(cell("802", "whitelist"))).to_be_focused()
    assert done() == {("801", "whitelist"), ("801", "poster"), ("802", "whitelist")}
    page.keyboard.press("Control+End")
    expect(page.locator(f"#i-{ReadinessItem.objects.latest('pk').pk}")).to_be_focused()
    page.keyboard.press("Control+Home")
    page.keyboard.press("u")
    settled(page, "802", "whitelist", is_done=False)
    page.locator(cell("801", "whitelist")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Whitelisted")
    check_axe(page)


def test_others_see_a_tick_without_reloading(open_as: Open) -> None:
    scene, _ = begin()
    pam = open_as(scene.people["pam"], PATH)
    ana = open_as(scene.people["ana"], PATH)
    ana.locator(cell("803", "poster")).check()
    settled(ana, "803", "poster")
    row = ReadinessItem.objects.get(template__key="poster", go_live__site__number="803")
    expect(pam.locator(f"#i-{row.pk}")).to_contain_text("Done", timeout=LATER)


def test_a_column_is_ticked_with_pasted_numbers_and_undone(open_as: Open) -> None:
    scene, _ = begin()
    page = open_as(scene.people["ana"], PATH)
    page.get_by_role("link", name="Whitelisted", exact=True).click()
    page.get_by_label("All except…").check()
    page.get_by_label("Numbers").fill("802;\t999")
    expect(page.locator("#chosen")).to_contain_text("Not in this wave: 999")
    check_axe(page)
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".errors")).to_contain_text("Not in this wave: 999.")
    assert done() == set()
    page.get_by_label("Numbers").fill("«802»")
    expect(page.locator("#chosen-head")).to_have_text("2 of 3 items, 2 sites")
    page.get_by_label("What shows it").fill("The list of Friday")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(f"**{PATH}")
    assert done() == {("801", "whitelist"), ("803", "whitelist")}
    expect(page.locator("[data-toast]")).to_contain_text("2 items are done.")
    page.keyboard.press("u")
    settled(page, "801", "whitelist", is_done=False)
    assert done() == set()


def waive(page: Page, words: str, reason: str) -> None:
    finding = page.locator(".findings > li", has_text=words)
    reason_field = finding.get_by_label("Why it may go nevertheless")
    if not reason_field.is_visible():
        finding.locator("summary").click()
    reason_field.fill(reason)
    finding.get_by_role("button", name="Give the waiver").click()
    expect(page.locator(".findings > li", has_text=words)).to_contain_text("Waived")


def sign(page: Page, part: str) -> None:
    group = page.get_by_role("group", name=part)
    group.get_by_label("Go", exact=True).check()
    group.get_by_role("button", name="Sign").click()
    expect(page.locator("[data-toast]")).to_contain_text("You have signed go for wave 10.")


def test_a_wave_goes_with_a_waiver_and_two_people(open_as: Open) -> None:
    scene, wave = begin()
    build.member(scene.people["pam"], scene.programme, "dm")
    pam = open_as(scene.people["pam"], PATH)
    dee = open_as(scene.people["dee"], PATH)
    expect(pam.get_by_role("group", name="Product Manager").get_by_label("Go", exact=True)
           ).to_be_disabled()  # fmt: skip
    waive(pam, "Training held", "They are trained by phone on Friday")
    waive(pam, "Whitelisted", "The list comes on Friday")
    check_axe(pam)
    sign(pam, "Product Manager")
    # Pam is a Delivery Manager as well: the other part is not hers any more.
    other = pam.get_by_role("group", name="Delivery Manager")
    expect(other).to_contain_text("two people decide, not one")
    expect(other.get_by_role("button", name="Sign")).to_have_count(0)
    expect(dee.get_by_role("group", name="Product Manager")).to_contain_text(
        "Pam Price", timeout=LATER
    )
    sign(dee, "Delivery Manager")
    expect(dee.locator(".pagehead")).to_contain_text("Go")
    assert SignOff.objects.filter(wave=wave, withdrawn_at=None).count() == 2
    dee.get_by_role("button", name="Withdraw the signature of Dee Dunn").click()
    expect(dee.locator(".pagehead")).to_contain_text("1 of 2 signed")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_state_is_fit_to_be_read(open_as: Open, width: int) -> None:
    scene, _ = begin()
    size = {"width": width, "height": 800}
    page = open_as(scene.people["pam"], PATH, viewport=size)
    for summary in page.locator("summary:visible").all():
        summary.click()
    check_axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    waive(page, "Training held", "By phone")
    page.locator(cell("802", "training")).check()
    settled(page, "802", "training")
    page.get_by_role("link", name="Training held", exact=True).click()
    check_axe(page)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(f"**{PATH}")
    page.goto("/deputies/")
    check_axe(page)
    page.get_by_role("button", name="Name").click()
    expect(page.locator(".errors")).to_be_focused()
    check_axe(page)


def test_it_works_without_scripts(open_as: Open) -> None:
    scene, _ = begin()
    page = open_as(scene.people["ana"], PATH, java_script_enabled=False)
    page.locator(cell("801", "whitelist")).check()
    page.locator(cell("803", "poster")).check()
    page.get_by_role("button", name="Save the ticks").click()
    assert done() == {("801", "whitelist"), ("803", "poster")}
    page.get_by_role("link", name="Posters hang", exact=True).click()
    page.get_by_label("All of them").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#chosen-head")).to_have_text("2 of 3 items, 2 sites")
    page.get_by_role("button", name="Apply").click()
    assert len(done()) == 4
