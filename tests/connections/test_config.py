"""The section `connections` of programme.yaml."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from apps.connections.models import Connection
from apps.connectors.registry import KINDS
from apps.core.config.problems import Refused
from apps.core.config.run import Request, apply_file, config_sections
from apps.core.config.showing import lines
from apps.core.config.writing import export_text
from apps.ledger.models import Change
from apps.rollouts.models import Programme
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)
ENVIRONMENT = {
    "SNOW_PASSWORD": "correct horse",
    "SNOW_WEBHOOK_SECRET": "battery staple",
    "DSVA_SIGNING_SECRET": "signing-key",
    "DSVA_BOT_TOKEN": "xoxb-token",
    "AM_WEBHOOK_SECRET": "alert-secret",
}
SNOW = (
    '{key: snow, kind: servicenow, base_url: "https://yourit.example.gov", auth: basic, '
    'username: svc, password: "${SNOW_PASSWORD}", groups: ["Scheduling Support"], '
    'webhook_secret: "${SNOW_WEBHOOK_SECRET}"}'
)
DSVA = (
    '{key: dsva, kind: slack, base_url: "https://slack.com/api/", '
    'signing_secret: "${DSVA_SIGNING_SECRET}", bot_token: "${DSVA_BOT_TOKEN}"}'
)
HEAD = (
    "programme: {key: x, name: X, first_week: 2022-05-02, last_week: 2022-08-22, time_zone: UTC}\n"
)


@pytest.fixture(autouse=True)
def _sections(settings: Settings) -> None:
    settings.CONFIG_SECTIONS = "tests.connections.tables.SECTIONS"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "p.yaml"


def applied(file: Path, *entries: str, environment: dict[str, str] | None = None) -> list[str]:
    """The lines of the diff about connections."""
    file.write_text(HEAD + "connections:\n" + "".join(f"  - {entry}\n" for entry in entries))
    request = Request(path=file, now=NOW, actor="ana", environment=environment or ENVIRONMENT)
    outcome = apply_file(request)
    return [line for line in lines(outcome, all_of_them=True) if "connection" in line]


def refusal(file: Path, *entries: str) -> str:
    with pytest.raises(Refused) as refused:
        applied(file, *entries)
    assert not Connection.objects.exists()
    return str(refused.value)


def test_it_stores_settings_openly_and_secrets_encrypted(file: Path) -> None:
    assert applied(file, SNOW) == ["+ connection snow (servicenow)"]
    row = Connection.objects.get(key="snow")
    assert row.base_url == "https://yourit.example.gov"
    assert row.settings == {"auth": "basic", "username": "svc", "groups": ["Scheduling Support"]}
    assert row.secrets == {"password": "correct horse", "webhook_secret": "battery staple"}
    raw = str(Connection.objects.values_list("settings", "base_url").get())
    assert "correct horse" not in raw


def test_it_joins_the_programme(file: Path) -> None:
    applied(file, SNOW, DSVA)
    assert set(Programme.objects.get().connections.values_list("key", flat=True)) == {
        "snow",
        "dsva",
    }


def test_it_changes_nothing_the_second_time(file: Path) -> None:
    applied(file, SNOW, DSVA)
    count = Change.objects.count()
    assert applied(file, SNOW, DSVA) == []
    assert Change.objects.count() == count


def test_it_says_that_a_secret_changed_and_never_what_it_is(file: Path) -> None:
    applied(file, SNOW)
    other = ENVIRONMENT | {"SNOW_PASSWORD": "hunter2hunter2"}
    assert applied(file, SNOW, environment=other) == ["~ connection snow: secret password changed"]
    assert Connection.objects.get().secrets["password"] == "hunter2hunter2"


def test_it_says_which_settings_changed(file: Path) -> None:
    applied(file, SNOW)
    moved = SNOW.replace("yourit.", "other.").replace("username: svc", "username: bot")
    (line,) = applied(file, moved)
    assert "base_url 'https://yourit.example.gov' → 'https://other.example.gov'" in line
    assert "username 'svc' → 'bot'" in line


def test_it_forgets_a_secret_that_is_not_there_any_more(file: Path) -> None:
    applied(file, SNOW)
    applied(file, SNOW.replace(', webhook_secret: "${SNOW_WEBHOOK_SECRET}"', ""))
    assert set(Connection.objects.get().secrets) == {"password"}


def test_a_change_closes_the_circuit_again(file: Path) -> None:
    applied(file, SNOW)
    Connection.objects.update(failures=3, quiet_until=NOW, last_error="refused")
    applied(file, SNOW.replace("svc", "bot"))
    row = Connection.objects.get()
    assert (row.failures, row.quiet_until, row.last_error) == (0, None, "")


def test_no_change_leaves_the_circuit_open(file: Path) -> None:
    applied(file, SNOW)
    Connection.objects.update(failures=3)
    applied(file, SNOW)
    assert Connection.objects.get().failures == 3


def test_it_leaves_what_the_file_does_not_name(file: Path) -> None:
    applied(file, SNOW)
    assert applied(file, DSVA) == ["+ connection dsva (slack)"]
    assert Connection.objects.count() == 2


def test_it_writes_the_ledger_without_secrets(file: Path) -> None:
    applied(file, SNOW)
    change = Change.objects.get(subject="connection")
    assert (change.verb, change.actor, change.origin) == ("added", "ana", "command")
    assert change.programme_id == Programme.objects.get().pk
    assert change.fields is not None
    assert change.fields["secrets"] == ["password", "webhook_secret"]
    assert "correct horse" not in str(change.fields)


def test_it_says_which_kinds_are_not_used_yet(file: Path) -> None:
    (line,) = applied(file, '{key: am, kind: alertmanager, webhook_secret: "${AM_WEBHOOK_SECRET}"}')
    assert line == "+ connection am (alertmanager): configured; not used by this version"


def test_a_connection_may_belong_to_two_programmes(file: Path) -> None:
    applied(file, SNOW)
    file.write_text(file.read_text().replace("key: x", "key: y"))
    apply_file(Request(path=file, now=NOW, actor="ana", environment=ENVIRONMENT))
    assert Connection.objects.get().programmes.count() == 2


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{key: a, kind: servicnow}", "'servicnow' is not one of"),
        ("{key: a, kind: servicnow}", "did you mean 'servicenow'?"),
        ("{kind: slack, signing_secret: s}", "connections.key: is missing"),
        ("{key: a}", "connections.kind: is missing"),
        ("{key: 'a b', kind: slack, signing_secret: s}", "connections.key: "),
        ("{key: a, kind: slack}", "connections.signing_secret: is missing"),
        ("{key: a, kind: slack, signing_secrt: s}", "did you mean 'signing_secret'?"),
        ("{key: a, kind: slack, signing_secret: }", "connections.signing_secret: is empty"),
        ("{key: a, kind: slack, signing_secret: ''}", "connections.signing_secret: is empty"),
        ("{key: a, kind: slack, signing_secret: [s]}", "connections.signing_secret: is a text"),
        ("{key: a, kind: slack, signing_secret: true}", "connections.signing_secret: is a text"),
        (SNOW.replace("basic", "magic"), "auth must be basic or oauth"),
        (SNOW.replace("username: svc, ", ""), "username missing"),
        (SNOW.replace('["Scheduling Support"]', "[[x]]"), "connections.groups: is a list of texts"),
        (SNOW.replace('"https://yourit.example.gov"', '""'), "connections.base_url: is empty"),
    ],
)
def test_it_refuses_in_words(file: Path, entry: str, words: str) -> None:
    assert words in refusal(file, entry)
    assert refusal(file, entry).startswith("p.yaml:3: ")


@pytest.mark.parametrize(
    "url",
    [
        "http://yourit.example.gov",
        "http://10.0.0.5:8080",
        "http://127.0.0.1.example.gov",
        "ftp://127.0.0.1",
        "https://user:secret@example.gov",
        "https://example.gov/?a=b",
        "yourit.example.gov",
    ],
)
def test_it_refuses_addresses_that_are_not_safe(file: Path, url: str) -> None:
    words = refusal(file, SNOW.replace("https://yourit.example.gov", url))
    assert "connections.base_url: " in words


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9001", "http://localhost:9001", "http://[::1]:9001/api/"]
)
def test_it_takes_plain_http_to_this_machine(file: Path, url: str) -> None:
    applied(file, SNOW.replace("https://yourit.example.gov", url))
    assert Connection.objects.get().base_url == url


def test_it_refuses_one_key_twice(file: Path) -> None:
    assert "p.yaml:4: connections.key: snow stands here twice" in refusal(file, SNOW, SNOW)


def test_the_kind_of_a_connection_stays(file: Path) -> None:
    applied(file, SNOW)
    with pytest.raises(Refused, match="snow is of kind servicenow; take another key for slack"):
        applied(file, DSVA.replace("key: dsva", "key: snow"))
    assert Connection.objects.get().kind == "servicenow"


def test_a_refusal_never_shows_a_secret(file: Path) -> None:
    words = refusal(file, SNOW.replace("auth: basic", 'auth: "${SNOW_PASSWORD}"'))
    assert "correct horse" not in words


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_can_be_configured_with_all_its_keys(file: Path, kind: str) -> None:
    known = KINDS[kind]
    parts = [f"{name}: [x]" if name in {"groups", "topics"} else f"{name}: basic"
             for name in sorted(known.settings)]  # fmt: skip
    parts += [f"{name}: s3cret" for name in sorted(known.secrets)]
    entry = f"{{key: a, kind: {kind}, base_url: 'https://a.example.gov', {', '.join(parts)}}}"
    (line,) = applied(file, entry)
    assert line.startswith(f"+ connection a ({kind})")


def test_what_is_exported_can_be_applied_and_changes_nothing(file: Path) -> None:
    applied(file, SNOW, DSVA)
    text = export_text(Programme.objects.get(), config_sections())
    assert "${SNOW_PASSWORD}" in text
    assert "correct horse" not in text
    file.write_text(text)
    outcome = apply_file(Request(path=file, now=NOW, actor="ana", environment=ENVIRONMENT))
    assert {note.verb for note in outcome.notes} == {"="}
    assert len(outcome.notes) == 3


def test_the_command_exports_it(capsys: pytest.CaptureFixture[str]) -> None:
    build.slack(build.programme(), key="dsva-2")
    call_command("export")
    assert "'${DSVA_2_BOT_TOKEN}'" in capsys.readouterr().out
