"""The second shipped example: a bank, without ServiceNow, with its own words."""

import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from apps.connections.models import Connection
from apps.core.config.run import Outcome, Request, apply_file
from apps.rollouts.models import GoLive, Programme, Site, Wave
from apps.rollouts.rules import clashes, support_phase

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[2] / "examples"
FILE = FOLDER / "bank-branches.yaml"
ENVIRONMENT = {
    "BANK_PASSWORD": "correct-horse-battery",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "SLACK_BOT_TOKEN": "xoxb-1",
}
NOW = datetime(2026, 11, 3, 17, tzinfo=UTC)


def apply() -> Outcome:
    return apply_file(
        Request(path=FILE, now=NOW, actor="system", shift_to_today=False, environment=ENVIRONMENT)
    )


def test_it_has_400_branches_in_20_waves() -> None:
    apply()
    assert (Site.objects.count(), Wave.objects.count(), GoLive.objects.count()) == (400, 20, 400)
    assert set(Counter(GoLive.objects.values_list("wave__number", flat=True)).values()) == {20}


def test_it_changes_nothing_the_second_time() -> None:
    apply()
    assert [str(note) for note in apply().notes if note.verb != "="] == []


def test_it_avoids_its_holidays_and_blackouts() -> None:
    apply()
    programme = Programme.objects.get()
    spans = [
        (date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))
        for row in programme.blackouts
    ]
    days = GoLive.objects.values_list("planned_on", flat=True)
    assert clashes(days, programme.holiday_dates(), spans) == []


def test_its_hypercare_lasts_21_days_of_the_branchs_own_clock() -> None:
    apply()
    honolulu = GoLive.objects.with_facts().filter(site__time_zone="Pacific/Honolulu").first()
    assert honolulu is not None
    facts = honolulu.facts()
    start = datetime.combine(honolulu.planned_on, datetime.min.time(), tzinfo=facts.zone)
    phase = support_phase(facts, start)
    assert phase.until is not None
    assert (phase.key, (phase.until - start).days) == ("go_live_week", 21)


def test_it_needs_no_servicenow() -> None:
    apply()
    assert set(Connection.objects.values_list("kind", flat=True)) == {"slack"}


def test_it_says_no_word_of_the_first_example() -> None:
    files = sorted(FOLDER.glob("bank-branches*"))
    assert len(files) == 3
    for file in files:
        words = file.read_text(encoding="utf-8")
        assert not re.search(r"\b(VISN|Veterans?|VAMC|eCheck-in|VSE)\b", words, re.IGNORECASE)
