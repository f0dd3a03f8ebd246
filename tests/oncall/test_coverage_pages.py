"""The coverage proof of a programme: over the API, on its page, accepted, covered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import Person
from apps.core.periods import Period
from apps.ledger.models import Change
from apps.oncall.coverage import by_zone, prove
from apps.oncall.models import AcceptedHole, Override
from apps.rollouts.models import Programme
from tests import build
from tests.api import As
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 10, 15, tzinfo=UTC)
MONDAY = date(2022, 6, 13)
WEEK = Period(datetime(2022, 6, 12, tzinfo=UTC), datetime(2022, 6, 21, tzinfo=UTC))
CLINIC = {"mon-fri": "08:00-16:30"}
SUPPORT = {"mon-fri": "07:00-20:00"}
ZONES = {
    "516": "America/New_York", "459": "Pacific/Honolulu", "459GE": "Pacific/Guam",
    "358": "Asia/Manila", "648": "America/Los_Angeles",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    product = build.product(made)
    for number, zone in ZONES.items():
        site = build.site(number, number, time_zone=zone, opening_hours=CLINIC)
        build.go_live(site, product, MONDAY)
    ana, ben = (build.person(name, made, working_hours=SUPPORT) for name in ("ana", "ben"))
    build.rota(made, primary=[ana, ben], backup=[ben, ana], windows=SUPPORT)
    return made


@pytest.fixture
def dee(programme: Programme) -> Person:
    return build.person("dee", programme)


def asked(person: Person, **query: str) -> Any:
    facts = {"from": "2022-06-12T00:00:00Z", "to": "2022-06-21T00:00:00Z"} | query
    return As(person).get("oncall/coverage/?" + "&".join(f"{k}={v}" for k, v in facts.items()))


def test_it_tells_honestly_what_the_rota_of_2022_leaves_open(programme: Programme) -> None:
    shares = {one.zone: one.percent for one in by_zone(prove(programme, WEEK))}
    assert shares == {
        "America/New_York": 100, "America/Los_Angeles": 100, "Pacific/Honolulu": 71,
        "Pacific/Guam": 19,  # 24 on most days; its Monday morning is Sunday evening Eastern
        "Asia/Manila": 0,
    }  # fmt: skip


def test_the_api_answers_the_proof_and_its_holes(programme: Programme, dee: Person) -> None:
    answer = asked(dee).json()
    assert (answer["proved"], answer["verdict"], answer["sites"]) == (False, "not proved", 5)
    assert answer["checked_minutes"] == 5 * 5 * 510
    first = answer["holes"][0]
    assert (first["site"], first["start"], first["end"], first["fix"]) == (
        "459GE", "2022-06-12T22:00:00Z", "2022-06-13T06:30:00Z", None,
    )  # fmt: skip
    assert {hole["duty"] for hole in answer["holes"]} == {"primary", "backup"}
    assert asked(dee).json()["digest"] == answer["digest"]


def test_it_asks_constantly_many_queries(programme: Programme) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        prove(programme, WEEK)
    product = programme.products.get()
    for number in range(30):
        site = build.site(f"7{number:02d}", "More", opening_hours=CLINIC)
        build.go_live(site, product, MONDAY)
    with CaptureQueriesContext(connection) as many:
        prove(programme, WEEK)
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "yesterday"}, 400), ({"to": "2022-06-11T00:00:00Z"}, 400),
        ({"to": "2032-06-11T00:00:00Z"}, 400), ({"scope": "moon"}, 400),
        ({"programme": "other"}, 404), ({"scope": "live"}, 200),
    ],
)  # fmt: skip
def test_bad_questions_get_words(
    programme: Programme, dee: Person, query: dict[str, str], status: int
) -> None:
    assert asked(dee, **query).status_code == status


def test_sites_without_hours_are_named_and_nothing_is_proved(programme: Programme) -> None:
    build.go_live(build.site("999", "New"), programme.products.get(), MONDAY)
    proof = prove(programme, WEEK)
    assert (proof.needs.unknown, proof.is_proved) == (["999"], False)


def test_holidays_and_test_sites_need_nobody(programme: Programme) -> None:
    programme.holidays = [{"on": "2022-06-14", "name": "Flag Day"}]
    programme.save()
    test_site = build.site("500", "Test", opening_hours=CLINIC, is_test=True)
    build.go_live(test_site, programme.products.get(), MONDAY)
    assert prove(programme, WEEK).found.checked == 5 * 4 * timedelta(minutes=510)


def test_all_live_sites_are_checked_on_request(programme: Programme) -> None:
    later = Period(datetime(2022, 7, 10, tzinfo=UTC), datetime(2022, 7, 17, tzinfo=UTC))
    assert prove(programme, later).found.sites == 0
    assert prove(programme, later, "live").found.sites == 5


def test_the_page_shows_verdict_holes_and_certificate(programme: Programme, dee: Person) -> None:
    page = text_of(at_work(dee).get("/oncall/coverage/?week=2022-W24"))
    for words in ("Not proved", "Asia/Manila", "0 %", "nobody has the duty", "Certificate"):
        assert words in page
    assert "Accept…<" in page
    vic = text_of(at_work(build.person("vic", programme)).get("/oncall/coverage/?week=2022-W24"))
    assert "Accept…<" not in vic


HOLE = {"duty": "primary", "start": "2022-06-12T22:00:00+00:00", "end": "2022-06-13T06:30:00+00:00"}


def test_a_hole_is_accepted_with_a_reason_and_withdrawn(programme: Programme, dee: Person) -> None:
    client = at_work(dee)
    facts = HOLE | {"programme": programme.key, "sites": "459GE"}
    client.post("/oncall/coverage/accept/", facts)
    assert not AcceptedHole.objects.exists()
    client.post("/oncall/coverage/accept/", facts | {"reason": "Guam agreed to wait"})
    row = AcceptedHole.objects.get()
    first = asked(dee).json()
    assert [(one["site"], one["duty"]) for one in first["accepted"]] == [("459GE", "primary")]
    for _ in range(2):
        client.post(f"/oncall/coverage/{row.pk}/withdraw/")
    assert asked(dee).json()["accepted"] == []
    verbs = Change.objects.filter(subject="coverage_hole").values_list("verb", flat=True)
    assert sorted(verbs) == ["accepted", "withdrawn"]


def test_a_hole_is_closed_by_putting_somebody_on_duty(programme: Programme, dee: Person) -> None:
    facts = HOLE | {"programme": programme.key, "person": "ana"}
    at_work(dee).post("/oncall/coverage/cover/", facts)
    assert Override.objects.get().person.username == "ana"


def test_only_deciders_of_the_programme_accept(programme: Programme) -> None:
    other = build.person("pam", build.programme())
    facts = HOLE | {"programme": programme.key, "reason": "x"}
    assert at_work(other).post("/oncall/coverage/accept/", facts).status_code == 404
    ana = build.person("ana", programme)
    assert at_work(ana).post("/oncall/coverage/accept/", facts).status_code == 403
    assert not AcceptedHole.objects.exists()


def test_without_a_programme_the_page_says_so() -> None:
    assert "No programme" in text_of(at_work(build.person("adi")).get("/oncall/coverage/"))
