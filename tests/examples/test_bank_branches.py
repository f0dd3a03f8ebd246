"""The second shipped example: a bank, without ServiceNow, with its own words."""

import re
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.connections.models import Connection
from apps.core.config.run import Outcome, Request, apply_file
from apps.intake.models import Channel, Message
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Programme, ScheduleChange, Site, Wave
from apps.rollouts.rules import clashes, support_phase
from apps.rollouts.services import Decision, Wish, change_schedule
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
ENDLESS = {"stream"}
OK = {200, 302, 303, 400, 404, 422}  # sign-in and "unlock" lead on; a page about nothing says so
NOW = datetime(2026, 11, 3, 17, tzinfo=UTC)


class Living(NamedTuple):
    """What is looked at."""

    programme: Programme
    site: Site
    message: Message
    go_live: GoLive
    change: ScheduleChange


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


@pytest.fixture
def living(client: Client, settings: Settings) -> Living:
    """The bank's programme in its sixth wave, with a message and decisions; an administrator."""
    apply()
    start = datetime(2027, 2, 16, 16, tzinfo=UTC)
    settings.CLOCK_OFFSET = (start - timezone.now()).total_seconds()
    programme = Programme.objects.get()
    slack = Connection.objects.get()
    channel = Channel.objects.create(connection=slack, programme=programme, external_id="C1")
    site = Site.objects.order_by("number")[0]
    message = Message.objects.create(
        programme=programme, channel=channel, source_ref="1.0", source_version="1",
        source_at=start, received_at=start, text=f"{site.number}: the drawer does not open",
        site=site, severity=2, phase="go_live_week",
    )  # fmt: skip
    rows = list(GoLive.objects.filter(planned_on__gt=start.date()).order_by("planned_on"))
    wish = Wish(kind=ChangeKind.MOVE, go_lives={rows[0].pk: rows[-1].planned_on})
    decision = Decision(reason="the vault is late", decided_by="Pam", made_by="pam", origin="page")
    change = change_schedule(programme=programme, wish=wish, decision=decision, now=start)
    assert change is not None
    client.force_login(build.person("adi"), backend=BACKEND)
    return Living(programme, site, message, rows[0], change)


def walked(living: Living) -> list[str]:
    """Every address that can be looked at, and those of the schedule with something to show."""
    every = [route.path for route in all_routes()
             if "GET" in POLICY.get(route.name, {}) and route.name not in ENDLESS]  # fmt: skip
    key, number, pk = living.programme.key, living.site.number, living.go_live.pk
    week, api = living.go_live.planned_on.isoformat(), "/api/v1"
    pages = [
        f"/inbox/{living.message.pk}/", f"/sites/{number}/", f"/waves/{key}/6/",
        "/sites/?order=number", "/sites/?phase=go_live_week", "/schedule/?view=calendar",
        f"/schedule/?view=calendar&month={week[:7]}", "/schedule/?text=nothing+like+it",
        f"/schedule/change/?go_live={pk}", f"/schedule/change/?go_live={pk}&kind=move&to={week}",
        f"/schedule/plan/?pace=20&first_week={week}&group_by=region",
        "/schedule/plan/?pace=0&first_week=never", "/schedule/hand-overs/", "/schedule/changes/",
    ]  # fmt: skip
    asked = [
        f"{api}/programmes/{key}/", f"{api}/products/{living.go_live.product_id}/",
        f"{api}/sites/{number}/", f"{api}/sites/{number}/phase/", f"{api}/sites/?page_size=200",
        f"{api}/waves/{living.go_live.wave_id}/", f"{api}/waves/?page_size=200",
        f"{api}/go-lives/{pk}/", f"{api}/go-lives/{pk}/changes/",
        f"{api}/go-lives/?page_size=200&status=live",
        f"{api}/schedule-changes/{living.change.pk}/", f"{api}/changes/?page_size=200",
    ]  # fmt: skip
    return [*every, *pages, *asked]


def test_no_page_and_no_answer_says_a_word_of_the_first_example(
    client: Client, living: Living
) -> None:
    seen = 0
    for path in walked(living):
        answer = client.get(path)
        text = (b"".join(answer) if answer.streaming else answer.content).decode()
        assert answer.status_code in OK, path
        assert not WORDS.search(text), (path, WORDS.search(text))
        seen += answer.status_code == 200
    assert seen > 60
    assert "Branches" in text_of(client.get("/sites/"))
    assert "Which counter?" in text_of(client.get(f"/inbox/{living.message.pk}/ask/"))


def test_what_is_refused_says_no_word_of_the_first_example(client: Client, living: Living) -> None:
    pk = living.go_live.pk
    posts: list[tuple[str, dict[str, Any]]] = [
        ("/schedule/change/", {"go_live": pk, "kind": "move", "to": "never", "confirm": "1"}),
        ("/schedule/change/", {"go_live": pk, "kind": "roll-back", "reason": "x",
                               "decided_by": "Pam", "confirm": "1"}),
        ("/schedule/plan/accept/?pace=20&first_week=2027-03-01&group_by=", {}),
        ("/schedule/hand-overs/hold/", {"go_live": pk, "reason": ""}),
    ]  # fmt: skip
    for path, facts in posts:
        answer = client.post(path, facts)
        assert answer.status_code in OK | {409}, path
        assert not WORDS.search(answer.content.decode()), path
    for path in ("programmes", "products", "sites", "waves", "go-lives", "schedule-changes"):
        answer = client.post(f"/api/v1/{path}/", {}, content_type="application/json")
        assert answer.status_code == 400
        assert not WORDS.search(answer.content.decode()), path


def test_it_says_no_word_of_the_first_example() -> None:
    files = sorted(FOLDER.glob("bank-branches*"))
    assert len(files) == 3
    for file in files:
        words = file.read_text(encoding="utf-8")
        assert not WORDS.search(words)
