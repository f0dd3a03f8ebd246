"""The console, the strip and the counts."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.boards.models import WorkItem
from apps.boards.services import ItemDraft, make_work_item
from apps.duty.rules import due_words
from apps.duty.sources import waiting_for
from apps.duty.strip import strip_for
from apps.incidents.services import Asked, Draft, acknowledge, open_incident
from apps.intake.models import Arrival, Message
from apps.intake.work import process_due
from apps.ledger.services import seal
from apps.oncall.services import Stand, put_on_duty
from apps.rollouts.choices import Readiness
from apps.rollouts.models import GoLive, Programme, ReadinessItem
from apps.rollouts.pressing import pressing_for
from apps.rollouts.services import Tick, give_items, tick
from tests import build, slack
from tests.pages import HTMX, at_work, text_of

pytestmark = pytest.mark.django_db
NOW = build.MONDAY


@pytest.fixture(autouse=True)
def _monday_morning() -> Any:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    build.go_live(build.site(opening_hours={"mon-fri": "08:00-16:30"}), build.product(made),
                  NOW.date(), wave=build.wave(made))  # fmt: skip
    build.rota(made, primary=[build.person("ana", made)], backup=[build.person("ben", made)])
    return made


def ticket(programme: Programme, title: str = "Kiosk", **more: Any) -> Any:
    facts: dict[str, Any] = {"severity": 2, "description": "", "source": "slack"} | more
    draft = Draft(programme=programme, title=title, **facts)
    return open_incident(draft=draft, assignee=None, assigned_because="nobody", actor="ana",
                         origin="page", now=NOW)  # fmt: skip


def test_an_engineer_sees_what_to_do_and_who_is_on_duty(programme: Programme) -> None:
    made = ticket(programme)
    page = text_of(at_work(build.person("ana", programme)).get("/"))
    assert "Acknowledge: Kiosk" in page
    assert "Due in 15 min" in page
    assert page.count("Ana Ortiz") >= 1
    assert "week 9 of 17" in page
    acknowledge(incident=made, asked=Asked(actor="ana", origin="page", now=NOW))
    assert "Answer: Kiosk" in text_of(at_work(build.person("ana", programme)).get("/"))


def test_it_says_that_all_is_clear(programme: Programme) -> None:
    assert "All clear" in text_of(at_work(build.person("ana", programme)).get("/"))


@pytest.mark.parametrize(("who", "sees"), [("pam", True), ("ana", False), ("vic", False)])
def test_decisions_wait_for_those_who_decide(programme: Programme, who: str, sees: bool) -> None:
    make_work_item(draft=ItemDraft(programme=programme, title="Shorter link"), incidents=[],
                   actor="ana", origin="page", now=NOW)  # fmt: skip
    page = text_of(at_work(build.person(who, programme)).get("/"))
    assert ("Decide: Shorter link" in page) is sees


def test_it_groups_and_leaves_out_what_is_others(programme: Programme) -> None:
    made = ticket(programme)
    made.assignee = build.person("ben", programme)
    made.save()
    client = at_work(build.person("ana", programme))
    assert "Tickets and the ServiceNow queue" in text_of(client.get("/?group=duty"))
    assert "Acknowledge: Kiosk" not in text_of(client.get("/?whose=mine"))
    assert "<html" not in text_of(client.get("/", headers=HTMX))


def test_a_locked_screen_gets_numbers_and_no_words(programme: Programme) -> None:
    ticket(programme, "Kiosk of Mr. Secret")
    client = at_work(build.person("ana", programme))
    client.post("/lock/")
    answer = client.get("/duty/counts/")
    assert answer.json() == {
        "inbox": 0, "to_acknowledge": 1, "overdue": 0,
        "more_than": [], "next_due_at": "2022-06-27T14:55:00Z", "now": "2022-06-27T14:40:00Z",
        "locked": True,
    }  # fmt: skip
    assert "Secret" not in text_of(answer)


def test_it_asks_the_database_as_often_for_many_as_for_one(programme: Programme) -> None:
    client = at_work(build.person("ana", programme))
    counts = []
    for size in (3, 30):
        for number in range(size):
            ticket(programme, f"{size} {number}")
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 35


def hears(programme: Programme, text: str, minutes: int) -> None:
    """Somebody wrote something before now."""
    ts = f"{(NOW - timedelta(minutes=minutes + 1)).timestamp():.6f}"
    connection_id = programme.connections.get().pk
    body = slack.body_of(slack.event(text, ts=ts, event_id=f"Ev{ts}"))
    Arrival.objects.keep(connection_id=connection_id, delivery_key=None, headers={}, body=body,
                         now=NOW)  # fmt: skip
    process_due(now=NOW)


def test_a_cut_source_keeps_what_is_severe_and_says_that_there_is_more(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.duty.sources.MOST", 3)
    for number in range(5):
        ticket(programme, f"Slow {number}")
    answered = ticket(programme, "Known")
    acknowledge(incident=answered, asked=Asked(actor="ana", origin="page", now=NOW))
    ticket(programme, "Dark", severity=1)
    ana = build.person("ana", programme)
    found = waiting_for(ana, NOW)
    assert {one.title for one in found.todos} >= {"Acknowledge: Dark", "Answer: Known"}
    assert (len(found.todos), found.cut) == (4, {"new"})
    client = at_work(ana)
    page = text_of(client.get("/"))
    assert page.index("Acknowledge: Dark") < page.index("Acknowledge: Slow 0")
    assert 'more than </span>4<span aria-hidden="true">+' in page
    assert client.get("/duty/counts/").json()["more_than"] == ["to_acknowledge", "overdue"]


def test_a_severe_message_and_a_severe_decision_are_not_cut(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.duty.sources.MOST", 2)
    build.slack(programme)
    for number in range(4):
        hears(programme, f"442: message {number}", 9 - number)
        make_work_item(draft=ItemDraft(programme=programme, title=f"Item {number}", severity=3),
                       incidents=[], actor="ana", origin="page", now=NOW)  # fmt: skip
    Message.objects.filter(text__contains="message 3").update(severity=1)
    WorkItem.objects.filter(title="Item 3").update(severity=1)
    found = waiting_for(build.person("adi", programme), NOW)
    assert [one.title for one in found.todos if one.severity == 1] == [
        "442: message 3", "Decide: Item 3",
    ]  # fmt: skip
    assert found.cut == {"messages", "decisions"}


def test_what_is_mine_is_not_cut_off_by_what_is_others(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.duty.sources.MOST", 2)
    ben = build.person("ben", programme)
    for number in range(4):
        made = ticket(programme, f"Of Ben {number}")
        made.assignee = ben
        made.save()
    ticket(programme, "Of nobody")
    page = text_of(at_work(build.person("ana", programme)).get("/?whose=mine"))
    assert "Acknowledge: Of nobody" in page
    assert "Of Ben" not in page


def test_the_strip_follows_the_hand_over_at_its_instant() -> None:
    made = build.programme()
    ana, ben = build.person("ana", made), build.person("ben", made)
    build.rota(made, primary=[ana, ben], backup=[ben, ana])
    monday = NOW.replace(hour=12, minute=0)  # 08:00 Eastern, the hand-over
    before = strip_for(ana, monday - timedelta(seconds=1))
    after = strip_for(ana, monday)
    assert before.now[0].name != after.now[0].name
    assert before.changes_at == monday
    assert "Ben Boyd" in text_of(at_work(ana).get("/duty/strip/"))


def test_the_strip_keeps_nothing_the_ledger_has_overtaken(programme: Programme) -> None:
    client = at_work(build.person("ana", programme))
    assert "Ana Ortiz</b>" in text_of(client.get("/duty/strip/"))
    stand = Stand(duty="primary", person=build.person("dev", programme), start=NOW,
                  end=NOW + timedelta(hours=1))  # fmt: skip
    put_on_duty(rota=programme.rotas.get(), stand=stand, actor="dee", origin="page", now=NOW)
    seal(now=NOW)
    page = text_of(client.get("/duty/strip/"))
    assert "Ana Ortiz</b>" not in page
    assert 'data-until="2022-06-27T11:40:00-04:00"' in page


@pytest.fixture
def coming(programme: Programme) -> Programme:
    """Wave 10 with three sites, a week from now, and its checklist."""
    day = NOW.date() + timedelta(days=7)
    wave = build.wave(programme, 10, day)
    for number in ("437", "438", "442"):
        build.go_live(
            build.site(number, f"Site {number}"), programme.products.get(), day, wave=wave
        )
    GoLive.objects.filter(wave__number=9).update(status="paused")
    build.checklist(programme)
    return programme


def readiness(who: str, programme: Programme, now: datetime = NOW) -> list[tuple[str, str]]:
    found = waiting_for(build.person(who, programme), now).todos
    return [(one.title, one.reason) for one in found if one.ref.startswith("readiness")]


def ticked(programme: Programme, key: str, *numbers: str, who: str = "pam") -> None:
    rows = ReadinessItem.objects.filter(template__key=key, go_live__site__number__in=numbers)
    tick(programme=programme, wanted={row.pk: Tick(Readiness.DONE) for row in rows},
         by=build.person(who, programme), origin="page", now=NOW)  # fmt: skip


def test_what_is_due_soon_stands_on_its_owners_console(coming: Programme) -> None:
    assert readiness("pam", coming) == [
        ("Training held: 3 of 3 sites open", "Wave 10 · due today · blocks the go")
    ]
    assert readiness("ana", coming) == []
    assert readiness("ana", coming, NOW + timedelta(days=1)) == [
        ("Whitelisted: 3 of 3 sites open", "Wave 10 · due in 2 days · blocks the go")
    ]
    for who in ("dee", "dev", "vic", "adi"):
        assert readiness(who, coming) == []
    page = text_of(at_work(build.person("pam")).get("/"))
    assert f"/waves/{coming.key}/10/#col-training" in page


def test_what_is_done_leaves_and_what_is_late_is_overdue(coming: Programme) -> None:
    ticked(coming, "training", "437", "442")
    assert readiness("pam", coming, NOW + timedelta(days=1)) == [
        ("Training held: 1 of 3 sites open", "Wave 10 · due yesterday · blocks the go")
    ]
    ticked(coming, "training", "438")
    assert readiness("pam", coming, NOW + timedelta(days=1)) == []


def test_an_item_stands_with_whom_it_was_given_to(coming: Programme) -> None:
    pam, ben = build.person("pam", coming), build.person("ben", coming)
    rows = ReadinessItem.objects.filter(template__key="training", go_live__site__number="437")
    give_items(programme=coming, items=[row.pk for row in rows], owner=ben, by=pam,
               origin="page", now=NOW)  # fmt: skip
    assert readiness("ben", coming)[0][0] == "Training held: 1 of 3 sites open"
    assert readiness("pam", coming)[0][0] == "Training held: 2 of 3 sites open"


def test_a_moved_go_live_takes_its_row_along(coming: Programme) -> None:
    GoLive.objects.filter(wave__number=10).update(planned_on=NOW.date() + timedelta(days=20))
    assert readiness("pam", coming) == readiness("ana", coming) == []


def test_a_go_live_without_wave_stands_by_its_site(coming: Programme) -> None:
    GoLive.objects.filter(site__number="437").update(wave=None)
    assert readiness("pam", coming) == [
        ("Training held: 1 of 1 site open", "437 · due today · blocks the go"),
        ("Training held: 2 of 2 sites open", "Wave 10 · due today · blocks the go"),
    ]


def test_a_closed_programme_presses_nobody(coming: Programme) -> None:
    coming.closes_on = NOW.date()
    coming.save()
    assert readiness("pam", coming) == []


def test_readiness_asks_as_often_for_many_as_for_few(coming: Programme) -> None:
    pam, counts = build.person("pam", coming), []
    for size in (0, 40):
        for number in range(size):
            build.go_live(build.site(f"7{number:02}"), coming.products.get(), NOW.date(),
                          wave=build.wave(coming, 20 + number % 5, NOW.date()))  # fmt: skip
        build.checklist(coming)
        with CaptureQueriesContext(connection) as queries:
            pressing_for(pam, NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5


@pytest.mark.parametrize(
    ("days", "words"),
    [(-9, "due 9 days ago"), (-1, "due yesterday"), (0, "due today"), (1, "due tomorrow"),
     (3, "due in 3 days")],
)  # fmt: skip
def test_days_are_said_from_today(days: int, words: str) -> None:
    assert due_words(NOW.date() + timedelta(days=days), NOW.date()) == words
