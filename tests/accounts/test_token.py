"""`manage.py token create` and what its tokens are good for."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import Person, Token
from apps.accounts.tokens import UnableToCreateToken, create_token
from apps.core.api.tokens import BearerToken
from apps.ledger.models import Change
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)


@pytest.fixture
def ana() -> Person:
    return build.person("ana")


def printed(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    call_command("token", "create", *options)
    return capsys.readouterr().out


def make(person: Person, scopes: tuple[str, ...] = ("read",), days: int = 1) -> str:
    return create_token(
        person=person, scopes=list(scopes), days=days, actor="ana", origin="command", now=NOW
    )


def test_it_prints_the_token_alone(capsys: pytest.CaptureFixture[str], ana: Person) -> None:
    out = printed(capsys, "--user", "ana")
    assert out.endswith("\n")
    assert len(out.split()) == 1
    assert Token.objects.get().token_key == out[:15]


def test_it_keeps_only_the_hash(capsys: pytest.CaptureFixture[str], ana: Person) -> None:
    text = printed(capsys, "--user", "ana").strip()
    assert text not in str(Token.objects.values().get())
    assert text not in str(list(Change.objects.values()))


def test_it_reads_and_writes_for_ninety_days_by_default(
    capsys: pytest.CaptureFixture[str], ana: Person
) -> None:
    printed(capsys, "--user", "ana")
    token = Token.objects.get()
    assert token.scopes == ["read", "write"]
    assert token.expiry - token.created > timedelta(days=89, hours=23)


def test_it_takes_scopes_days_and_a_name(capsys: pytest.CaptureFixture[str], ana: Person) -> None:
    printed(capsys, "--user", "ana", "--scopes", " read , read", "--days", "2", "--name", "grafana")
    token = Token.objects.get()
    assert (token.scopes, token.name) == (["read"], "grafana")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--user", "anna"), "nobody is called 'anna'; did you mean 'ana'?"),
        (("--user", "zzz"), "nobody is called 'zzz'"),
        (("--user", "ana", "--scopes", "read,delete"), "no scope 'delete'; there are read, write"),
        (("--user", "ana", "--scopes", ""), "no scope given"),
        (("--user", "ana", "--days", "0"), "days: 0 is not 1 to 366"),
        (("--user", "ana", "--days", "367"), "days: 367 is not 1 to 366"),
    ],
)
def test_it_refuses_in_words(ana: Person, options: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("token", "create", *options)
    assert words in str(refused.value)
    assert not Token.objects.exists()


@pytest.mark.parametrize("options", [("destroy", "--user", "ana"), ("create",)])
def test_it_wants_an_action_and_a_name(ana: Person, options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("token", *options)


def test_it_makes_none_for_somebody_who_left() -> None:
    with pytest.raises(UnableToCreateToken, match="ana is not active any more"):
        make(build.person("ana", is_active=False))
    assert not Change.objects.exists()


def test_it_writes_the_ledger(ana: Person) -> None:
    make(ana, days=7)
    change = Change.objects.get()
    assert (change.subject, change.verb, change.actor) == ("token", "created", "ana")
    assert change.fields == {"person": "ana", "scopes": ["read"], "days": 7, "name": ""}


def test_each_token_is_another(ana: Person) -> None:
    assert make(ana) != make(ana)
    assert Token.objects.count() == 2


def test_a_token_finds_its_owner_until_it_ends(ana: Person) -> None:
    text = make(ana)
    door = BearerToken()
    assert door._find(text, NOW + timedelta(hours=23, minutes=59)).user == ana
    assert door._find(text, NOW + timedelta(days=1)) is None


def test_reading_a_token_that_ended_does_not_delete_it(ana: Person) -> None:
    text = make(ana)
    assert BearerToken()._find(text, NOW + timedelta(days=2)) is None
    assert Token.objects.exists()


def test_a_token_dies_with_its_owner(ana: Person) -> None:
    text = make(ana)
    Person.objects.update(is_active=False)
    assert BearerToken()._find(text, NOW) is None


def test_a_token_with_another_ending_is_not_valid(ana: Person) -> None:
    text = make(ana)
    assert BearerToken()._find(text[:-1] + ("a" if text[-1] != "a" else "b"), NOW) is None


@given(st.text(max_size=80))
def test_whatever_is_not_a_token_finds_nobody(text: str) -> None:
    assert BearerToken()._find(text, NOW) is None
