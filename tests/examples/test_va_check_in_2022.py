"""The shipped example: the real roll-out of 2022 applies, twice, and lies around today."""

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from apps.accounts.models import Person
from apps.connections.models import Connection
from apps.core.config.run import Outcome, Request, apply_file
from apps.incidents.models import Category, Queue
from apps.ledger.models import Change
from apps.oncall.models import duties_at
from apps.rollouts.models import GoLive, Product, Programme, ScheduleChange, Site, Wave
from apps.rollouts.rules import SiteIndex, SiteName, support_phase

pytestmark = pytest.mark.django_db
FILE = Path(__file__).resolve().parents[2] / "examples" / "va-check-in-2022.yaml"
ENVIRONMENT = {
    "DEMO_PASSWORD": "correct-horse",
    "SNOW_URL": "http://127.0.0.1:9",
    "SNOW_PASSWORD": "battery-staple",
    "SLACK_URL": "http://127.0.0.1:9/api/",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "SLACK_BOT_TOKEN": "xoxb-1",
}
NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)  # a Wednesday
OWN_CLOCKS = {
    "358": "Asia/Manila",
    "436": "America/Denver",
    "459": "Pacific/Honolulu",
    "463": "America/Anchorage",
    "531": "America/Boise",
    "583": "America/Indiana/Indianapolis",
    "644": "America/Phoenix",
    "672": "America/Puerto_Rico",
}


def apply(now: datetime = NOON, *, shift_to_today: bool = True) -> Outcome:
    return apply_file(
        Request(path=FILE, now=now, actor="system", shift_to_today=shift_to_today,
                environment=ENVIRONMENT)
    )  # fmt: skip


def changed(outcome: Outcome) -> list[str]:
    return [str(note) for note in outcome.notes if note.verb != "="]


def phase_of(number: str, at: datetime) -> set[str]:
    rows = GoLive.objects.with_facts().filter(site__number=number)
    return {support_phase(row.facts(), at).key for row in rows}


@pytest.fixture(params=["as it was", "shifted"])
def applied(request: pytest.FixtureRequest) -> Programme:
    apply(shift_to_today=request.param == "shifted")
    return Programme.objects.get()


def test_it_has_the_real_numbers(applied: Programme) -> None:
    assert (Site.objects.count(), Wave.objects.count()) == (130, 17)
    assert (Product.objects.count(), GoLive.objects.count()) == (2, 260)
    assert (Queue.objects.count(), Category.objects.count()) == (5, 16)
    assert (Connection.objects.count(), Person.objects.count()) == (2, 10)
    assert GoLive.objects.filter(wave=None).count() == 0


def test_it_changes_nothing_the_second_time(applied: Programme) -> None:
    told = Change.objects.count()
    assert changed(apply(shift_to_today=applied.shift_weeks is not None)) == []
    assert changed(apply(NOON + timedelta(weeks=3), shift_to_today=False)) == []
    assert (Change.objects.count(), ScheduleChange.objects.count()) == (told, 1)


def test_it_uses_every_key(applied: Programme) -> None:
    assert apply(shift_to_today=False).unused == []


def test_every_go_live_stands_on_the_day_of_its_wave(applied: Programme) -> None:
    for row in GoLive.objects.select_related("wave"):
        assert row.wave is not None
        assert row.planned_on == row.wave.starts_on
    weekdays = Counter(wave.starts_on.weekday() for wave in Wave.objects.all())
    assert weekdays == {0: 15, 1: 2}  # Tuesdays after Memorial Day and Independence Day


def test_each_site_has_its_own_clock(applied: Programme) -> None:
    zones = dict(Site.objects.values_list("number", "time_zone"))
    assert {number: zones[number] for number in OWN_CLOCKS} == OWN_CLOCKS


@pytest.mark.parametrize("weekday", range(7))
def test_today_lies_in_the_ninth_week(weekday: int) -> None:
    now = datetime(2026, 3, 2, 17, tzinfo=UTC) + timedelta(days=weekday)
    apply(now)
    ninth = Wave.objects.get(number=9).starts_on
    assert ninth <= now.date() < ninth + timedelta(days=7)
    assert phase_of("442", now) == {"servicenow"}
    assert phase_of("636", now) == {"go_live_week"}
    assert phase_of("662", now) == {"servicenow"}
    assert phase_of("402", now) == {"planned"}


