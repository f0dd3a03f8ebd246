"""The fairness ledger of a programme: its page, CSV and API."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.incidents.services import Asked, Draft, acknowledge, assign, open_incident
from apps.oncall.models import Rota
from apps.rollouts.models import Programme
from tests import build
from tests.api import As
from tests.oncall import rows
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 5, 30, 15, tzinfo=UTC)
PAGE = "/oncall/fairness/"
MAY = "?from=2022-05-02&to=2022-05-29"  # four weeks: Ana, Ben, Ana, Ben
RANGE = "?from=2022-05-02T04:00:00Z&to=2022-05-30T04:00:00Z"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _after_four_weeks() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def programme() -> Programme:
    return build.programme(holidays=[{"on": "2022-05-04", "name": "Founders' day"}])


@pytest.fixture
def rota(programme: Programme) -> Rota:
    """Weekdays 8 to 20, primary and backup week by week; Ana works 8 to 16:30, Ben says nothing."""
    build.person("ana", programme, working_hours={"mon-fri": "08:00-16:30"})
    for name in ("ben", "vic", "dee", "pam", "dev"):
        build.person(name, programme)
    return rows.rota(programme)


def page(path: str = MAY, who: str = "vic") -> str:
    answer = at_work(build.person(who)).get(f"{PAGE}{path}")
    assert answer.status_code == 200
    return text_of(answer)


def told(who: str = "vic", more: str = "") -> dict[str, Any]:
    answer = As(build.person(who)).get(f"oncall/fairness/{RANGE}{more}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = {row["username"]: row for row in answer.json()["people"]}
    return found


def ticket(programme: Programme, at: datetime, assignee: str | None = None) -> Any:
    draft = Draft(programme=programme, title="Kiosk", severity=3, description="", source="page")
    person = build.person(assignee) if assignee else None
    return open_incident(draft=draft, assignee=person, assigned_because="", actor="vic",
                         origin="page", now=at)  # fmt: skip


def test_it_says_who_carried_how_much(rota: Rota) -> None:
    found = told(more="&duty=primary")
    assert (found["ana"]["minutes"], found["ben"]["minutes"]) == (7200, 7200)
    assert found["ana"]["outside_minutes"] == 10 * 210
    assert found["ben"]["outside_minutes"] is None
    assert (found["ana"]["holiday_minutes"], found["ben"]["holiday_minutes"]) == (720, 0)
    assert (found["ana"]["shifts"], found["ana"]["of_average_percent"]) == (2, 100)
    both = told()["ana"]
    assert (both["minutes"], both["shifts"]) == (14400, 4)
    assert {duty: one["minutes"] for duty, one in both["duties"].items()} == {
        "primary": 7200, "backup": 7200,
    }  # fmt: skip


def test_somebody_put_on_duty_for_others_stands_first(rota: Rota) -> None:
    rows.override(rota, "dee", "2022-05-02T08:00", "2022-05-14T08:00")
    found = told(more="&duty=primary")
    assert list(found) == ["dee", "ana", "ben"]  # by hours, then by name
    assert (found["dee"]["minutes"], found["dee"]["weekend_minutes"]) == (12 * 1440, 56 * 60)
    assert found["ben"]["minutes"] == 5 * 720
    assert "Dee Dunn" in page()


def test_who_has_turns_and_no_hours_stands_there_too(rota: Rota) -> None:
    rows.override(rota, "ana", "2022-05-02T08:00", "2022-05-30T08:00")
    found = told(more="&duty=primary")
    assert (found["ben"]["minutes"], found["ben"]["of_average_percent"]) == (0, 0)
    assert found["ana"]["of_average_percent"] == 200


def test_go_lives_in_their_first_week_are_carried(programme: Programme, rota: Rota) -> None:
    product = build.product(programme)
    other = build.product(programme, "phone")
    build.go_live(build.site(), product, date(2022, 5, 2))
    build.go_live(build.site(), other, date(2022, 5, 9))
    test_site = build.site("999", "Test", is_test=True)
    build.go_live(test_site, product, date(2022, 5, 2))
    found = told(more="&duty=primary")
    assert (found["ana"]["go_lives"], found["ben"]["go_lives"]) == (1, 1)
    assert told()["ana"]["go_lives"] == 2


def test_tickets_count_for_who_acknowledged_and_who_has_them(
    programme: Programme, rota: Rota
) -> None:
    at = NOW - timedelta(days=5)
    seen, taken = ticket(programme, at, "ben"), ticket(programme, at)
    acknowledge(incident=seen, asked=Asked(actor="ana", origin="page", now=at + HOUR))
    assign(incident=taken, assignee=build.person("ana"),
           asked=Asked(actor="ana", origin="page", now=at + HOUR))  # fmt: skip
    ticket(programme, at - timedelta(days=60), "ana")
    ticket(build.programme(), at, "ana")
    counts = {name: one["counts"] for name, one in told().items()}
    assert counts["ana"] == {"tickets_acknowledged": 2, "tickets_assigned": 1}
    assert counts["ben"] == {"tickets_acknowledged": 0, "tickets_assigned": 1}


def test_the_page_has_the_same_and_begins_with_the_last_four_weeks(rota: Rota) -> None:
    for text in (page(), page("")):
        for words in (
            "Ana Ortiz",
            "<b>240\u00a0h</b>",
            "not entered",
            "100 %",
            "<b>480\u00a0h</b>",
        ):
            assert words in text
        assert "2 May 2022 – 29 May 2022 in America/New_York" in text
    assert "Next 4 weeks" in page()


def test_days_are_those_of_the_reader(programme: Programme, rota: Rota) -> None:
    person = build.person("pam")
    person.time_zone = "Asia/Manila"
    person.save()
    text = page("?from=2022-05-03&to=2022-05-03&duty=primary", "pam")
    assert "<b>12\u00a0h</b>" in text  # Monday noon to 20:00 in New York, Tuesday 8:00 to noon
    assert "in Asia/Manila" in text


@pytest.mark.parametrize(
    ("query", "words"),
    [("?from=2022-05-02&to=2023-06-06", "At most 400 days at once"),
     ("?from=2022-05-02&to=2022-05-01", "before the first"),
     ("?from=soon", "Write a day"), ("?from=1600-01-01&to=1600-01-02", "No rota reaches there")],
)  # fmt: skip
def test_a_range_that_is_none_is_refused_in_words(rota: Rota, query: str, words: str) -> None:
    client = at_work(build.person("vic"))
    for path in (PAGE, f"{PAGE}fairness.csv"):
        answer = client.get(f"{path}{query}")
        assert answer.status_code == 400
        assert words in text_of(answer)


def test_the_api_refuses_more_than_400_days_and_unknown_rotas(rota: Rota) -> None:
    vic = As(build.person("vic"))
    long = vic.get("oncall/fairness/?from=2022-05-02T00:00:00Z&to=2023-07-01T00:00:00Z")
    assert long.status_code == 400
    assert "At most 400 days" in long.json()["detail"]
    assert vic.get(f"oncall/fairness/{RANGE}&rota=none").status_code == 404
    csv = vic.get(f"oncall/fairness/{RANGE}&rota=none&format=csv")
    assert (csv.status_code, csv.json()["status"]) == (404, 404)
    assert at_work(build.person("vic")).get(f"{PAGE}?rota=none").status_code == 404


def test_csv_is_the_same_from_page_and_api(rota: Rota) -> None:
    answer = at_work(build.person("vic")).get(f"{PAGE}fairness.csv{MAY}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="fairness-2022-05-02-2022-05-29.csv"' in answer.headers["Content-Disposition"]
    lines = text_of(answer).splitlines()
    assert lines[0].startswith("username,name,shifts,hours,of_average_percent,outside_own_hours")
    assert lines[1] == "ana,Ana Ortiz,4,240.00,100,70.00,0.00,12.00,0,0,0"
    assert lines[2].startswith("ben,Ben Boyd,4,240.00,100,,0.00,")
    api = As(build.person("vic")).get(f"oncall/fairness/{RANGE}&format=csv")
    assert api.headers["Content-Type"].startswith("text/csv")
    assert api.content == answer.content


def test_others_see_nothing_of_it(programme: Programme, rota: Rota) -> None:
    eve = build.person("eve", build.programme())
    eve.is_superuser = False
    eve.save()
    stranger = As(eve)
    found = stranger.get(f"oncall/fairness/{RANGE}&programme={programme.key}")
    assert found.status_code in {403, 404}


def test_without_a_rota_or_programme_the_page_says_what_to_do(programme: Programme) -> None:
    build.person("vic", programme)
    build.person("dee", programme)
    text = page()
    assert "Nobody is on duty here" in text
    assert "New rota" not in text
    assert 'href="/oncall/rotas/new/"' in page(who="dee")
    Programme.objects.all().delete()
    assert "No programme" in page("", "adi")


def test_it_asks_a_constant_number_of_questions(programme: Programme, rota: Rota) -> None:
    product = build.product(programme)
    client = at_work(build.person("vic"))
    build.go_live(build.site(), product, date(2022, 5, 2))
    ticket(programme, NOW - timedelta(days=3), "ana")
    rows.override(rota, "dee", "2022-05-20T09:00", "2022-05-20T10:00")
    client.get(f"{PAGE}{MAY}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"{PAGE}{MAY}")
    for number in range(9):
        site = build.site(f"7{number:02}", f"Site {number}")
        build.go_live(site, product, date(2022, 5, 9))
        ticket(programme, NOW - timedelta(days=3), "ben")
        rows.override(rota, "dee", f"2022-05-{10 + number}T09:00", f"2022-05-{10 + number}T10:00")
    rows.rota(programme, key="second")
    with CaptureQueriesContext(connection) as many:
        client.get(f"{PAGE}{MAY}")
    assert len(many) == len(few)
