"""The map: sites by place and phase on any day, as tiles and as a table."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Programme
from apps.rollouts.services import Decision, Plan, Wish, change_schedule, plan_go_lives
from apps.rollouts.tilemap import Asked, TileMap, tile_map
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 29, 15, 0, tzinfo=UTC)
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")
LABELS = {"site": "Branch", "region": "Area"}
SITES = (  # number, state, region, zone, day
    ("636", "NE", "VISN 23", "America/Chicago", date(2022, 6, 27)),
    ("438", "SD", "VISN 23", "America/Chicago", date(2022, 6, 27)),
    ("442", "WY", "VISN 19", "America/Denver", date(2022, 6, 13)),
    ("666", "WY", "VISN 19", "America/Denver", date(2022, 8, 1)),
    ("358", "PI", "VISN 21", "Asia/Manila", date(2022, 7, 11)),
)
PHASES = [
    {"key": key, "label": label}
    for key, label in (("planned", "Coming"), ("go_live_week", "Hypercare"),
                       ("servicenow", "Usual"), ("paused", "On hold"))
]  # fmt: skip


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    made = build.programme(key="check-in", labels=LABELS, phases=PHASES)
    product, second = build.product(made), build.product(made, key="vse", name="VSE-CS")
    nine = build.wave(made, 9, date(2022, 6, 27))
    plans = [
        Plan(site=build.site(number, f"Branch {number}", state=state, region=region,
                             time_zone=zone),
             product=one, wave=nine if day == nine.starts_on else None, planned_on=day)
        for number, state, region, zone, day in SITES
        for one in (product, second)
    ]  # fmt: skip
    plan_go_lives(programme=made, plans=plans, decision=DECISION, now=NOW - timedelta(days=90))
    return made


@pytest.fixture
def vic(programme: Programme) -> Client:
    return at_work(build.person("vic", programme))


def drawn(programme: Programme, now: datetime = NOW, **asked: Any) -> TileMap:
    return tile_map(programme, Asked(**asked), LABELS, now)


def counts(found: TileMap) -> dict[str, dict[str, int]]:
    return {tile.place.code: {cell.key: cell.count for cell in tile.cells}
            for tile, _ in found.rows}  # fmt: skip


def test_it_counts_sites_by_state_and_phase(programme: Programme) -> None:
    assert counts(drawn(programme)) == {
        "NE": {"go_live_week": 1}, "SD": {"go_live_week": 1}, "PI": {"planned": 1},
        "WY": {"planned": 1, "servicenow": 1},
    }  # fmt: skip
    assert drawn(programme).total == 5


def test_a_tile_says_all_of_it_in_words(programme: Programme) -> None:
    words = {tile.place.code: tile.words for tile in drawn(programme).tiles}
    assert words["WY"] == "WY 2 Branches, Wyoming: 1 Coming, 1 Usual"
    assert words["PI"] == "PI 1 Branch, Philippines: 1 Coming"


def test_a_site_whose_products_part_counts_in_each_phase_and_once_in_all(
    programme: Programme,
) -> None:
    row = GoLive.objects.get(site__number="358", product__key="vse")
    wish = Wish(kind=ChangeKind.MOVE, go_lives={row.pk: date(2022, 8, 1)})
    change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    day = date(2022, 7, 12)
    found = drawn(programme, day=day)
    assert counts(found)["PI"] == {"planned": 1, "go_live_week": 1}
    assert [tile.total for tile, _ in found.rows if tile.place.code == "PI"] == [1]
    assert counts(drawn(programme, day=day, product="vse"))["PI"] == {"planned": 1}


def test_what_was_interrupted_is_where_it_is(programme: Programme) -> None:
    rows = GoLive.objects.filter(site__number="636").values_list("pk", flat=True)
    wish = Wish(kind=ChangeKind.PAUSE, go_lives=dict.fromkeys(rows))
    change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    assert counts(drawn(programme, NOW + timedelta(hours=1)))["NE"] == {"paused": 1}
    assert counts(drawn(programme, day=date(2022, 6, 28)))["NE"] == {"go_live_week": 1}
    rows = GoLive.objects.filter(site__number="358").values_list("pk", flat=True)
    wish = Wish(kind=ChangeKind.CANCEL, go_lives=dict.fromkeys(rows))
    change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    assert "PI" not in counts(drawn(programme))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2022, 5, 2), {"planned": 5}),
        (date(2022, 6, 13), {"planned": 4, "go_live_week": 1}),
        (date(2022, 6, 19), {"planned": 4, "go_live_week": 1}),
        (date(2022, 6, 20), {"planned": 4, "servicenow": 1}),
        (date(2022, 7, 11), {"planned": 1, "go_live_week": 1, "servicenow": 3}),
        (date(2022, 9, 1), {"servicenow": 5}),
    ],
)
def test_any_day_is_the_day_of_the_sites_own_clock(
    programme: Programme, day: date, expected: dict[str, int]
) -> None:
    found = drawn(programme, day=day)
    assert {one.key: one.count for one in found.phases if one.count} == expected


def test_test_sites_do_not_count(programme: Programme) -> None:
    site = build.site("500", "Test", state="WY", is_test=True)
    build.go_live(site, programme.products.all()[0], date(2022, 6, 27))
    assert drawn(programme).total == 5


def test_filters_narrow_it(programme: Programme) -> None:
    assert set(counts(drawn(programme, wave="9"))) == {"NE", "SD"}
    assert drawn(programme, wave="99").total == 0
    assert drawn(programme, product="nothing").total == 0


def test_each_number_leads_to_the_sites_behind_it(programme: Programme, vic: Client) -> None:
    for day in (None, date(2022, 6, 20), date(2022, 7, 11)):
        for tile, cells in drawn(programme, day=day, product="vse").rows:
            for cell in filter(None, cells):
                page: Any = vic.get(cell.url)
                assert page.context["total"] == cell.count, cell.url
            assert vic.get(tile.url).context["total"] == tile.total
    query = parse_qs(urlsplit(drawn(programme).rows[0][0].url).query)
    assert query == {"programme": ["check-in"], "state": ["NE"]}


def test_without_states_it_is_a_grid_of_regions(programme: Programme) -> None:
    for row in programme.go_lives.select_related("site"):
        site = row.site
        site.state = {"636": "Bayern", "438": "Tirol", "442": "Wien"}.get(site.number, "Bern")
        site.region = {"636": "Area 10", "358": ""}.get(site.number, "Area 2")
        site.save()
    found = drawn(programme)
    assert found.by == "region"
    assert [tile.place.name for tile, _ in found.rows] == ["Area 2", "Area 10", "No region"]
    query = parse_qs(urlsplit(found.rows[0][0].url).query)
    assert query["region"] == ["Area 2"]
    assert found.total == 5


def test_a_state_the_layout_does_not_know_has_a_tile_too(programme: Programme) -> None:
    site = build.site("999", "Far", state="ZZ", time_zone="UTC")
    build.go_live(site, programme.products.all()[0], date(2022, 6, 27))
    bare = build.site("998", "Nowhere", state="", time_zone="UTC")
    build.go_live(bare, programme.products.all()[0], date(2022, 6, 27))
    found = drawn(programme)
    assert (found.by, found.total) == ("state", 7)
    places = {(tile.x, tile.y) for tile in found.tiles}
    assert len(places) == len(found.tiles)
    width, height = found.layout.size
    assert max(x for x, _ in places) < width
    assert max(y for _, y in places) < height


# --- the page ------------------------------------------------------------------------------------


def test_the_page_speaks_the_programmes_words(vic: Client) -> None:
    page = text_of(vic.get("/schedule/map/"))
    for words in ("WY 2 Branches, Wyoming: 1 Coming, 1 Usual", "5 Branches by phase",
                  "week 9 of 17", "Wed 29 Jun 2022", "Hypercare <b", "State</th>"):  # fmt: skip
        assert words in page
    assert "Site" not in page.partition("<main")[2].partition("</main")[0]


def test_one_steps_through_the_weeks(vic: Client) -> None:
    path, seen = "/schedule/map/?at=2022-05-02&product=vse", []
    for _ in range(17):
        answer: Any = vic.get(path)
        seen.append(answer.context["shown"])
        path = f"/schedule/map/?product=vse&at={answer.context['later'].isoformat()}"
    assert seen[0] == date(2022, 5, 2)
    assert seen[-1] == date(2022, 8, 22)
    assert [one.weekday() for one in seen] == [0] * 17
    for _ in range(16):
        answer = vic.get(f"/schedule/map/?at={answer.context['earlier'].isoformat()}")
    assert answer.context["shown"] == date(2022, 5, 2)
    assert answer.context["earlier"] == date(2022, 4, 25)


def test_a_step_lands_on_the_day_a_wave_begins(programme: Programme, vic: Client) -> None:
    build.wave(programme, 10, date(2022, 7, 5))
    answer: Any = vic.get("/schedule/map/?at=2022-06-27")
    assert answer.context["later"] == date(2022, 7, 5)
    assert answer.context["earlier"] == date(2022, 6, 20)


@pytest.mark.parametrize("query", ["at=x", "at=2022-02-30", "wave=x", "at=9999-12-31",
                                   "at=0001-01-01"])  # fmt: skip
def test_an_address_nobody_wrote_is_no_error(vic: Client, query: str) -> None:
    assert vic.get(f"/schedule/map/?{query}").status_code == 200


def test_nothing_to_show_says_so(vic: Client) -> None:
    assert "Nothing to show here" in text_of(vic.get("/schedule/map/?wave=99"))
    stranger = at_work(build.person("ben"))
    assert stranger.get("/schedule/map/").status_code == 403
    adi = at_work(build.person("adi"))
    Programme.objects.all().update(key="gone")
    assert adi.get("/schedule/map/?programme=check-in").status_code == 404


def test_another_programme_is_out_of_reach(vic: Client) -> None:
    other = build.programme(key="other")
    assert vic.get("/schedule/map/?programme=other").status_code == 404
    page = text_of(at_work(build.person("ben", other)).get("/schedule/map/"))
    assert "Wyoming" not in page


def test_a_part_is_answered_with_the_map_alone(vic: Client) -> None:
    page = text_of(vic.get("/schedule/map/", headers={"HX-Request": "true"}))
    assert 'id="map"' in page
    assert "<h1" not in page


def test_it_asks_as_often_for_many_as_for_few(programme: Programme, vic: Client) -> None:
    found = []
    for size in (0, 60):
        plans = [
            Plan(site=build.site(f"7{n:02}", state="TX"), product=programme.products.all()[0],
                 wave=build.wave(programme, 20 + n % 7, date(2022, 7, 18)),
                 planned_on=date(2022, 7, 18))
            for n in range(size)
        ]  # fmt: skip
        plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert vic.get("/schedule/map/").status_code == 200
        found.append(len(queries))
    assert found[0] == found[1] <= 18