def test_it_has_the_waves_of_the_story(applied: Programme) -> None:
    waves = dict(GoLive.objects.values_list("site__number", "wave__number"))
    regions = dict(Site.objects.values_list("number", "region"))
    assert (waves["442"], regions["442"]) == (7, "VISN 19")
    assert (waves["636"], regions["636"]) == (9, "VISN 23")


def test_somebody_is_on_duty_at_every_hour(applied: Programme) -> None:
    start = datetime.combine(applied.first_week, datetime.min.time(), UTC) + timedelta(days=1)
    for hours in range(0, 24 * 7 * 16, 41):
        duties = duties_at(applied, start + timedelta(hours=hours))
        assert duties.primary is not None
        assert duties.backup is not None
        assert duties.primary.person != duties.backup.person


def test_people_can_sign_in_and_have_their_zones(applied: Programme) -> None:
    people = {one.username: one for one in Person.objects.all()}
    assert all(one.check_password("correct-horse") for one in people.values())
    engineers = [one for one in people.values() if "engineer" in one.roles()]
    assert len(engineers) == 5
    assert len({one.time_zone for one in engineers}) >= 3
    assert [name for name, one in people.items() if one.is_administrator] == ["adi"]


def test_queues_of_products_and_categories_are_there(applied: Programme) -> None:
    queues = set(Queue.objects.values_list("name", flat=True))
    assert set(Product.objects.values_list("queue_name", flat=True)) <= queues
    assert list(Queue.objects.filter(ours=True).values_list("name", flat=True)) == [
        "eCheck-in Vet Facing Apps"
    ]


def test_every_phase_a_site_may_be_in_says_where_to_ask(applied: Programme) -> None:
    for key in ("planned", "go_live_week", "servicenow", "paused", "rolled_back", "closed"):
        assert applied.where_to_ask(key)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("636 Omaha: check-in link gives an error, MSA has to check people in by hand", "636"),
        ("Omaha: the poster is torn", "636"),
        ("cheyenne va medical center", "442"),
        ("St. Cloud: no texts", "656"),
        ("Wilkes-Barre", "693"),
        ("San Diego", "664"),
        ("Fayetteville", None),
        ("a 503 from the page", None),
        ("the cloud is down", None),
    ],
)
def test_a_message_names_its_site(text: str, number: str | None) -> None:
    with FILE.with_name("va-check-in-2022.sites.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    index = SiteIndex(SiteName(key, row["number"], row["name"]) for key, row in enumerate(rows))
    guess = index.recognise(text)
    assert (guess and rows[guess.key]["number"]) == number


def test_every_site_is_found_by_its_number_and_no_name_is_shouted() -> None:
    with FILE.with_name("va-check-in-2022.sites.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    index = SiteIndex(SiteName(key, row["number"], row["name"]) for key, row in enumerate(rows))
    for key, row in enumerate(rows):
        guess = index.recognise(f"{row['number']}: link is dead")
        assert guess is not None
        assert guess.key == key
        assert row["name"] != row["name"].upper()
        assert len(row["name"]) <= 60


def test_it_says_which_variable_is_missing() -> None:
    with pytest.raises(Exception, match="the environment has no SLACK_BOT_TOKEN"):
        apply_file(
            Request(path=FILE, now=NOON, actor="system",
                    environment={**ENVIRONMENT, "SLACK_BOT_TOKEN": ""})
        )  # fmt: skip
    assert Programme.objects.count() == 0


def test_holidays_are_days_on_which_nothing_is_planned_but_the_eighth_wave() -> None:
    apply(shift_to_today=False)
    holidays = Programme.objects.get().holiday_dates()
    clashes = Wave.objects.filter(starts_on__in=holidays).values_list("number", "starts_on")
    assert list(clashes) == [(8, date(2022, 6, 20))]
