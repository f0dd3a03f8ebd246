"""The programme.yaml of the contract, through every section the portal has."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from apps.core.config.problems import Refused
from apps.core.config.run import Outcome, Request, apply_file, config_sections
from apps.core.config.writing import export_text
from apps.ledger.models import Change
from apps.rollouts.models import GoLive, Programme

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 11, 15, 0, tzinfo=UTC)
ENVIRONMENT = {
    "ANA_PASSWORD": "a long enough pass-phrase",
    "BEN_PASSWORD": "another long pass-phrase",
    "SNOW_PASSWORD": "snow-pass",
    "SNOW_WEBHOOK_SECRET": "snow-hook",
    "DSVA_SIGNING_SECRET": "dsva-sign",
    "DSVA_BOT_TOKEN": "dsva-token",
}
FILE = """
programme: {key: check-in-2022, name: "eCheck-in and VSE-CS 2022", first_week: 2022-05-02,
            last_week: 2022-08-22, pace: 7, go_live_days: 7, time_zone: America/New_York}
labels: {site: Branch}
products:
  - {key: echeckin, name: eCheck-in, queue: "eCheck-in Vet Facing Apps"}
  - {key: vse-cs, name: VSE-CS, queue: "Scheduling Support"}
sites:
  - {number: "442", name: Cheyenne VA Medical Center, region: "VISN 19", state: WY,
     time_zone: America/Denver, opening_hours: {mon-fri: "08:00-16:30"}}
  - {number: 442GC, name: Fort Collins, parent: "442", time_zone: America/Denver}
waves:
  - {number: 7, name: VISN 19, starts_on: 2022-06-13}
go_lives:
  - {site: "442", product: echeckin, wave: 7, planned_on: 2022-06-13}
holidays:
  - {on: 2022-07-04, name: Independence Day}
blackouts:
  - {start: 2022-12-19, end: 2023-01-01, reason: year's end}
queues:
  - {name: "Scheduling Support", tier: 2}
  - {name: "eCheck-in Vet Facing Apps", tier: 3, ours: true, email: queue@example.gov}
categories:
  - {key: link, label: Link trouble, words: [link, url], queue: "Scheduling Support"}
severities:
  - {level: 1, label: Cannot check in}
sla: {acknowledge: {support_minutes: 15}, first_response_business_days: 1}
people:
  - {username: ana, name: Ana Ortiz, role: engineer, email: ana@example.gov,
     time_zone: America/Denver, working_hours: {mon-fri: "08:00-16:00"},
     password: "${ANA_PASSWORD}", handles: {slack: U0ANA}}
  - {username: ben, name: Ben Boyd, role: engineer, password: "${BEN_PASSWORD}"}
rotas:
  - {key: support, name: Roll-out support, time_zone: America/New_York, unit: week,
     hand_off: "mon 08:00", starts_on: 2022-05-02, windows: {mon-fri: "08:00-20:00"},
     duties: {primary: [ana, ben], backup: [ben, ana]}}
connections:
  - {key: snow, kind: servicenow, base_url: "https://yourit.example.gov", auth: basic,
     username: svc, password: "${SNOW_PASSWORD}", groups: ["Scheduling Support"],
     webhook_secret: "${SNOW_WEBHOOK_SECRET}"}
  - {key: dsva, kind: slack, base_url: "https://slack.com/api/",
     signing_secret: "${DSVA_SIGNING_SECRET}", bot_token: "${DSVA_BOT_TOKEN}"}
channels:
  - {connection: dsva, id: C02UP02HHGX, name: check-in-go-live, purpose: go-live}
monitors: [{anything: 1}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "programme.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def applied(file: Path, *, is_dry: bool = False, shift: bool = False) -> Outcome:
    request = Request(
        path=file,
        now=NOW,
        actor="system",
        reason="first load",
        is_dry=is_dry,
        shift_to_today=shift,
        environment=ENVIRONMENT,
    )
    return apply_file(request)


def changes(outcome: Outcome) -> list[str]:
    return [str(note) for note in outcome.notes if note.verb != "="]


@pytest.mark.parametrize("shift", [False, True])
def test_the_second_time_nothing_changes(file: Path, shift: bool) -> None:
    assert len(changes(applied(file, shift=shift))) > 15
    count = Change.objects.count()
    assert changes(applied(file, shift=shift)) == []
    assert Change.objects.count() == count


def test_a_dry_run_says_the_same_and_leaves_nothing(file: Path) -> None:
    dry = changes(applied(file, is_dry=True))
    assert not Programme.objects.exists()
    assert not Change.objects.exists()
    assert changes(applied(file)) == dry


@pytest.mark.parametrize("shift", [False, True])
def test_what_is_exported_changes_nothing_when_it_is_applied(file: Path, shift: bool) -> None:
    applied(file, shift=shift)
    text = export_text(Programme.objects.get(), config_sections())
    assert not [secret for secret in ENVIRONMENT.values() if secret in text]
    file.write_text(text, encoding="utf-8")
    assert changes(applied(file, shift=shift)) == []


def test_it_moves_by_whole_weeks_to_the_ninth(file: Path) -> None:
    applied(file, shift=True)
    programme = Programme.objects.get()
    assert (programme.first_week - date(2022, 5, 2)).days % 7 == 0
    assert (NOW.date() - programme.first_week).days // 7 == 8
    moved = GoLive.objects.get().planned_on - date(2022, 6, 13)
    assert moved == programme.first_week - date(2022, 5, 2)


def test_a_shift_stays_when_it_is_not_asked_for_again(file: Path) -> None:
    applied(file, shift=True)
    assert changes(applied(file)) == []


def test_it_says_what_this_version_does_not_use(file: Path) -> None:
    assert applied(file).unused == ["monitors"]


def test_one_wrong_word_and_nothing_is_loaded(file: Path) -> None:
    file.write_text(FILE.replace("wave: 7, planned_on", "wave: 8, planned_on"), encoding="utf-8")
    with pytest.raises(Refused, match=r"^programme\.yaml:15: go_lives"):
        applied(file)
    assert not Programme.objects.exists()
