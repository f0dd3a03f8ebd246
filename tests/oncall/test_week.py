"""The on-call week: turns, gaps, weeks of the address, the summer's end."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.oncall.models import Rota
from apps.oncall.week import weeks
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
EASTERN = ZoneInfo("America/New_York")


def rota() -> Rota:
    programme = build.programme()
    ana, ben = build.person("ana", programme), build.person("ben", programme)
    build.rota(programme, primary=[ana, ben], backup=[ben, ana], windows={"mon-fri": "08:00-16:00"})
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


def test_without_a_rota_it_says_where_they_come_from() -> None:
    page = text_of(at_work(build.person("vic", build.programme())).get("/oncall/"))
    assert "No rota yet" in page
