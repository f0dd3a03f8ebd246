"""The on-call schedule: turns, gaps, weeks, months, the programme, by duty and by person."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.oncall.models import Rota
from apps.oncall.season import season
from apps.oncall.week import Looking, days_of, weeks
from tests import build
from tests.oncall.rows import leave, override
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
EASTERN = ZoneInfo("America/New_York")


def rota() -> Rota:
    programme = build.programme()
    ana, ben = build.person("ana", programme), build.person("ben", programme)
    build.rota(programme, primary=[ana, ben], backup=[ben, ana], windows={"mon-fri": "08:00-16:00"})
    return Rota.objects.with_facts().get()


def rota_again() -> Rota:
    return Rota.objects.with_facts().get()


def test_turns_and_gaps_fill_each_day_without_a_hole() -> None:
    [one] = weeks([rota()], date(2022, 6, 27), EASTERN, build.MONDAY)
    primary = one.lanes[0]
    monday, saturday = primary.days[0], primary.days[5]
    assert [piece.person is None for piece in monday.pieces] == [True, False, True]
    assert monday.pieces[1].is_now
    assert [piece.person for piece in saturday.pieces] == [None]
    for day in primary.days:
        edges = [piece.start for piece in day.pieces] + [day.pieces[-1].end]
        assert edges == sorted(edges)
        assert all(a.end == b.start for a, b in zip(day.pieces, day.pieces[1:], strict=False))


def test_the_day_the_clocks_go_back_has_25_hours() -> None:
    now = datetime(2022, 11, 1, 12, tzinfo=EASTERN)
    [one] = weeks([rota()], date(2022, 10, 31), EASTERN, now)
    sunday = one.lanes[0].days[6]
    assert sunday.pieces[-1].end - sunday.pieces[0].start == timedelta(hours=25)


@pytest.mark.parametrize(
    ("query", "shown"),
    [("?week=2022-W26", "27 Jun"), ("?week=2022-W27", "4 Jul"), ("?week=2022-W54", "On call"),
     ("?week=nonsense", "On call")],
)  # fmt: skip
def test_a_week_is_named_in_the_address(query: str, shown: str) -> None:
    person = rota().programme.memberships.get(person__username="ana").person
    answer = at_work(person).get(f"/oncall/{query}")
    assert (answer.status_code, shown in text_of(answer)) == (200, True)


def shown(query: str, person: str = "ana") -> str:
    made = rota()
    return text_of(at_work(build.person(person, made.programme)).get(f"/oncall/{query}"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?view=month&month=2022-06", "1 Jun – 30 Jun 2022"),
        ("?view=month&month=2022-02", "1 Feb – 28 Feb 2022"),
        ("?view=programme", "2 May – 22 Aug 2022"),
        ("?view=moon&week=2022-W26", "27 Jun – 3 Jul 2022"),
        ("?view=week&by=person&week=2022-W26", "Backup"),
        ("?week=2022-W26&person=ben", "Ben Boyd"),
    ],
)
def test_views_and_filters_stand_in_the_address(query: str, words: str) -> None:
    assert words in shown(query)


@pytest.mark.parametrize(
    "query",
    ["?view=month&month=2022-13", "?view=month&month=9999-12", "?week=0001-W01", "?rota=none",
     "?person=nobody&by=person"],
)  # fmt: skip
def test_nonsense_in_the_address_does_no_harm(query: str) -> None:
    assert "On call" in shown(query)


def test_the_programme_shows_hours_of_everybody_week_by_week() -> None:
    made = Looking(EASTERN, build.MONDAY)
    found = season(rota(), made)
    assert found.heads == ["Primary", "Backup"]
    assert len(found.rows) == 18  # 17 weeks, and the one in which the last go-lives end
    [share] = found.rows[8].cells[0]
    assert (str(share.person), share.hours, found.rows[8].is_now) == ("Ana Ortiz", 40, True)
    assert found.rows[8].week == "2022-W26"
    by_person = season(rota_again(), Looking(EASTERN, build.MONDAY, by_person=True))
    assert by_person.heads == ["Ana Ortiz", "Ben Boyd"]
    assert [one.duty for one in by_person.rows[8].cells[1]] == ["backup"]


def test_by_person_has_lanes_of_people_without_gaps() -> None:
    looking = Looking(EASTERN, build.MONDAY, by_person=True)
    found = days_of(rota(), date(2022, 6, 27), 7, looking)
    assert [str(lane.person) for lane in found.lanes] == ["Ana Ortiz", "Ben Boyd"]
    assert [piece.duty for day in found.lanes[1].days for piece in day.pieces] == ["backup"] * 5


def test_who_is_away_while_on_duty_is_marked() -> None:
    made = rota()
    leave("ana", "2022-06-28T00:00", "2022-06-30T00:00")
    found = days_of(rota_again(), date(2022, 6, 27), 7, Looking(EASTERN, build.MONDAY))
    away = [any(piece.is_away for piece in day.pieces) for day in found.lanes[0].days]
    assert away == [False, True, True, False, False, False, False]
    page = text_of(at_work(build.person("ana", made.programme)).get("/oncall/?week=2022-W26"))
    assert ">Away</span>" in page


def test_a_turn_knows_its_whole_shift() -> None:
    made = rota()
    looking = Looking(ZoneInfo("Asia/Tokyo"), build.MONDAY)  # the shift crosses their midnight
    first = days_of(made, date(2022, 6, 27), 7, looking).lanes[0].days[0].pieces[-1]
    assert "start=2022-06-27T12%3A00%3A00Z&end=2022-06-27T20%3A00%3A00Z" in first.asks


def test_only_who_may_is_offered_to_put_somebody_on_duty(settings: Settings) -> None:
    made = rota()
    settings.CLOCK_OFFSET = (build.MONDAY - timezone.now()).total_seconds()
    found = {
        name: text_of(at_work(build.person(name, made.programme)).get("/oncall/"))
        for name in ("dee", "ana", "vic")
    }
    assert "put somebody on duty" in found["dee"]
    assert "Arrange a swap" in found["dee"]
    assert "take this shift" in found["ana"]
    assert "Arrange a swap" not in found["ana"]
    assert "/oncall/override/" not in found["vic"]


@pytest.mark.parametrize("view", ["week", "month", "programme"])
def test_queries_do_not_grow_with_overrides(view: str) -> None:
    made = rota()
    client = at_work(build.person("ana", made.programme))
    path = f"/oncall/?view={view}&week=2022-W26&month=2022-06"
    override(made, "ana", "2022-06-28T08:00", "2022-06-28T10:00")
    client.get(path)
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for hour in range(10, 20):
        override(made, "ana", f"2022-06-28T{hour}:00", f"2022-06-28T{hour + 1}:00")
    with CaptureQueriesContext(connection) as many:
        client.get(path)
    assert len(many) == len(few)


def test_without_a_rota_it_says_where_they_come_from() -> None:
    page = text_of(at_work(build.person("vic", build.programme())).get("/oncall/"))
    assert "No rota yet" in page
