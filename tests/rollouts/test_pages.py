"""Sites, one site, waves: phases now, filters, other programmes, constant queries."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.rollouts.models import Programme, Site
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_morning() -> Any:
    with time_machine.travel(build.MONDAY, tick=False):
        yield


@pytest.fixture
def programme() -> Programme:
    made = build.programme(
        labels={"site": "Branch", "region": "Area"},
        phases=[{"key": "go_live_week", "label": "Hypercare", "where_to_ask": "the desk"}],
        holidays=[{"on": "2022-06-27", "name": "Founders' Day"}],
    )
    product, wave = build.product(made), build.wave(made)
    omaha = build.site(opening_hours={"mon-fri": "08:00-16:30"})
    build.go_live(omaha, product, date(2022, 6, 27), wave=wave)
    cheyenne = build.site("442", "Cheyenne VA Medical Center", time_zone="America/Denver",
                          region="VISN 19", state="WY")  # fmt: skip
    build.go_live(cheyenne, product, date(2022, 6, 13), wave=wave)
    return made


def test_sites_are_shown_with_their_phase_in_the_programmes_words(programme: Programme) -> None:
    page = text_of(at_work(build.person("vic", programme)).get("/sites/"))
    assert all(words in page for words in ("<h1>Branches</h1>", "Area", "Hypercare", "Servicenow"))


@pytest.mark.parametrize(
    ("query", "found"),
    [("phase=go_live_week", {"636"}), ("state=WY", {"442"}), ("text=chey", {"442"}),
     ("wave=9", {"442", "636"}), ("wave=x", {"442", "636"}), ("region=VISN+23", {"636"}),
     ("text=zzz", set()), ("page=99", {"442", "636"})],
)  # fmt: skip
def test_it_filters_by_its_address(programme: Programme, query: str, found: set[str]) -> None:
    answer: Any = at_work(build.person("vic", programme)).get(f"/sites/?{query}")
    assert {one.site.number for one in answer.context["page"].object_list} == found


def test_a_site_says_phase_clock_hours_and_history(programme: Programme) -> None:
    page = text_of(at_work(build.person("vic", programme)).get("/sites/636/"))
    assert all(words in page for words in ("Omaha", "09:40", "Open", "the desk", "wave 9"))
    assert at_work(build.person("vic", programme)).get("/sites/999/").status_code == 404


def test_another_programmes_go_lives_are_not_shown(programme: Programme) -> None:
    stranger = at_work(build.person("vic", build.programme()))
    assert "No go-live" in text_of(stranger.get("/sites/636/"))
    assert "Omaha" not in text_of(stranger.get("/sites/"))
    assert stranger.get(f"/waves/{programme.key}/9/").status_code == 404


def test_a_wave_shows_progress_and_what_its_day_falls_on(programme: Programme) -> None:
    client = at_work(build.person("vic", programme))
    assert "Founders&#x27; Day" in text_of(client.get("/waves/"))
    page = text_of(client.get(f"/waves/{programme.key}/9/"))
    assert ("2 of 2 branches have begun" in page, "Omaha" in page) == (True, True)


@pytest.mark.parametrize("path", ["/sites/", "/waves/"])
def test_it_asks_the_database_as_often_for_many_as_for_one(programme: Programme, path: str) -> None:
    client, counts = at_work(build.person("vic", programme)), []
    product = programme.products.get()
    for first, size in ((100, 3), (200, 40)):
        for number in range(size):
            build.go_live(build.site(str(first + number)), product, date(2022, 6, 27))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_products_in_one_phase_stand_together(programme: Programme) -> None:
    second = build.product(programme, key="vse", name="VSE-CS")
    build.go_live(Site.objects.get(number="636"), second, date(2022, 6, 27))
    answer: Any = at_work(build.person("vic", programme)).get("/sites/?text=636")
    shared = answer.context["page"].object_list[0].by_phase
    assert [(one.key, one.products) for one in shared] == [
        ("go_live_week", ["eCheck-in", "VSE-CS"])
    ]


@pytest.mark.parametrize(
    ("day", "phases"),
    [("2022-06-01", {"planned"}), ("2022-06-13", {"planned", "go_live_week"}),
     ("2022-06-27", {"go_live_week", "servicenow"}), ("x", {"go_live_week", "servicenow"}),
     ("2022-07-20", {"servicenow"})],
)  # fmt: skip
def test_it_shows_the_phases_of_another_day(
    programme: Programme, day: str, phases: set[str]
) -> None:
    answer: Any = at_work(build.person("vic", programme)).get(f"/sites/?at={day}")
    found = {key for one in answer.context["page"].object_list for key in one.phase_keys}
    assert found == phases
