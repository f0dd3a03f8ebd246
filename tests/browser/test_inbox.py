"""An engineer works through the inbox in a real browser, by keyboard only, and without scripts."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, expect

from apps.incidents.models import Category, Incident, Queue
from apps.intake.choices import Exit
from apps.intake.models import Arrival, Channel, Message
from apps.intake.services import LogForm, log_message
from apps.intake.work import process_due
from tests import build, slack
from tests.browser.conftest import Portal
from tests.browser.desk import SEEN, Desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]
FIRST = "636 Omaha: check-in link gives an error, SSN 123-45-6789"
VAGUE = "the QR code returns nothing"
THIRD = "636: check-in link gives an error again"


@pytest.fixture
def hears(transactional_db: None) -> Callable[..., Message]:
    """A programme at Omaha, Ana on duty; a message arrives some minutes ago."""
    now = timezone.now()
    programme = build.programme(
        first_week=now.date() - timedelta(weeks=8), last_week=now.date() + timedelta(weeks=8)
    )
    build.go_live(build.site(), build.product(programme), now.date() - timedelta(days=2))
    Queue.objects.create(programme=programme, name="Scheduling Support", tier=2)
    Category.objects.create(programme=programme, key="link", label="Link", words=["link", "qr"])
    build.rota(
        programme, primary=[build.person("ana", programme)], backup=[build.person("ben", programme)]
    )
    connection = build.slack(programme, key="dsva")

    def hear(text: str, minutes: float) -> Message:
        at = now - timedelta(minutes=minutes)
        ts = f"{at.timestamp():.6f}"
        envelope = slack.event(text, ts=ts, event_id=f"Ev{ts}")
        Arrival.objects.keep(
            connection_id=connection.pk, delivery_key=None, headers={},
            body=slack.body_of(envelope), now=at,
        )  # fmt: skip
        process_due(now=now)
        return Message.objects.get(source_ref=ts)

    return hear


@pytest.fixture
def three(hears: Callable[..., Message]) -> list[Message]:
    return [hears(FIRST, 30), hears(VAGUE, 20), hears(THIRD, 10)]


@pytest.fixture
def desk(portal: Portal, chrome: Browser, hears: object) -> Iterator[Desk]:
    context = chrome.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([_cookie(portal.url)])
    context.route("**/stream/**", _silent)
    made = Desk(context.new_page(), portal.url)
    yield made
    context.close()
    assert made.complaints == []


def _silent(route: Any) -> None:
    """No stream: these tests say themselves when a part is fetched again."""
    route.fulfill(status=200, content_type="text/event-stream", body=": quiet\n\n")


def _cookie(url: str) -> Any:
    client = Client()
    client.force_login(build.person("ana"))
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}


def test_it_is_logged_with_two_keys_and_the_next_is_chosen(
    desk: Desk, three: list[Message]
) -> None:
    desk.open().has_chosen(three[0])
    desk.has_focus(f"#row-{three[0].pk} [data-open]")
    desk.press("l")
    desk.has_focus("[data-log-send]")
    desk.press("Enter")
    desk.says("Logged as RC-")
    desk.has_chosen(three[1])
    desk.has_focus(f"#row-{three[1].pk} [data-open]")
    three[0].refresh_from_db()
    assert three[0].exit == Exit.LOGGED


def test_l_goes_to_the_site_where_none_was_recognised(desk: Desk, three: list[Message]) -> None:
    desk.open(f"/inbox/{three[1].pk}/").press("l")
    desk.has_focus("#log_site")
    desk.page.keyboard.type("636")
    desk.press("Control+Enter")
    desk.says("Logged as RC-")
    incident = Incident.objects.select_related("site").get()
    assert incident.site is not None
    assert incident.site.number == "636"


def test_j_and_k_show_the_message_and_change_the_address(desk: Desk, three: list[Message]) -> None:
    desk.open().press("j")
    desk.has_chosen(three[1])
    expect(desk.page).to_have_url(f"{desk.url}/inbox/{three[1].pk}/")
    desk.press("j")
    desk.has_chosen(three[2])
    desk.press("k", "k")
    desk.has_chosen(three[0])
    desk.has_focus(f"#row-{three[0].pk} [data-open]")


def test_a_quick_key_acts_on_the_message_one_walked_to(desk: Desk, three: list[Message]) -> None:
    desk.open().press("j", "x")
    expect(desk.page.locator("#dismiss")).to_be_visible(timeout=SEEN)
    desk.has_chosen(three[1])
    desk.press("5")
    desk.says("Closed without a ticket.")
    assert list(Message.objects.filter(exit=Exit.DISMISSED)) == [three[1]]


def test_running_through_the_list_ends_at_the_last(desk: Desk, three: list[Message]) -> None:
    desk.open().press("j", "k", "j", "j", "k", "j")
    desk.has_chosen(three[2])
    expect(desk.page).to_have_url(f"{desk.url}/inbox/{three[2].pk}/")


def test_a_quick_key_is_not_lost_at_the_end_of_the_list(desk: Desk, three: list[Message]) -> None:
    desk.open(f"/inbox/{three[2].pk}/").press("j", "x")
    expect(desk.page.locator("#dismiss")).to_be_visible(timeout=SEEN)


def test_x_and_a_number_close_it_and_u_brings_it_back(desk: Desk, three: list[Message]) -> None:
    desk.open().press("x")
    expect(desk.page.locator("#dismiss")).to_be_visible(timeout=SEEN)
    desk.press("4")
    desk.says("Closed without a ticket.")
    desk.has_focus(f"#row-{three[1].pk} [data-open]")
    three[0].refresh_from_db()
    assert three[0].exit_reason == "Announcement or thanks"
    desk.press("u")
    desk.says("It is in the inbox again.")
    desk.has_chosen(three[0])


def test_d_joins_the_likeliest_ticket(desk: Desk, three: list[Message]) -> None:
    incident, _ = log_message(
        message_id=three[0].pk, form=LogForm(), actor="ana", origin="page", now=timezone.now()
    )
    desk.open(f"/inbox/{three[2].pk}/").press("d")
    desk.says(f"Joined to {incident.number}.")
    three[2].refresh_from_db()
    assert three[2].incident == incident


def test_a_searches_a_ticket_and_joins_it(desk: Desk, three: list[Message]) -> None:
    incident, _ = log_message(
        message_id=three[0].pk, form=LogForm(), actor="ana", origin="page", now=timezone.now()
    )
    desk.open(f"/inbox/{three[1].pk}/").press("a")
    desk.has_focus("#attach_incident")
    desk.page.keyboard.type("Omaha")
    expect(desk.page.locator("#attach [role=option]")).to_have_count(1, timeout=SEEN)
    desk.press("ArrowDown", "Enter")
    expect(desk.page.locator("#attach_incident")).to_have_value(incident.number)
    desk.press("Control+Enter")
    desk.says(f"Joined to {incident.number}.")


def test_q_asks_back_and_the_message_stays(desk: Desk, three: list[Message]) -> None:
    desk.open(f"/inbox/{three[1].pk}/").press("q")
    desk.has_focus("#ask_text")
    expect(desk.page.locator("#ask_text")).to_have_value(re.compile("Which desk"))
    desk.press("Control+Enter")
    desk.says("Asked in the thread.")
    desk.has_chosen(three[1])
    expect(desk.page.locator("#inbox-thread")).to_contain_text("no answer yet")


def test_v_reveals_until_one_goes_on(desk: Desk, three: list[Message]) -> None:
    desk.open()
    expect(desk.page.locator("main")).not_to_contain_text("123-45-6789")
    desk.press("v")
    expect(desk.page.locator("#inbox-thread")).to_contain_text("123-45-6789", timeout=SEEN)
    desk.press("j")
    desk.has_chosen(three[1])
    desk.press("k")
    desk.has_chosen(three[0])
    expect(desk.page.locator("main")).not_to_contain_text("123-45-6789")


def test_what_was_typed_is_there_when_one_comes_back(desk: Desk, three: list[Message]) -> None:
    desk.open()
    desk.page.fill("#log_title", "typed by Ana")
    desk.press("Escape", "j")
    desk.has_chosen(three[1])
    desk.press("k")
    desk.has_chosen(three[0])
    expect(desk.page.locator("#log_title")).to_have_value("typed by Ana", timeout=SEEN)


def test_what_was_typed_and_the_focus_survive_a_live_update(
    desk: Desk, three: list[Message], hears: Callable[..., Message]
) -> None:
    desk.open().press("j")
    desk.has_chosen(three[1])
    desk.page.fill("#log_title", "typed by Ana")
    arrived = hears("636: a fourth message", 1)
    desk.refresh("inbox-list", "inbox-thread")
    expect(desk.page.locator(f"#row-{arrived.pk}")).to_be_visible(timeout=SEEN)
    expect(desk.page.locator("#log_title")).to_have_value("typed by Ana")
    desk.has_focus("#log_title")
    desk.has_chosen(three[1])


def test_what_is_revealed_stays_through_a_live_update(desk: Desk, three: list[Message]) -> None:
    desk.open().press("v")
    expect(desk.page.locator("#inbox-thread")).to_contain_text("123-45-6789", timeout=SEEN)
    desk.refresh("inbox-thread")
    expect(desk.page.locator("#inbox-thread")).to_contain_text("123-45-6789")


def test_the_first_message_of_an_empty_inbox_is_shown(
    desk: Desk, hears: Callable[..., Message]
) -> None:
    desk.open()
    expect(desk.page.locator("#inbox-list")).to_contain_text("Nothing waits")
    arrived = hears(FIRST, 1)
    desk.refresh("inbox-list")
    desk.has_chosen(arrived)
    expect(desk.page.locator("#log_site")).to_have_value("636", timeout=SEEN)


def test_a_refused_form_says_why_and_takes_the_focus(desk: Desk, three: list[Message]) -> None:
    desk.open()
    desk.page.fill("#log_site", "999")
    desk.press("Control+Enter")
    expect(desk.page.locator("#log .errors")).to_be_focused(timeout=SEEN)
    expect(desk.page.locator("#log .errors")).to_contain_text("No site has the number 999.")
    expect(desk.page.locator("#log_site")).to_have_value("999")


def test_a_channel_is_bound_by_one_press(desk: Desk, three: list[Message], portal: Portal) -> None:
    build.programme().connections.add(*Channel.objects.values_list("connection", flat=True))
    Channel.objects.update(programme=None)
    Message.objects.update(programme=None, site=None)
    desk.open()
    desk.page.get_by_role("button", name="Bind to Check-in").first.click()
    desk.says("belongs to Check-in now")
    expect(desk.page.locator("#log")).to_be_visible()
    assert Message.objects.filter(programme=None).count() == 0


def test_it_is_one_column_on_a_phone(desk: Desk, three: list[Message]) -> None:
    desk.page.set_viewport_size({"width": 320, "height": 640})
    desk.open()
    expect(desk.page.locator("#inbox-message")).to_be_hidden()
    desk.page.locator(f"#row-{three[1].pk} [data-open]").click()
    expect(desk.page.locator("#inbox-list")).to_be_hidden(timeout=SEEN)
    expect(desk.page.locator("#log_site")).to_be_visible()
    assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.page.get_by_role("link", name="All messages").click()
    expect(desk.page.locator("#inbox-list")).to_be_visible(timeout=SEEN)


def test_it_works_without_scripts(portal: Portal, chrome: Browser, three: list[Message]) -> None:
    context = chrome.new_context(java_script_enabled=False)
    context.add_cookies([_cookie(portal.url)])
    page = context.new_page()
    page.goto(f"{portal.url}/inbox/")
    page.get_by_role("button", name="Log as a ticket").click()
    expect(page.locator("#toasts")).to_contain_text("Logged as RC-")
    page.get_by_role("link", name="No action…").click()
    page.get_by_role("button", name="Our own test").click()
    expect(page.locator("#toasts")).to_contain_text("Closed without a ticket.")
    context.close()
    assert sorted(Message.objects.values_list("exit", flat=True)) == [
        "dismissed",
        "logged",
        "none",
    ]
