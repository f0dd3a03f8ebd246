"""The demonstration: its seed, its one-click sign-in, what it plays; none of it anywhere else."""

from collections.abc import Iterator
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from pytest_django import Settings

from apps.accounts.models import Person
from apps.boards.models import WorkItem
from apps.core.config.run import Request, apply_file
from apps.incidents.models import Incident
from apps.intake.models import Message
from apps.oncall.models import HandOver, HolidayDuty
from apps.paging.models import Page
from apps.paging.work import take_due
from apps.rollouts.models import Programme
from apps.simulator.demo.seed import SOURCE, seed
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
FILE = Path(__file__).resolve().parents[2] / "examples" / "va-check-in-2022.yaml"
ENVIRONMENT = {
    "DEMO_PASSWORD": "correct-horse", "SNOW_URL": "http://127.0.0.1:9", "SNOW_PASSWORD": "x",
    "SLACK_URL": "http://127.0.0.1:9/api/", "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz",
    "SLACK_BOT_TOKEN": "xoxb-1",
}  # fmt: skip
NOW = build.MONDAY.replace(year=2026, month=11, day=17)


@pytest.fixture
def programme() -> Iterator[Programme]:
    with time_machine.travel(NOW, tick=False):
        apply_file(
            Request(path=FILE, now=NOW, actor="system", shift_to_today=True,
                    environment=ENVIRONMENT)
        )  # fmt: skip
        yield Programme.objects.get()


@pytest.fixture
def demonstration(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    (tmp_path / "demo.applied").write_text("x")


def told() -> list[tuple[Any, ...]]:
    return list(Incident.objects.order_by("id").values_list("title", "state", "opened_at"))


def test_nothing_is_empty_and_all_is_marked(programme: Programme) -> None:
    made = seed(programme=programme, now=NOW)
    assert made.tickets > 80
    assert set(Incident.objects.values_list("source", flat=True)) == {SOURCE}
    assert 15 <= Incident.objects.open().count() <= 30
    assert Message.objects.inbox().count() == 8
    stages = set(WorkItem.objects.values_list("decision", "stage"))
    assert {"new", "needs_info", "accepted", "declined"} == {decision for decision, _ in stages}
    assert len({stage for _, stage in stages}) == 7
    assert not Incident.objects.filter(opened_at__gt=NOW).exists()
    assert made.hand_overs == 2
    assert {row.state for row in HandOver.objects.all()} == {"acknowledged"}
    assert [row.state for row in HolidayDuty.objects.all()] == ["confirmed"] * made.holidays
    assert made.holidays == 1
    take_due(now=NOW)
    assert not Page.objects.exists()


def test_the_second_time_nothing_is_added(programme: Programme) -> None:
    seed(programme=programme, now=NOW)
    before = told()
    assert seed(programme=programme, now=NOW).tickets == 0
    out = StringIO()
    call_command("demo", "seed", stdout=out)
    assert (told(), out.getvalue().split()[0]) == (before, "0")


def test_each_role_finds_something_on_each_page(programme: Programme) -> None:
    seed(programme=programme, now=NOW)
    pages = ("/", "/inbox/", "/incidents/", "/boards/product/", "/sites/")
    for name, path in product(("ana", "pam", "dee", "adi"), pages):
        answer = at_work(Person.objects.get(username=name)).get(path)
        assert answer.status_code == 200
        main = text_of(answer).split("<main", 1)[1].split("</main>", 1)[0]
        assert "Nothing" not in main, (name, path)


@pytest.mark.usefixtures("demonstration")
def test_one_click_signs_in(client: Any, programme: Programme) -> None:
    assert "Ana Ortiz" in text_of(client.get("/sign-in/"))
    assert client.post("/demo/sign-in/", {"username": "ana"}).status_code == 302
    page = text_of(client.get("/"))
    assert ("Vague message" in page, "Duty console" in page) == (True, True)
    assert client.post("/demo/sign-in/", {"username": "nobody"}).status_code == 404


@pytest.mark.usefixtures("demonstration")
def test_what_cannot_be_played_is_said(programme: Programme) -> None:
    client = at_work(Person.objects.get(username="ana"))
    page = text_of(client.post("/demo/play/vague/", follow=True))
    assert "The fake Slack does not answer" in page
    assert client.post("/demo/play/nonsense/").status_code == 404


@pytest.mark.parametrize("is_marked", [True, False])
def test_none_of_it_is_there_outside_a_demonstration(
    client: Any, programme: Programme, settings: Settings, tmp_path: Path, is_marked: bool
) -> None:
    settings.VAR_DIR = tmp_path
    settings.DEMO = not is_marked
    if is_marked:
        (tmp_path / "demo.applied").write_text("x")
    assert client.post("/demo/sign-in/", {"username": "ana"}).status_code == 404
    assert "Ana Ortiz" not in text_of(client.get("/sign-in/"))
    at = at_work(Person.objects.get(username="ana"))
    assert at.post("/demo/play/vague/").status_code == 404
