"""The passport of a site: what stands on it, what has no room and is counted, its code."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import zxingcpp
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.core.templatetags.qr import qr
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import Contact, GoLive, Programme
from apps.rollouts.services import (
    Decision,
    Plan,
    Wish,
    add_contact,
    change_schedule,
    plan_go_lives,
    undo_change,
)
from tests import build
from tests.incidents.test_handling import opened
from tests.pages import at_work, text_of
from tests.rollouts.test_contacts import BY, MIA

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 29, 15, 0, tzinfo=UTC)
MONDAY = date(2022, 6, 27)
DECISION = Decision(reason="Posters are late", decided_by="Pam", made_by="pam", origin="page")
PATH = "/sites/636/passport/"


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    made = build.programme(
        phases=[{"key": "go_live_week", "label": "Hypercare", "where_to_ask": "the desk"}]
    )
    omaha = build.site(opening_hours={"mon-fri": "08:00-16:30"})
    build.site("636A6", "Des Moines", parent=omaha)
    build.site("636GC", "Mountain clinic", parent=omaha, time_zone="America/Denver")
    build.wave(made, 9, MONDAY)
    product, second = build.product(made), build.product(made, key="vse", name="VSE-CS")
    plans = [Plan(site=omaha, product=one, wave=made.waves.get(), planned_on=date(2022, 6, 20))
             for one in (product, second)]  # fmt: skip
    plan_go_lives(programme=made, plans=plans, decision=DECISION, now=NOW - timedelta(days=60))
    add_contact(programme=made, site=omaha, columns=MIA, **BY)
    opened(made, "Kiosk is dark", site=omaha)
    return made


@pytest.fixture
def vic(programme: Programme) -> Client:
    return at_work(build.person("vic", programme))


def move(to: date, days: int) -> Any:
    rows = GoLive.objects.filter(site__number="636").values_list("pk", flat=True)
    wish = Wish(kind=ChangeKind.MOVE, go_lives=dict.fromkeys(rows, to))
    return change_schedule(programme=Programme.objects.get(), wish=wish, decision=DECISION,
                           now=NOW - timedelta(days=days))  # fmt: skip


def test_it_says_what_somebody_needs_there(vic: Client) -> None:
    move(MONDAY, 30)
    page = text_of(vic.get(PATH))
    for words in ("Omaha VA Medical Center", "America/Chicago, UTC-05:00", "10:00 CDT", "Hypercare",
                  "the desk", "Mon 27 Jun 2022", "wave 9", "27 Jun 2022 Hypercare" , "Mia Moreno",
                  "Teams Mia Moreno (Omaha) (preferred)", "Kiosk is dark", "Posters are late",
                  "20 Jun 2022 → 27 Jun 2022", "eCheck-in, VSE-CS", "636A6", "Mountain clinic",
                  "(1 h behind)", "mon-fri 08:00-16:30",
                  "Wed 29 Jun 2022, 11:00 EDT"):  # fmt: skip
        assert words in re.sub(r"<[^>]+>", "", page), words


def test_who_prints_it_there_reads_one_time_only(programme: Programme) -> None:
    ben = build.person("ben", programme, time_zone="America/Chicago")
    page = re.sub(r"<[^>]+>", "", text_of(at_work(ben).get(PATH)))
    assert "Wed 29 Jun 2022, 10:00 CDT." in page
    assert "CDT there." not in page


def test_what_was_undone_is_no_history_there(vic: Client) -> None:
    made = move(MONDAY, 30)
    undo_change(change=made, actor="pam", origin="page", now=NOW - timedelta(days=29))
    assert "→" not in text_of(vic.get(PATH)).partition("History of")[2]


def test_what_has_no_room_is_counted(programme: Programme, vic: Client) -> None:
    omaha = build.site()
    for number in range(9):
        add_contact(programme=programme, site=omaha, columns=MIA | {"name": f"P {number}"}, **BY)
        opened(programme, f"Ticket {number}", site=omaha)
        move(MONDAY + timedelta(days=number), 40 - number)
    for number in range(30):
        build.site(f"636{number:02}", f"Child {number}", parent=omaha)
    page = re.sub(r"<[^>]+>", "", text_of(vic.get(PATH)))
    for words in ("and 5 more", "and 12 more", "and 5 earlier"):
        assert words in page
    assert page.count("and 4 more") == 1  # tickets


def test_another_programmes_facts_are_not_on_it(programme: Programme) -> None:
    other = build.programme()
    page = text_of(at_work(build.person("ben", other)).get(PATH))
    assert "Omaha" in page
    assert not [one for one in ("Moreno", "Hypercare", "Kiosk", "Posters") if one in page]
    assert "No programme of yours" in page


def test_a_site_nobody_knows_is_not_found(vic: Client) -> None:
    assert vic.get("/sites/999/passport/").status_code == 404


def test_the_site_leads_to_it_and_says_whose_clock_differs(vic: Client) -> None:
    page = text_of(vic.get("/sites/636/"))
    assert f'href="{PATH}" data-key="p"' in page
    assert "America/Denver, 1 h behind" in page
    assert "America/Chicago, " not in page
    child = text_of(vic.get("/sites/636GC/"))
    assert "here 1 h behind" in child


def modules(svg: str) -> list[list[int]]:
    """The dark modules of a drawn code, as a picture: its one stroked path, walked."""
    size = int(re.findall(r'viewBox="0 0 (\d+) \d+"', svg)[0])
    path = re.findall(r'stroke="#000" d="([^"]+)"', svg)[0]
    picture, x, y = [[255] * size for _ in range(size)], 0.0, 0.0
    for kind, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        first, *rest = [float(one) for one in re.findall(r"-?\d*\.?\d+", numbers)]
        if kind == "h":
            for column in range(int(x), int(x + first)):
                picture[int(y)][column] = 0
            x += first
        else:
            x, y = (first, rest[0]) if kind == "M" else (x + first, y + rest[0])
    return picture


def read_back(svg: str) -> str:
    """What a scanner reads in a drawn code, eight pixels a module."""
    rows = [[pixel for pixel in row for _ in range(8)] for row in modules(svg) for _ in range(8)]
    raw = bytes(pixel for row in rows for pixel in row)
    image: Any = memoryview(raw).cast("B", shape=[len(rows), len(rows[0])])
    (found,) = zxingcpp.read_barcodes(image)
    return str(found.text)


def test_its_code_leads_to_the_page_of_the_site(vic: Client, settings: Settings) -> None:
    settings.BASE_URL = "https://rollcall.example.gov"
    page = text_of(vic.get(PATH))
    svg = page.partition('<div class="qr"')[2].partition("</div>")[0]
    assert read_back(svg) == "https://rollcall.example.gov/sites/636/"
    assert "https://rollcall.example.gov/sites/636/</figcaption>" in page


def test_a_code_has_a_name_white_around_it_and_nothing_the_policy_forbids() -> None:
    drawn = qr("https://x.example.gov/?a=1&b=2", '"quoted" <b>')
    assert read_back(drawn) == "https://x.example.gov/?a=1&b=2"
    assert 'role="img" aria-label="&quot;quoted&quot; &lt;b&gt;"' in drawn
    assert not re.search(r"style|script|href", drawn)
    picture = modules(drawn)
    assert all(pixel == 255 for row in picture[:4] for pixel in row)


def test_it_asks_as_often_for_much_as_for_little(programme: Programme, vic: Client) -> None:
    counts = []
    for size in (0, 12):
        for number in range(size):
            add_contact(programme=programme, site=build.site(),
                        columns=MIA | {"name": f"P {number}"}, **BY)  # fmt: skip
            build.site(f"636{number:02}", "Child", parent=build.site())
        with CaptureQueriesContext(connection) as queries:
            assert vic.get(PATH).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22
    assert Contact.objects.count() == 13
