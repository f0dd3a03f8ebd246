"""The real schedule of 2022, replayed: how many sites were in which phase on each of its days.

The numbers were counted by hand from the weekly dates and the sites of each; the engine is not
asked for them.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from apps.accounts.models import Person
from apps.core import clock
from apps.core.config.run import Request, apply_file
from apps.core.periods import WeeklyHours
from apps.rollouts.board import SiteFilter, sites_now
from apps.rollouts.handovers import coming
from apps.rollouts.models import GoLive, Programme
from apps.rollouts.rules import handover_due, phases_of, support_phase
from tests import build

pytestmark = pytest.mark.django_db
FILE = Path(__file__).resolve().parents[2] / "examples/va-check-in-2022.yaml"
DAY = timedelta(days=1)
FIRST, LAST = date(2022, 4, 25), date(2022, 9, 1)
# From this day on, so many sites: planned, in their go-live week, in ServiceNow. They add to 130.
COUNTED = {
    date(2022, 4, 25): (130, 0, 0),
    date(2022, 5, 2): (123, 7, 0),
    date(2022, 5, 9): (115, 8, 7),
    date(2022, 5, 16): (107, 8, 15),
    date(2022, 5, 23): (100, 7, 23),
    date(2022, 5, 30): (100, 0, 30),  # Memorial Day: nothing begins before Tuesday
    date(2022, 5, 31): (92, 8, 30),
    date(2022, 6, 6): (84, 16, 30),  # Monday's eight beside Tuesday's of the week before
    date(2022, 6, 7): (84, 8, 38),
    date(2022, 6, 13): (76, 8, 46),
    date(2022, 6, 20): (74, 2, 54),
    date(2022, 6, 27): (68, 6, 56),
    date(2022, 7, 4): (68, 0, 62),  # Independence Day
    date(2022, 7, 5): (60, 8, 62),
    date(2022, 7, 11): (49, 19, 62),
    date(2022, 7, 12): (49, 11, 70),
    date(2022, 7, 18): (44, 5, 81),
    date(2022, 7, 25): (37, 7, 86),
    date(2022, 8, 1): (31, 6, 93),
    date(2022, 8, 8): (22, 9, 99),
    date(2022, 8, 15): (16, 6, 108),
    date(2022, 8, 22): (0, 16, 114),
    date(2022, 8, 29): (0, 0, 130),
}
HANDED_OVER = {  # number: (zone, first day, its eighth day's local midnight in UTC)
    "358": ("Asia/Manila", date(2022, 6, 6), datetime(2022, 6, 12, 16, tzinfo=UTC)),
    "672": ("America/Puerto_Rico", date(2022, 5, 2), datetime(2022, 5, 9, 4, tzinfo=UTC)),
    "531": ("America/Boise", date(2022, 8, 22), datetime(2022, 8, 29, 6, tzinfo=UTC)),
    "583": ("America/Indiana/Indianapolis", date(2022, 7, 11),
            datetime(2022, 7, 18, 4, tzinfo=UTC)),
    "644": ("America/Phoenix", date(2022, 5, 31), datetime(2022, 6, 7, 7, tzinfo=UTC)),
    "463": ("America/Anchorage", date(2022, 8, 22), datetime(2022, 8, 29, 8, tzinfo=UTC)),
    "459": ("Pacific/Honolulu", date(2022, 6, 6), datetime(2022, 6, 13, 10, tzinfo=UTC)),
}  # fmt: skip


@pytest.fixture
def programme() -> Programme:
    """The real programme as the file has it, on its real days."""
    values = dict.fromkeys(
        ("SNOW_URL", "SNOW_PASSWORD", "SLACK_URL", "SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN",
         "DEMO_PASSWORD"), "http-value-for-tests",
    )  # fmt: skip
    values |= {"SNOW_URL": "http://127.0.0.1:9", "SLACK_URL": "http://127.0.0.1:9/api/"}
    now = datetime(2022, 4, 1, 12, tzinfo=UTC)
    apply_file(
        Request(path=FILE, now=now, actor="system", shift_to_today=False, environment=values)
    )
    return Programme.objects.get()


@pytest.fixture
def go_lives(programme: Programme) -> list[GoLive]:
    """The 130 sites of the first product."""
    return list(GoLive.objects.with_facts().filter(product__key="echeckin"))


def days() -> Iterator[date]:
    """From the week before the first wave to the weeks after the last hand-over."""
    return (FIRST + DAY * number for number in range((LAST - FIRST).days + 1))


def noon_of(day: date) -> datetime:
    """Noon UTC: the same day in every zone of the programme, from Honolulu to Manila."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def counted_on(day: date) -> tuple[int, int, int]:
    return COUNTED[max(known for known in COUNTED if known <= day)]


