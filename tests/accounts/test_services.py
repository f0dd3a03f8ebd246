"""Saving people: once, with their handles and password, told in the ledger."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.accounts.models import Handle, Person
from apps.accounts.services import UnableToSavePerson, create_administrator, hashed, save_person
from apps.ledger.models import Change
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 4, 1, 12, tzinfo=UTC)
COLUMNS = {"name": "Ana Ortiz", "email": "ana@example.gov", "time_zone": "America/Denver"}


def save(**more: Any) -> tuple[Person, dict[str, Any] | None, dict[str, Any]]:
    facts: dict[str, Any] = {
        "username": "ana", "columns": COLUMNS, "handles": {"slack": "U0ANA"},
        "actor": "adi", "now": NOW,
    }  # fmt: skip
    password = more.pop("password", "correct-horse")
    kept = hashed(username="ana", password=password) if password else password
    return save_person(**facts | more, password_hash=kept)


def test_it_makes_a_person() -> None:
    person, before, after = save()
    assert before is None
    assert (person.name, person.time_zone, person.is_active) == (
        "Ana Ortiz",
        "America/Denver",
        True,
    )
    assert after["handles"] == {"slack": "U0ANA"}
    assert person.check_password("correct-horse")
    change = Change.objects.get()
    assert (change.type, change.subject_key, change.actor) == ("person.added", "ana", "adi")


def test_it_changes_nothing_the_second_time() -> None:
    person, _, _ = save()
    again, before, after = save()
    assert before == after
    assert again.password == person.password
    assert Change.objects.count() == 1


def test_it_tells_which_columns_changed() -> None:
    save()
    _, before, after = save(columns=COLUMNS | {"time_zone": "America/Boise"})
    assert (before or {})["time_zone"] == "America/Denver"
    assert after["time_zone"] == "America/Boise"
    change = Change.objects.latest("pk")
    assert change.type == "person.changed"
    assert (change.fields or {})["changed"] == ["time_zone"]


def test_it_sets_another_password_and_tells_only_that() -> None:
    save()
    person, before, after = save(password="battery-staple")
    assert person.check_password("battery-staple")
    assert ((before or {})["password"], after["password"]) == ("old", "new")
    change = Change.objects.latest("pk")
    assert (change.fields or {})["changed"] == ["password"]
    assert "battery" not in str(change.fields)


@pytest.mark.parametrize("password", [None, ""])
def test_it_keeps_the_password_when_none_is_given(password: str | None) -> None:
    save()
    person, before, after = save(password=password)
    assert person.check_password("correct-horse")
    assert before == after


def test_it_lets_nobody_sign_in_without_a_password() -> None:
    person, _, _ = save(password=None)
    assert not person.has_usable_password()
    assert not person.check_password("")


def test_it_replaces_handles_and_leaves_them_alone_when_none_are_given() -> None:
    save(handles={"slack": "U0ANA", "teams": "ana"})
    save(handles={"slack": "U1ANA"})
    assert list(Handle.objects.values_list("kind", "ref")) == [("slack", "U1ANA")]
    save(handles=None)
    assert Handle.objects.count() == 1
    save(handles={})
    assert Handle.objects.count() == 0


def test_it_refuses_the_handle_of_somebody_else() -> None:
    build.handle(build.person("ben"), "slack", "U0ANA")
    with pytest.raises(UnableToSavePerson, match="slack U0ANA is already ben's") as caught:
        save()
    assert caught.value.field == "handles"
    assert not Person.objects.filter(username="ana").exists()
    assert Change.objects.count() == 0


def test_it_takes_a_handle_that_belongs_to_somebody_in_another_system() -> None:
    build.handle(build.person("ben"), "teams", "U0ANA")
    assert save()[2]["handles"] == {"slack": "U0ANA"}


def test_it_makes_the_first_administrator() -> None:
    adi = create_administrator(
        username="adi", name="Adi Abbott", password="correct-horse", actor="system", now=NOW
    )
    assert adi.is_administrator
    assert adi.check_password("correct-horse")
    assert Change.objects.get().fields == {"administrator": True}
