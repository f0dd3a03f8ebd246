"""The history of the schedule when one decision is about many go-lives."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Programme, ScheduleChange
from apps.rollouts.services import Decision, Plan, Wish, change_schedule, plan_go_lives
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 4, 20, 15, tzinfo=UTC)
FIRST, SECOND = date(2022, 6, 13), date(2022, 6, 27)
DECISION = Decision(reason="As agreed", decided_by="Dee", made_by="dee", origin="page")


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def vic(programme: Programme) -> Client:
    return at_work(build.person("vic", programme))


def moved(programme: Programme, count: int) -> ScheduleChange:
    """So many go-lives, planned and moved by one decision each."""
    product = programme.products.first() or build.product(programme)
    begin = GoLive.objects.count()
    plans = [Plan(site=build.site(f"B{number}"), product=product, wave=None, planned_on=FIRST)
             for number in range(begin, begin + count)]  # fmt: skip
    plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)
    rows = GoLive.objects.order_by("-pk").values_list("pk", flat=True)[:count]
    wish = Wish(kind=ChangeKind.MOVE, go_lives=dict.fromkeys(sorted(rows), SECOND))
    made = change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    assert made is not None
    return made


def test_the_history_tells_how_many_and_the_first_of_them(
    vic: Client, programme: Programme
) -> None:
    change = moved(programme, 120)
    page = vic.get("/schedule/changes/")
    shown = page.content.decode()
    assert "120 go-lives" in text_of(page)
    assert shown.count("/sites/B") == 20
    assert f'href="/schedule/changes/{change.pk}/"' in shown


def test_a_change_of_a_few_has_all_of_them_beside_it(vic: Client, programme: Programme) -> None:
    change = moved(programme, 20)
    assert f'href="/schedule/changes/{change.pk}/"' not in vic.get(
        "/schedule/changes/"
    ).content.decode()  # fmt: skip


def test_all_of_them_stand_on_its_own_page_by_hundreds(vic: Client, programme: Programme) -> None:
    change = moved(programme, 120)
    url = f"/schedule/changes/{change.pk}/"
    first = vic.get(url)
    assert [len(first.context["items"]), first.context["newer"]] == [100, ""]
    for words in ("120 go-lives", "As agreed", "decided by Dee", "13 Jun 2022 → 27 Jun 2022"):
        assert words in text_of(first)
    second = vic.get(url + first.context["older"])
    assert [len(second.context["items"]), second.context["older"]] == [20, ""]
    back = vic.get(url + second.context["newer"])
    assert [one.pk for one in back.context["items"]] == [
        one.pk for one in first.context["items"]
    ]  # fmt: skip


def test_a_page_costs_the_same_however_many_there_are(vic: Client, programme: Programme) -> None:
    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert vic.get(url).status_code == 200
        return len(asked)

    few, many = moved(programme, 3), moved(programme, 120)
    vic.get("/schedule/changes/")
    assert cost(f"/schedule/changes/{few.pk}/") == cost(f"/schedule/changes/{many.pk}/")
    before = cost("/schedule/changes/")
    moved(programme, 60)
    assert cost("/schedule/changes/") == before


def test_what_one_does_not_see_is_not_there(programme: Programme) -> None:
    change = moved(programme, 1)
    stranger = at_work(build.person("vic", build.programme(key="other")))
    assert stranger.get(f"/schedule/changes/{change.pk}/").status_code == 404


def test_it_is_only_looked_at(vic: Client, programme: Programme) -> None:
    url = f"/schedule/changes/{moved(programme, 1).pk}/"
    assert vic.post(url).status_code in {403, 405}
    signed_out = Client().get(url)
    assert (signed_out.status_code, "/sign-in/" in signed_out["Location"]) == (302, True)


def test_htmx_gets_the_part(vic: Client, programme: Programme) -> None:
    url = f"/schedule/changes/{moved(programme, 1).pk}/"
    part = vic.get(url, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="change-items"')