def test_the_hand_count_is_whole() -> None:
    assert {sum(numbers) for numbers in COUNTED.values()} == {130}


def test_each_day_has_the_sites_counted_by_hand(go_lives: list[GoLive]) -> None:
    facts = [row.facts() for row in go_lives]
    for day in days():
        found = Counter(support_phase(one, noon_of(day)).key for one in facts)
        phases = (found["planned"], found["go_live_week"], found["servicenow"])
        assert phases == counted_on(day), day


def test_the_portal_lives_through_the_season_day_by_day(programme: Programme) -> None:
    """The clock stands still at noon of each day: what the pages read of phases and hand-overs."""
    pam = build.person("pam", programme)
    handed_over: Counter[tuple[str, str]] = Counter()
    for day in days():
        with time_machine.travel(noon_of(day), tick=False):
            now = clock.now()
            assert phases_on_the_page(pam, now) == counted_on(day), day
            over = [one for one in coming(programme, now) if now - DAY < one.when.due_at <= now]
        for one in over:
            local = one.when.due_at.astimezone(ZoneInfo(one.site.time_zone))
            assert local.time() == time(0)
            assert {row.planned_on + 7 * DAY for row in one.go_lives} == {local.date()}
            handed_over.update((one.site.number, row.product.key) for row in one.go_lives)
    assert set(handed_over.values()) == {1}  # each once
    assert len({number for number, _ in handed_over}) == 130
    assert len(handed_over) == 260  # with both products


def phases_on_the_page(person: Person, now: datetime) -> tuple[int, int, int]:
    sites = sites_now(person, SiteFilter(), now, "number")
    found = Counter(key for one in sites for key in one.phase_keys)  # of a site both are in one
    assert found.total() == 130
    return found["planned"], found["go_live_week"], found["servicenow"]


def test_both_products_go_live_together(go_lives: list[GoLive]) -> None:
    first = {row.site.number: row.planned_on for row in go_lives}
    second = GoLive.objects.exclude(product__key="echeckin").select_related("site")
    assert {row.site.number: row.planned_on for row in second} == first


def test_each_site_is_handed_over_once_at_its_own_midnight(go_lives: list[GoLive]) -> None:
    due = {row.site.number: handover_due(row.facts()) for row in go_lives}
    assert len(due) == 130
    for row in go_lives:
        one = due[row.site.number]
        assert one is not None
        local = one.due_at.astimezone(row.facts().zone)
        assert (local.date(), local.time()) == (row.planned_on + 7 * DAY, time(0))
    days = Counter(one.due_at.date() for one in due.values() if one)
    assert sum(days.values()) == 130


@pytest.mark.parametrize("number", sorted(HANDED_OVER))
def test_the_far_zones_are_exact(go_lives: list[GoLive], number: str) -> None:
    zone, begins, due_at = HANDED_OVER[number]
    row = next(row for row in go_lives if row.site.number == number)
    assert (row.site.time_zone, row.planned_on) == (zone, begins)
    hours = WeeklyHours.parse(row.site.opening_hours)
    found = handover_due(row.facts(), opening=hours)
    assert found is not None
    assert found.due_at == due_at
    second = timedelta(seconds=1)
    assert support_phase(row.facts(), due_at - second).key == "go_live_week"
    assert support_phase(row.facts(), due_at).key == "servicenow"
    assert found.preview_at < found.due_at < found.closing_at


def test_phases_cover_all_time_without_a_gap(go_lives: list[GoLive]) -> None:
    for row in go_lives:
        phases = phases_of(row.facts())
        assert (phases[0].since, phases[-1].until) == (None, None)
        assert [one.until for one in phases[:-1]] == [one.since for one in phases[1:]]
