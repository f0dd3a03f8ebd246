"""The second shipped example: a bank, without ServiceNow, with its own words."""

import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.connections.models import Connection
from apps.core.config.run import Outcome, Request, apply_file
from apps.intake.models import Channel, Message
from apps.rollouts.models import GoLive, Programme, Site, Wave
from apps.rollouts.rules import clashes, support_phase
from portal.policy import POLICY
from tests import build
from tests.pages import BACKEND, text_of
from tests.portal.routes import all_routes

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[2] / "examples"
FILE = FOLDER / "bank-branches.yaml"
ENVIRONMENT = {
    "BANK_PASSWORD": "correct-horse-battery",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "SLACK_BOT_TOKEN": "xoxb-1",
}
WORDS = re.compile(r"\b(VISN|Veterans?|VAMC|eCheck-in|VSE)\b", re.IGNORECASE)
OK = {200, 302, 303, 404, 422}  # sign-in and "unlock" lead on; a page about nothing says so
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


def test_no_page_says_a_word_of_the_first_example(client: Client, settings: Settings) -> None:
    apply()
    start = datetime(2027, 2, 16, 16, tzinfo=UTC)
    settings.CLOCK_OFFSET = (start - timezone.now()).total_seconds()
    programme = Programme.objects.get()
    slack = Connection.objects.get()
    channel = Channel.objects.create(connection=slack, programme=programme, external_id="C1")
    site = Site.objects.order_by("number").first()
    assert site is not None
    message = Message.objects.create(
        programme=programme, channel=channel, source_ref="1.0", source_version="1",
        source_at=start, received_at=start, text=f"{site.number}: the drawer does not open",
        site=site, severity=2, phase="go_live_week",
    )  # fmt: skip
    client.force_login(build.person("adi"), backend=BACKEND)
    pages = [route.path for route in all_routes()
             if not route.is_api and "GET" in POLICY.get(route.name, {})
             and "zz-9" not in route.path and "987654321" not in route.path]  # fmt: skip
    pages += [f"/inbox/{message.pk}/", f"/sites/{site.number}/", f"/waves/{programme.key}/6/"]
    for path in pages:
        answer = client.get(path)
        text = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code in OK, path
        assert not WORDS.search(text.decode()), (path, WORDS.search(text.decode()))
    assert len(pages) > 20
    assert "Branches" in text_of(client.get("/sites/"))
    assert "Which counter?" in text_of(client.get(f"/inbox/{message.pk}/ask/"))


def test_it_says_no_word_of_the_first_example() -> None:
    files = sorted(FOLDER.glob("bank-branches*"))
    assert len(files) == 3
    for file in files:
        words = file.read_text(encoding="utf-8")
        assert not WORDS.search(words)
