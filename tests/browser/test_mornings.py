"""An engineer's morning by keyboard only; the PM's triage, seen by the DM; a restart in between."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import count

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.models import F
from playwright.sync_api import Page, expect

from apps.boards.models import WorkItem
from apps.incidents.models import Incident
from apps.ledger.models import Change
from apps.ledger.services import seal
from apps.simulator.fakes.slack import FakeSlack
from tests import slack
from tests.browser.axe import check_axe
from tests.browser.conftest import Open, Portal, Watched
from tests.browser.scene import Scene, make_scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
LATER = 30_000  # ms until something must have happened elsewhere; a guard
HEARD = """() => {
  window.heard = [];
  document.addEventListener("rollcall:change", (event) => {
    document.body.dataset.heard = heard.push(event.detail.id);
  });
}"""


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    with FakeSlack(token="xoxb-1") as made:
        yield made


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def begin(workspace: FakeSlack) -> tuple[Scene, str]:
    """Somebody has written, and the portal heard it; the scene and the message's time stamp."""
    scene = make_scene(f"{workspace.url}/api/")
    ts = str(
        workspace.add_message(slack.CHANNEL, "636 Omaha: link gives an error", user="U0S")["ts"]
    )
    message = scene.hears("636 Omaha: check-in link gives an error", 3)
    message.source_ref = ts
    message.save(update_fields=["source_ref"])
    return scene, ts


def arrives(page: Page, path: str) -> None:
    """The page is there, and the scripts with its keys."""
    expect(page).to_have_url(path)
    page.wait_for_load_state()


def walks_to(page: Page, selector: str) -> None:
    """Tab until it has the focus."""
    for _ in range(60):
        if page.locator(f"{selector}:focus").count():
            return
        press(page, "Tab")
    raise AssertionError(f"Tab never comes to {selector}")


def test_an_engineers_morning_by_keyboard_only(open_as: Open, workspace: FakeSlack) -> None:
    scene, ts = begin(workspace)
    page = open_as(scene.people["ana"], "/")
    press(page, "g", "i")
    arrives(page, "/inbox/")
    press(page, "l")
    expect(page.locator("[data-log-send]")).to_be_focused()
    press(page, "Enter")
    expect(page.locator("#toasts")).to_contain_text("Logged as RC-")
    ticket = Incident.objects.get()
    press(page, "o")
    arrives(page, f"/incidents/{ticket.number}/")
    press(page, "c")
    expect(page.locator("#toasts")).to_contain_text("is acknowledged")
    press(page, "t")
    page.keyboard.type("Thank you, we look at it. Which clinic is it?")
    press(page, "Control+Enter")
    expect(page.locator("#toasts")).not_to_be_empty()
    press(page, "Escape", "w")
    arrives(page, f"/boards/items/new/?incident={ticket.number}")
    walks_to(page, "#id_title")
    press(page, "Control+Enter")
    expect(page.locator("h1")).to_contain_text("W-")
    check_axe(page)
    call_command("drain", until_empty=True, stdout=StringIO())
    ticket.refresh_from_db()
    assert ticket.acknowledged_at is not None
    assert ticket.first_response_at is not None
    assert WorkItem.objects.get().incidents.get() == ticket
    said = [post["text"] for post in workspace.posts(slack.CHANNEL, ts)]
    assert any("Which clinic is it?" in text for text in said)


def board(scene: Scene) -> list[WorkItem]:
    return [scene.card(title) for title in ("Accept apostrophes", "Shorter link", "Retry texts")]


def keys_in(page: Page, column: str) -> list[str]:
    cards = page.locator(f"[data-cards={column}] [data-card]")
    return [str(key) for key in cards.evaluate_all("all => all.map(one => one.id)")]


def test_the_pm_triages_by_drag_and_by_keyboard_and_the_dm_sees_it(
    watched: Watched, open_as: Open
) -> None:
    scene = make_scene()
    first, second, third = board(scene)
    dee = open_as(scene.people["dee"], "/boards/product/")
    expect(dee.locator("[data-live-state]")).to_have_attribute("data-words", "Live", timeout=LATER)
    pam = open_as(scene.people["pam"], "/boards/product/")
    source = pam.locator(f"#{first.key}")
    target = pam.locator("[data-cards=accepted]")
    source.drag_to(target)
    expect(pam.locator("#toasts")).to_contain_text("is in")
    assert keys_in(pam, "accepted") == [first.key]
    expect(dee.locator(f"[data-cards=accepted] #{first.key}")).to_be_visible(timeout=LATER)
    press(pam, "j", "j", "k", "j", "m")
    expect(pam.locator("#move-dialog")).to_be_visible()
    expect(pam.locator("[data-move-key]")).to_have_text(third.key)
    check_axe(pam)
    pam.keyboard.type("Accepted")
    press(pam, "Tab")
    pam.keyboard.type("At the top")
    press(pam, "Tab", "Tab", "Enter")
    expect(pam.locator(f"[data-cards=accepted] #{third.key}")).to_be_visible()
    expect(dee.locator(f"[data-cards=accepted] #{third.key}")).to_be_visible(timeout=LATER)
    assert keys_in(dee, "accepted") == [third.key, first.key]
    assert keys_in(dee, "new") == [second.key]
    check_axe(dee)


def test_a_stale_move_gets_the_fresh_card(open_as: Open) -> None:
    scene = make_scene()
    first, *_ = board(scene)
    seal(now=scene.now)  # nothing is left that would refresh the card
    page = open_as(scene.people["pam"], "/boards/product/")
    page.locator(f"#{first.key} [data-move]").click()
    page.locator("#move-column").select_option("declined")
    WorkItem.objects.filter(pk=first.pk).update(version=F("version") + 1)
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("meanwhile")
    expect(page.locator(f"[data-cards=new] #{first.key}")).to_be_visible()
    first.refresh_from_db()
    assert first.decision == "new"


@contextmanager
def writing(scene: Scene) -> Iterator[None]:
    """Somebody writes three messages a second all the while."""
    is_over = threading.Event()

    def write() -> None:
        for number in count():
            scene.hears(f"636: message {number}", 30 - number / 100)
            seal(now=scene.now)  # as a worker does
            if is_over.wait(0.3):
                return connections.close_all()
        return None

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        is_over.set()
        writer.join()


def test_killed_servers_lose_nothing_and_one_without_streams_is_asked(
    open_as: Open, frail: Portal
) -> None:
    scene = make_scene()
    seal(now=scene.now)  # so that nothing is told before the page listens
    page = open_as(scene.people["ana"], "/inbox/")
    page.evaluate(HEARD)
    state = page.locator("[data-live-state]")
    expect(state).to_have_attribute("data-words", "Live", timeout=LATER)
    first = int(page.locator("body").get_attribute("data-seq") or 0)
    with writing(scene):
        expect(page.locator("#inbox-list [data-row]").nth(2)).to_be_visible(timeout=LATER)
        frail.kill()
        frail.start()
        expect(state).to_have_attribute("data-words", "Live", timeout=LATER)
        frail.kill()
        frail.start(STREAMS="0")
        expect(state).to_have_attribute("data-words", "Asking every 5 s", timeout=LATER)
    last = scene.hears("636: the oldest of all", 60)
    seal(now=scene.now)
    expect(page.locator(f"#row-{last.pk}")).to_be_visible(timeout=LATER)
    told = list(Change.objects.sealed().filter(seq__gt=first).values_list("seq", flat=True))
    expect(page.locator("body")).to_have_attribute("data-heard", str(len(told)), timeout=LATER)
    assert page.evaluate("heard") == told
