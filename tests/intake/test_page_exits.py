"""What is done on the inbox's pages: each exit, its way back, and what is refused."""

import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from apps.incidents.models import Incident
from apps.intake.choices import Exit
from apps.intake.models import Channel, Message
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from tests import build, slack
from tests.intake.conftest import NOW, World
from tests.intake.handling import LATER, TEXT, dismiss, log, message, ticket
from tests.intake.paging import PART, act, body, log_data, signed_in

Says = Callable[..., int]


@pytest.fixture
def ana(world: World) -> Client:
    return signed_in("ana", world)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    """The pages ask the clock; it stands where the messages were written."""
    with time_machine.travel(NOW, tick=False):
        yield


# --- log --------------------------------------------------------------------------------------


def test_it_logs_and_turns_to_the_next(ana: Client, says: Says) -> None:
    says(TEXT)
    says("636: the second", ts=LATER)
    answer = ana.post(act("log") + "?site=636", log_data())
    following = reverse("inbox-message", args=[message(LATER).pk])
    assert (answer.status_code, answer["Location"]) == (303, f"{following}?site=636")
    number = Incident.objects.get().number
    assert f'href="/incidents/{number}/" data-key="o"' in body(ana.get(following))


def test_it_logs_what_was_changed(world: World, ana: Client, says: Says) -> None:
    says(TEXT)
    ben = build.person("ben")
    data = log_data(site="442", severity="1", urgency="3", title="VSE", assignee=str(ben.pk))
    ana.post(act("log"), data)
    incident = Incident.objects.get()
    assert incident.site is not None
    assert (incident.site.number, incident.title, incident.assignee) == ("442", "VSE", ben)
    assert (incident.severity, incident.impact, incident.urgency) == (1, 1, 3)


def test_it_ends_at_the_inbox_when_nothing_is_left(ana: Client, says: Says) -> None:
    says(TEXT)
    assert ana.post(act("log"), log_data())["Location"] == "/inbox/"


def test_it_opens_one_ticket_for_a_form_sent_twice(ana: Client, says: Says) -> None:
    says(TEXT)
    data = log_data()
    for _ in range(2):
        assert ana.post(act("log"), data).status_code == 303
    assert Incident.objects.count() == 1
    assert "It was logged before" in body(ana.get("/inbox/"))


