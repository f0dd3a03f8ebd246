"""The inbox's pages: what they show, what they do, to whom, and in how many queries."""

import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.intake.choices import Exit
from tests import build
from tests.intake.conftest import NOW, World
from tests.intake.handling import LATER, TEXT, TS, message
from tests.intake.paging import PART, act, body, signed_in

Says = Callable[..., int]


@pytest.fixture
def ana(world: World) -> Client:
    return signed_in("ana", world)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    """The pages ask the clock; it stands where the messages were written."""
    with time_machine.travel(NOW, tick=False):
        yield


def test_it_shows_what_waits_and_the_oldest_beside_it(ana: Client, says: Says) -> None:
    says("636: the second", ts=LATER)
    says(TEXT)
    shown = body(ana.get("/inbox/"))
    assert shown.index(TEXT) < shown.index("636: the second")
    assert f'data-message="{message().pk}"' in shown
    assert "Log as a ticket" in shown
    for words in ("Omaha VA Medical Center", "Go live week", "Severity 2"):
        assert words in shown


def test_it_shows_the_message_the_address_names(ana: Client, says: Says) -> None:
    says(TEXT)
    says("636: the second", ts=LATER)
    shown = body(ana.get(reverse("inbox-message", args=[message(LATER).pk])))
    (current,) = re.findall(r'<li class="inbox-row is-current" id="row-(\d+)"', shown)
    assert int(current) == message(LATER).pk


def test_it_proposes_in_the_form(ana: Client, says: Says) -> None:
    says(TEXT)
    shown = body(ana.get("/inbox/"))
    assert f'name="title" value="{TEXT}"' in shown
    assert re.search(r'name="site" value="636"', shown)
    assert re.search(r'<option value="2" selected>Severity 2</option>', shown)


def test_it_shows_the_thread_with_times_at_the_site(ana: Client, says: Says) -> None:
    says(TEXT)
    says("it is clinic 3D", ts=LATER, thread_ts=TS)
    shown = body(ana.get("/inbox/"))
    assert "it is clinic 3D" in shown
    assert "CDT" in shown
    assert shown.count('class="inbox-row') == 1


def test_it_hides_personal_data_and_says_so(ana: Client, says: Says) -> None:
    says("636: SSN 123-45-6789")
    shown = body(ana.get("/inbox/"))
    assert "123-45" not in shown
    assert "PII hidden" in shown


def test_it_says_what_to_expect_when_nothing_waits(ana: Client, world: World) -> None:
    assert "Nothing waits" in body(ana.get("/inbox/"))
    assert "Nothing fits these filters" in body(ana.get("/inbox/?site=636"))


def test_it_shows_what_was_asked(ana: Client, says: Says) -> None:
    says(TEXT)
    ana.post(act("ask"), {"text": "Which clinic?", "token": "t", "version": message().version})
    assert "no answer yet" in body(ana.get("/inbox/"))
    says("3D", ts=LATER, thread_ts=TS)
    shown = body(ana.get("/inbox/"))
    assert "no answer yet" not in shown
    assert "Answered" in shown


FILTERS = [
    ("?site=636", True), ("?site=442", False), ("?phase=go_live_week", True),
    ("?phase=servicenow", False), ("?q=ERROR", True), ("?q=printer", False),
    ("?channel=bound", True), ("?channel=unbound", False), ("?channel=0", False),
    ("?channel=x", True),
    ("?after=nonsense", True), ("?after=2022-06-27T14%3A40%3A00%2B00%3A00~x", True),
    ("?programme=other", False),
]  # fmt: skip


@pytest.mark.parametrize(("query", "is_there"), FILTERS)
def test_it_filters_by_the_address(ana: Client, says: Says, query: str, is_there: bool) -> None:
    says(TEXT)
    shown = body(ana.get(f"/inbox/{query}"))
    assert (f'id="row-{message().pk}"' in shown) is is_there


def test_it_keeps_the_filters_in_every_address(ana: Client, says: Says) -> None:
    says(TEXT)
    shown = body(ana.get("/inbox/?site=636"))
    for verb in ("log", "attach", "dismiss", "ask"):
        assert f"{act(verb)}?site=636" in shown


def test_it_turns_pages_by_keyset(ana: Client, says: Says) -> None:
    for number in range(53):
        says(f"636: number {number}", ts=f"1656340800.{number:06}")
    first = body(ana.get("/inbox/"))
    (older,) = re.findall(r'href="(/inbox/\?after=[^"]+)" rel="next"', first)
    second = body(ana.get(older))
    assert first.count('class="inbox-row') == 50
    assert second.count('class="inbox-row') == 3
    assert "number 52" in second
    assert "Oldest first" in second


@pytest.mark.parametrize(
    ("part", "has", "has_not"),
    [
        ("list", 'id="inbox-list"', 'id="inbox-message"'),
        ("message", 'id="inbox-message"', 'id="inbox-list"'),
        ("thread", 'id="inbox-thread"', 'id="log"'),
        ("", 'id="inbox"', "<html"),
    ],
)
def test_it_answers_a_script_with_the_part(
    ana: Client, says: Says, part: str, has: str, has_not: str
) -> None:
    says(TEXT)
    shown = body(ana.get(f"/inbox/?part={part}", headers=PART))
    assert has in shown
    assert has_not not in shown


def test_it_asks_the_database_as_often_for_thirty_as_for_three(ana: Client, says: Says) -> None:
    for number in range(3):
        says(TEXT, ts=f"1656340800.{number:06}")
    ana.get("/inbox/")
    few = _queries(ana, "/inbox/")
    for number in range(3, 30):
        says(TEXT, ts=f"1656340800.{number:06}")
    assert _queries(ana, "/inbox/") == few <= 12


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dev", "vic"])
def test_people_who_do_not_handle_see_it_without_actions(
    world: World, says: Says, who: str
) -> None:
    says("636: SSN 123-45-6789")
    client = signed_in(who, world)
    shown = body(client.get("/inbox/"))
    assert "[SSN]" in shown
    for words in ("Log as a ticket", "No action", "Show what is hidden", 'data-key="d"'):
        assert words not in shown
    for verb in ("log", "attach", "dismiss", "ask", "restore", "reveal"):
        assert client.post(act(verb), {}).status_code == 403


def test_another_role_elsewhere_does_not_help(world: World, says: Says) -> None:
    says(TEXT)
    vic = build.person("vic", world.programme)
    build.member(vic, build.programme(), "engineer")
    client = Client()
    client.force_login(vic)
    assert client.post(act("dismiss"), {"reason": "x"}).status_code == 403
    assert message().exit == Exit.NONE


def test_it_hides_messages_of_other_programmes(says: Says) -> None:
    says(TEXT)
    stranger = Client()
    stranger.force_login(build.person("pam", build.programme()))
    assert "Nothing waits" in body(stranger.get("/inbox/"))
    assert stranger.get(reverse("inbox-message", args=[message().pk])).status_code == 404
    assert stranger.post(act("dismiss"), {"reason": "x"}).status_code == 404


def test_it_sends_strangers_to_the_sign_in(says: Says) -> None:
    says(TEXT)
    assert Client().get("/inbox/").status_code == 302
    assert Client().post(act("dismiss"), {"reason": "x"}).status_code == 401
