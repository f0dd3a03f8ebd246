"""The console, the strip and the counts."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.boards.services import ItemDraft, make_work_item
from apps.duty.strip import strip_for
from apps.incidents.services import Asked, Draft, acknowledge, open_incident
from apps.rollouts.models import Programme
from tests import build
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
        "next_due_at": "2022-06-27T14:55:00Z", "now": "2022-06-27T14:40:00Z",
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
    assert counts[0] == counts[1] <= 32


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
