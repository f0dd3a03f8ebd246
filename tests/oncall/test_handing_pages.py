"""Pages of hand-overs: the list, the note, acknowledging, the brief; lines on other pages."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.incidents.services import Draft, open_incident
from apps.oncall.models import HandOver, Rota, ShiftBrief
from apps.oncall.work import pass_due
from tests import build
from tests.oncall.handing import MINUTE, PASSES, handed, primary, rota_of
from tests.pages import HTMX, at_work, text_of

pytestmark = pytest.mark.django_db
LIST = "/oncall/hand-overs/"
NOW = PASSES - 30 * MINUTE


@pytest.fixture(autouse=True)
def _before_the_shift() -> Any:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def rota() -> Rota:
    return rota_of(build.programme())


def page(who: str, path: str, **more: Any) -> str:
    answer = at_work(build.person(who)).get(path, **more)
    assert answer.status_code == 200, answer.status_code
    return text_of(answer)


def send(who: str, path: str, **facts: Any) -> Any:
    return at_work(build.person(who)).post(path, facts)


def ticket(rota: Rota, title: str, assignee: str | None, severity: int = 2) -> Any:
    draft = Draft(programme=rota.programme, title=title, severity=severity, description="",
                  source="page")  # fmt: skip
    person = build.person(assignee) if assignee else None
    return open_incident(draft=draft, assignee=person, assigned_because="", actor="ana",
                         origin="page", now=NOW)  # fmt: skip


def test_the_note_begins_with_the_tickets_of_who_goes(rota: Rota) -> None:
    row = primary(rota)
    mine, other = ticket(rota, "Kiosk is dark", "ben"), ticket(rota, "Texts", "ana")
    text = page("ben", f"{LIST}{row.pk}/")
    assert f"- {mine.number} Kiosk is dark (severity 2)" in text
    assert f"- {other.number} Texts" not in text
    assert f"- {other.number} waits for its first answer" in text


def test_it_is_written_handed_over_and_acknowledged(rota: Rota) -> None:
    row = primary(rota)
    path = f"{LIST}{row.pk}/"
    answer = send("ben", path, version=row.version, open_items="Kiosk", watch="")
    assert answer.status_code == 303
    assert HandOver.objects.get(pk=row.pk).state == "open"
    assert "Draft" in page("ben", path)
    answer = send("ben", path, version=row.version + 1, open_items="Kiosk", watch="Texts", hand="1")
    assert answer.status_code == 303
    assert "Handed over" in page("ana", path)
    assert "Kiosk" in page("ana", path)
    assert send("ana", f"{path}acknowledge/").status_code == 303
    assert "Acknowledged by Ana Ortiz" in page("ben", path)
    assert send("ana", f"{path}acknowledge/").status_code == 303  # twice does no harm
    assert HandOver.objects.get(pk=row.pk).acknowledged_by == "ana"


def test_an_older_note_is_refused_with_what_was_typed(rota: Rota) -> None:
    row = primary(rota)
    handed(row)
    answer = send("ben", f"{LIST}{row.pk}/", version=row.version, open_items="Mine", watch="")
    assert answer.status_code == 422
    assert "Somebody has written in it since you read it." in text_of(answer)
    assert "Mine" in text_of(answer)


@pytest.mark.parametrize(
    ("who", "writes", "takes"),
    [("ben", 303, 403), ("ana", 403, 303), ("dee", 303, 303), ("pam", 303, 303),
     ("vic", 403, 403), ("dev", 403, 403), ("adi", 303, 303)],
)  # fmt: skip
def test_who_goes_writes_and_who_comes_acknowledges(
    rota: Rota, who: str, writes: int, takes: int
) -> None:
    build.person("dev", rota.programme)
    row = handed(primary(rota))
    path = f"{LIST}{row.pk}/"
    assert "Note" in page(who, path)
    sent = send(who, path, version=row.version, open_items="x", watch="")
    assert sent.status_code == writes
    assert send(who, f"{path}acknowledge/").status_code == takes


def test_it_is_for_the_programme_alone(rota: Rota) -> None:
    row = primary(rota)
    pass_due(now=NOW + 15 * MINUTE)
    brief = ShiftBrief.objects.latest("pk")
    other = build.programme()
    build.person("dev", other)
    client = at_work(build.person("dev"))
    for path in (f"{LIST}{row.pk}/", f"/oncall/briefs/{brief.pk}/"):
        assert client.get(path).status_code == 404
    assert client.post(f"{LIST}{row.pk}/acknowledge/").status_code == 404
    assert "No hand-over here" in text_of(client.get(f"{LIST}?show=all"))


def test_the_list_says_what_waits_and_filters_by_address(rota: Rota) -> None:
    row = handed(primary(rota))
    text = page("ana", LIST)
    assert "has handed over primary to you" in text
    assert "You hand over backup to" in text
    assert f'href="{LIST}{row.pk}/"' in page("vic", f"{LIST}?show=waiting&rota={rota.pk}")
    assert "No hand-over here" in page("vic", f"{LIST}?show=past")
    assert "<html" not in page("ana", LIST, headers=HTMX)


def test_the_list_asks_as_much_for_one_as_for_many(rota: Rota) -> None:
    row = handed(primary(rota))
    client = at_work(build.person("dee"))
    path = f"{LIST}?show=all"
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for number in range(1, 15):
        at = PASSES - timedelta(days=number)
        HandOver.objects.create(
            rota=rota, duty="primary", outgoing=row.outgoing, incoming=row.incoming, ends_at=at,
            starts_at=at, acknowledge_due_at=at,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)


def test_my_shifts_and_the_console_say_what_waits(rota: Rota) -> None:
    row = handed(primary(rota))
    assert "has handed over primary to you" in page("ana", "/oncall/mine/")
    console = page("ana", "/")
    assert "Acknowledge the hand-over of primary from Ben Boyd" in console
    assert "Hand over backup to Ben Boyd" in console  # half an hour before the end of her shift
    send("ana", f"{LIST}{row.pk}/acknowledge/")
    assert "Acknowledge the hand-over" not in page("ana", "/")


def test_without_a_note_it_waits_from_the_beginning_of_the_shift(rota: Rota) -> None:
    row = primary(rota)
    path = f"{LIST}{row.pk}/"
    assert "No note was written." in page("ana", path)
    assert "Acknowledge the hand-over" not in page("ana", "/")
    with time_machine.travel(PASSES, tick=False):
        assert "no note was written" in page("ana", "/")
        assert send("ana", f"{path}acknowledge/").status_code == 303


def test_the_brief_says_what_to_know(rota: Rota) -> None:
    programme = rota.programme
    site = build.site(opening_hours={"mon-fri": "08:00-16:30"})
    build.go_live(site, build.product(programme), PASSES.date())
    grave = ticket(rota, "Check-in is down", "ben", severity=1)
    handed(primary(rota))
    pass_due(now=PASSES - 15 * MINUTE)
    row = ShiftBrief.objects.get(person=build.person("ana"))
    text = page("ana", f"/oncall/briefs/{row.pk}/")
    for words in ("The kiosk in Omaha", "Ben Boyd", "Omaha VA Medical Center", "08:00", "16:30",
                  "eCheck-in", "1 of severity 1", grave.number, "1 not acknowledged"):  # fmt: skip
        assert words in text, words


def test_a_brief_asks_a_constant_number_of_questions(rota: Rota) -> None:
    product = build.product(rota.programme)
    pass_due(now=PASSES - 15 * MINUTE)
    path = f"/oncall/briefs/{ShiftBrief.objects.earliest('pk').pk}/"
    client = at_work(build.person("ana"))
    build.go_live(build.site(), product, PASSES.date())
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for number in range(12):
        site = build.site(f"7{number:02}", f"Site {number}", opening_hours={"mon": "08:00-16:30"})
        build.go_live(site, product, PASSES.date())
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)