WRONG = [
    ({"site": "999"}, "No site has the number 999."),
    ({"site": ""}, "concerns no single site"),
    ({"title": ""}, "Enter a title."),
    ({"severity": "7"}, "Select a valid choice"),
    ({"product": "99999"}, "Select a valid choice"),
    ({"assignee": "99999"}, "Select a valid choice"),
    ({"version": "99"}, "It changed since you opened it"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_it_says_what_is_wrong_beside_the_field_and_keeps_what_was_typed(
    ana: Client, says: Says, changes: dict[str, str], words: str
) -> None:
    says(TEXT)
    answer = ana.post(act("log"), log_data(title="typed by Ana") | changes)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert words in shown
    assert "title" in changes or "typed by Ana" in shown
    assert 'role="alert"' in shown
    assert not Incident.objects.exists()


def test_a_form_that_was_too_old_is_taken_when_it_is_sent_again(ana: Client, says: Says) -> None:
    says(TEXT)
    refused = ana.post(act("log"), log_data(version="99")).content.decode()
    (version,) = re.findall(r'name="version" value="(\d+)" id="log_version"', refused)
    assert ana.post(act("log"), log_data(version=version)).status_code == 303


def test_it_logs_what_concerns_no_site(ana: Client, says: Says) -> None:
    says(TEXT)
    ana.post(act("log"), log_data(site="", without_site="on"))
    assert Incident.objects.get().site is None


# --- the other exits --------------------------------------------------------------------------


def test_it_attaches_and_offers_the_way_back(world: World, ana: Client, says: Says) -> None:
    known = ticket(world)
    says(TEXT)
    answer = ana.post(act("attach"), {"incident": known.number, "version": message().version})
    assert answer.status_code == 303
    assert message().incident == known
    shown = body(ana.get("/inbox/"))
    assert f"Joined to {known.number}" in shown
    assert f'action="{act("restore")}"' in shown


def test_it_suggests_the_likeliest_ticket_for_one_key(
    world: World, ana: Client, says: Says
) -> None:
    ticket(world, "442: VSE-CS does not refresh", "1656340001.000100")
    known = ticket(world, TEXT, "1656340002.000100")
    says("636: the check-in link gives an error here too")
    shown = body(ana.get("/inbox/"))
    likely = shown[shown.index("inbox-likely") : shown.index('data-key="d"')]
    (joined,) = re.findall(r'name="incident" value="(RC-\d+)"', likely)
    assert joined == known.number
    assert "Same site" in shown


def test_it_has_a_page_for_each_form_without_scripts(ana: Client, says: Says) -> None:
    says(TEXT)
    for verb, words in (("attach", "Attach to a ticket"), ("dismiss", "No action"),
                        ("ask", "Which desk?")):  # fmt: skip
        shown = body(ana.get(act(verb)))
        assert words in shown
        assert f'action="{act(verb)}"' in shown


@pytest.mark.parametrize(
    ("verb", "data", "words"),
    [
        ("attach", {"incident": "RC-9999"}, "There is no ticket RC-9999 in this programme."),
        ("attach", {"incident": ""}, "Enter the ticket&#x27;s number."),
        ("dismiss", {"reason": " "}, "Give a reason."),
        ("dismiss", {"reason": "x", "version": "99"}, "It changed since you opened it"),
        ("ask", {"text": "", "token": "t"}, "Write the question."),
    ],
)
def test_a_refused_form_is_shown_again(
    ana: Client, says: Says, verb: str, data: dict[str, str], words: str
) -> None:
    says(TEXT)
    answer = ana.post(act(verb), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert message().exit == Exit.NONE


def test_it_dismisses_with_a_usual_reason(ana: Client, says: Says) -> None:
    says(TEXT)
    shown = body(ana.get("/inbox/"))
    assert 'value="Announcement or thanks" data-key="4"' in shown
    ana.post(act("dismiss"), {"reason": "Announcement or thanks", "version": message().version})
    assert message().exit_reason == "Announcement or thanks"


def test_it_asks_once_for_a_button_pressed_twice(ana: Client, says: Says) -> None:
    says(TEXT)
    shown = body(ana.get(act("ask")))
    (token,) = re.findall(r'name="token" value="([0-9a-f]{32})"', shown)
    data = {"text": "Which clinic?", "token": token}
    for _ in range(2):
        assert ana.post(act("ask"), data).status_code == 303
    assert Delivery.objects.filter(action="slack.post").count() == 1


def test_it_is_undone(ana: Client, says: Says) -> None:
    says(TEXT)
    dismiss()
    answer = ana.post(act("restore"), {"next": "/inbox/?site=442"})
    assert answer["Location"] == reverse("inbox-message", args=[message().pk])
    assert message().exit == Exit.NONE


def test_it_says_why_it_cannot_be_undone(ana: Client, says: Says) -> None:
    says(TEXT)
    log()
    ana.post(act("restore"))
    assert "a ticket was made of it" in body(ana.get("/inbox/done/"))


def test_it_reveals_to_who_handles_and_notes_it(ana: Client, says: Says) -> None:
    says("636: SSN 123-45-6789")
    answer = ana.post(act("reveal"), headers=PART)
    assert "123-45-6789" in body(answer)
    assert answer["Cache-Control"] == "no-store"
    assert Change.objects.get(verb="revealed").actor == "ana"
    assert "<html" in body(ana.post(act("reveal")))
    assert ana.get(act("reveal")).status_code == 405


def test_it_lists_what_was_done_today(ana: Client, says: Says, world: World) -> None:
    assert "Nothing was closed" in body(ana.get("/inbox/done/"))
    says(TEXT)
    says("636: thanks", ts=LATER)
    ana.post(act("log"), log_data())
    ana.post(act("dismiss", LATER), {"reason": "Announcement or thanks"})
    shown = body(ana.get("/inbox/done/"))
    assert shown.index("636: thanks") < shown.index(TEXT)
    assert shown.count("arrow-back-up") == 1
    assert "arrow-back-up" not in body(signed_in("vic", world).get("/inbox/done/"))


def test_a_closed_message_says_what_became_of_it(ana: Client, says: Says) -> None:
    says(TEXT)
    incident = log()
    shown = body(ana.get(reverse("inbox-message", args=[message().pk])))
    assert f"{incident.number} {incident.title}" in shown
    assert 'id="log"' not in shown


# --- channels ---------------------------------------------------------------------------------


@pytest.fixture
def unknown(world: World) -> Channel:
    """A channel of a connection two programmes use."""
    build.programme().connections.add(world.connection)
    world.hears(slack.event(TEXT, channel="C0UNKNOWN"))
    return Channel.objects.get()


def test_it_offers_to_bind_a_channel_nobody_knew(ana: Client, unknown: Channel) -> None:
    shown = body(ana.get("/inbox/"))
    assert "Bind to Check-in" in shown
    assert 'id="log"' not in shown
    assert "Channel not bound" in shown


def test_it_binds_by_one_press(world: World, ana: Client, unknown: Channel) -> None:
    answer = ana.post(
        reverse("channel-bind", args=[unknown.pk]), {"programme": str(world.programme.pk)}
    )
    assert answer.status_code == 303
    found = Message.objects.get()
    assert (found.programme, found.phase) == (world.programme, "go_live_week")
    assert "belongs to Check-in now" in body(ana.get("/inbox/"))


@pytest.mark.parametrize(
    ("data", "words"),
    [({"site": "999"}, "No site has the number 999."), ({"wave": "77"}, "There is no wave 77.")],
)
def test_it_says_what_it_cannot_bind(
    world: World, ana: Client, unknown: Channel, data: dict[str, str], words: str
) -> None:
    address = reverse("channel-bind", args=[unknown.pk])
    answer = ana.post(address, {"programme": str(world.programme.pk), **data})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Channel.objects.get().programme is None


def test_it_binds_to_no_programme_of_others(world: World, ana: Client, unknown: Channel) -> None:
    other = world.connection.programmes.exclude(pk=world.programme.pk).get()
    address = reverse("channel-bind", args=[unknown.pk])
    assert ana.post(address, {"programme": str(other.pk)}).status_code == 422
    stranger = Client()
    stranger.force_login(build.person("pam", build.programme()))
    assert stranger.post(address, {"programme": str(other.pk)}).status_code == 403
