"""The schedule in a browser: a go-live moved by drag and by keyboard, waves planned."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.rollouts.models import GoLive, ScheduleChange
from apps.rollouts.services import Decision, Plan, plan_go_lives
from tests import build
from tests.browser.axe import check_axe
from tests.browser.conftest import Open
from tests.browser.scene import Scene, make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]


def coming(scene: Scene) -> list[GoLive]:
    """Two sites that begin in three weeks, and a wave the week after."""
    monday = scene.programme.first_week + timedelta(weeks=11)
    wave = build.wave(scene.programme, 12, monday)
    build.wave(scene.programme, 13, monday + timedelta(weeks=1))
    product = scene.programme.products.get()
    plans = [
        Plan(site=build.site(number, f"Site {number}"), product=product, wave=wave,
             planned_on=monday)
        for number in ("801", "802")
    ]  # fmt: skip
    decision = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")
    plan_go_lives(programme=scene.programme, plans=plans, decision=decision, now=scene.now)
    return list(GoLive.objects.filter(site__number__in=("801", "802")).order_by("site__number"))


def slot(page: Page, row: GoLive) -> str:
    return f"#s-{row.pk}"


def test_a_go_live_is_dragged_to_another_week_with_a_reason_and_back(open_as: Open) -> None:
    scene = make_scene()
    first, second = coming(scene)
    page = open_as(scene.people["pam"], "/schedule/")
    check_axe(page)
    later = first.planned_on + timedelta(weeks=1)
    target = page.locator(f"[data-on='{later}']")
    target.scroll_into_view_if_needed()
    page.locator(slot(page, first)).drag_to(target)
    page.wait_for_url("**/schedule/change/")
    expect(page.locator("#preview-head")).to_contain_text("What it does")
    check_axe(page)
    page.get_by_role("button", name="Make the change").click()
    expect(page.locator(".errors")).to_contain_text("Say why")
    page.get_by_label("Reason").fill("The site asked for a week")
    page.get_by_role("button", name="Make the change").click()
    page.wait_for_url("**/schedule/?programme=check-in")
    expect(target.locator(slot(page, first))).to_be_visible()
    change = ScheduleChange.objects.get(kind="move")
    assert (change.reason, change.decided_by) == ("The site asked for a week", "Pam Price")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"[data-on='{first.planned_on}'] {slot(page, first)}")).to_be_visible()
    second.refresh_from_db()
    assert second.planned_on == first.planned_on


def test_several_are_moved_by_keyboard_alone(open_as: Open) -> None:
    scene = make_scene()
    first, second = coming(scene)
    page = open_as(scene.people["dee"], "/schedule/")
    page.wait_for_load_state()
    for row in (first, second):
        page.locator(f"{slot(page, row)} input").focus()
        page.keyboard.press("Space")
    expect(page.locator("[data-bulk-count]")).to_have_text("2 chosen")
    page.keyboard.press("m")
    page.wait_for_url("**/schedule/change/")
    page.get_by_label("Or by weeks").fill("1")
    page.get_by_label("Reason").fill("Posters are late")
    page.get_by_role("button", name="Make the change").press("Enter")
    page.wait_for_url("**/schedule/?programme=check-in")
    moved = GoLive.objects.filter(pk__in=(first.pk, second.pk))
    assert {row.planned_on for row in moved} == {first.planned_on + timedelta(weeks=1)}
    assert {row.wave.number for row in moved if row.wave} == {13}


def test_waves_are_planned_and_taken_over(open_as: Open) -> None:
    scene = make_scene()
    first, second = coming(scene)
    page = open_as(scene.people["pam"], "/schedule/plan/")
    page.get_by_label("Sites a week").fill("1")
    page.get_by_label("First week").fill(str(first.planned_on))
    page.get_by_label("Only these sites").fill("801 802")
    page.get_by_role("button", name="Propose").click()
    expect(page.locator("#prop-head")).to_be_visible()
    check_axe(page)
    page.get_by_label("Reason").fill("One a week is enough")
    page.get_by_label("Decided by").fill("Dee Dunn")
    page.get_by_role("button", name="Take the proposal over").click()
    page.wait_for_url("**/schedule/?programme=check-in")
    second.refresh_from_db()
    assert second.planned_on == first.planned_on + timedelta(weeks=1)
