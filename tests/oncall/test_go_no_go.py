"""What the rotas say of the go/no-go of a wave."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.oncall.go_no_go import coverage
from apps.oncall.models import Rota
from apps.rollouts.models import Site, Wave
from apps.rollouts.rules.readiness import Finding
from tests import build
from tests.pages import at_work

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 10, 15, tzinfo=UTC)
MONDAY = date(2022, 6, 13)
CLINIC = {"mon-fri": "08:00-16:30"}
SUPPORT = {"mon-fri": "07:00-20:00"}


@pytest.fixture
def wave() -> Wave:
    programme = build.programme()
    made = build.wave(programme, 7, MONDAY)
    begin(made, "516", "America/New_York")
    ana, ben = (build.person(name, programme, working_hours=SUPPORT) for name in ("ana", "ben"))
    build.rota(programme, primary=[ana, ben], backup=[ben, ana], windows=SUPPORT)
    return made


def begin(wave: Wave, number: str, zone: str, **facts: Any) -> None:
    product = wave.programme.products.first() or build.product(wave.programme)
    hours = facts.pop("opening_hours", CLINIC)
    site = build.site(number, f"Site {number}", time_zone=zone, opening_hours=hours, **facts)
    build.go_live(site, product, MONDAY, wave=wave)


def found(wave: Wave) -> list[tuple[str, str]]:
    return [(one.key, one.level) for one in coverage(wave, NOW)]


def holes(wave: Wave) -> Finding:
    return next(one for one in coverage(wave, NOW) if one.key == "coverage")


def test_a_covered_wave_is_green(wave: Wave) -> None:
    assert found(wave) == [("coverage", "green")]


def test_hours_without_somebody_are_red_and_told_by_site(wave: Wave) -> None:
    begin(wave, "358", "Asia/Manila")
    red = holes(wave)
    assert red.level == "red"
    assert red.words == (
        "Opening hours without primary or backup at 1 of its sites (358); the first"
        " Mon 13 Jun 08:00 there."
    )
    assert "358 primary 2022-06-13" in red.facts
    assert {fact.split()[0] for fact in red.facts} == {"358"}
    assert len(red.facts) == 5 * 2  # days, duties
    assert at_work(build.person("dee", wave.programme)).get(red.link).status_code == 200


def test_another_wave_s_holes_are_none_of_it(wave: Wave) -> None:
    other = build.wave(wave.programme, 8, MONDAY)
    begin(other, "358", "Asia/Manila")
    assert found(wave) == [("coverage", "green")]
    assert found(other) == [("coverage", "red")]


def test_sites_without_hours_are_amber(wave: Wave) -> None:
    begin(wave, "442", "America/Denver", opening_hours={})
    assert found(wave) == [("coverage:hours", "amber")]


def test_a_test_site_needs_nobody(wave: Wave) -> None:
    begin(wave, "358", "Asia/Manila")
    Site.objects.filter(number="358").update(is_test=True)
    assert found(wave) == [("coverage", "green")]


def test_a_programme_without_rotas_is_not_asked(wave: Wave) -> None:
    Rota.objects.all().delete()
    assert found(wave) == []


def test_it_asks_as_often_for_many_as_for_few(wave: Wave) -> None:
    counts = []
    for size in (0, 20):
        for number in range(size):
            begin(wave, f"7{number:02}", "America/Chicago")
        with CaptureQueriesContext(connection) as queries:
            coverage(wave, NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]
