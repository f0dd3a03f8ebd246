"""programme.yaml: people, their roles, handles and passwords."""

from pathlib import Path
from typing import ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import override_settings

from apps.accounts.models import Person
from apps.ledger.models import Change
from apps.rollouts.models import Membership
from tests import build
from tests.rollouts.files import HEAD, apply, refused

pytestmark = pytest.mark.django_db
ANA = (
    "{username: ana, name: Ana Ortiz, role: engineer, email: ana@example.gov, time_zone: UTC, "
    'working_hours: {mon-fri: "08:00-16:00"}, password: "${ANA_PASSWORD}", handles: {slack: U0ANA}}'
)


class Watching(MD5PasswordHasher):
    """Notes whether passwords are worked on in a transaction."""

    algorithm = "watching"
    seen: ClassVar[list[bool]] = []

    def encode(self, password: str, salt: str) -> str:
        self.seen.append(connection.in_atomic_block)
        return super().encode(password, salt)


def people(*entries: str) -> str:
    return f"{HEAD}people: [{', '.join(entries)}]\n"


def admin(role: str, key: str = "p") -> str:
    return people(f"{{username: adi, name: Adi Abbott, role: {role}}}").replace(
        "key: p", f"key: {key}"
    )


def test_it_makes_people_with_their_role(tmp_path: Path) -> None:
    assert apply(tmp_path, people(ANA))[1:] == ["+ person ana (engineer)"]
    ana = Person.objects.get()
    assert (ana.name, ana.email, ana.working_hours) == (
        "Ana Ortiz", "ana@example.gov", {"mon-fri": "08:00-16:00"},
    )  # fmt: skip
    assert (set(ana.roles()), ana.is_administrator) == ({"engineer"}, False)
    assert ana.check_password("correct-horse")
    assert list(ana.handles.values_list("kind", "ref")) == [("slack", "U0ANA")]


def test_it_changes_nothing_the_second_time(tmp_path: Path) -> None:
    apply(tmp_path, people(ANA))
    kept = Person.objects.get().password
    assert apply(tmp_path, people(ANA)) == []
    assert Person.objects.get().password == kept


@pytest.mark.django_db(transaction=True)
@override_settings(PASSWORD_HASHERS=[f"{__name__}.Watching"])
def test_it_holds_up_no_other_write_while_it_works_on_passwords(tmp_path: Path) -> None:
    Watching.seen.clear()
    for password in ("correct-horse", "correct-horse", "battery-staple"):
        apply(tmp_path, people(ANA.replace("${ANA_PASSWORD}", password)))
    assert len(Watching.seen) >= 4
    assert not any(Watching.seen)


def test_it_sets_another_password_and_shows_none(tmp_path: Path) -> None:
    apply(tmp_path, people(ANA))
    lines = apply(tmp_path, people(ANA.replace("${ANA_PASSWORD}", "battery-staple")))
    assert lines == ["~ person ana (engineer): password 'old' → 'new'"]
    assert Person.objects.get().check_password("battery-staple")
    assert "battery" not in str(list(Change.objects.values_list("fields", flat=True)))


def test_it_leaves_password_and_handles_alone_when_the_file_has_none(tmp_path: Path) -> None:
    apply(tmp_path, people(ANA))
    without = ANA.replace(', password: "${ANA_PASSWORD}", handles: {slack: U0ANA}', "")
    assert apply(tmp_path, people(without)) == []
    ana = Person.objects.get()
    assert ana.check_password("correct-horse")
    assert ana.handles.count() == 1


def test_it_shows_another_role(tmp_path: Path) -> None:
    apply(tmp_path, people(ANA))
    assert apply(tmp_path, people(ANA.replace("engineer", "dm"))) == [
        "~ person ana (dm): role 'engineer' → 'dm'"
    ]
    assert Membership.objects.get().role == "dm"


def test_it_shows_somebody_known_who_joins_the_programme(tmp_path: Path) -> None:
    build.person("ana", email="ana@example.gov")
    (line,) = apply(tmp_path, people(ANA))[1:]
    assert line.startswith("~ person ana (engineer): ")
    assert line.endswith("role nothing → 'engineer'")


def test_it_removes_nobody_who_left_the_file(tmp_path: Path) -> None:
    apply(tmp_path, people(ANA))
    assert apply(tmp_path, f"{HEAD}people: []\n") == []
    assert Membership.objects.count() == 1


def test_it_makes_administrators_and_takes_that_back(tmp_path: Path) -> None:
    apply(tmp_path, admin("administrator"))
    assert Person.objects.get().is_administrator
    apply(tmp_path, admin("viewer"))
    assert not Person.objects.get().is_administrator


def test_it_takes_nothing_back_that_another_programme_gave(tmp_path: Path) -> None:
    apply(tmp_path, admin("administrator"))
    apply(tmp_path, admin("viewer", key="other"))
    assert Person.objects.get().is_administrator
    assert apply(tmp_path, admin("administrator")) == []


def test_it_takes_nothing_back_from_the_first_administrator(tmp_path: Path) -> None:
    build.person("adi")
    apply(tmp_path, admin("engineer"))
    assert Person.objects.get().is_administrator


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([ANA, ANA], "people.username: ana stands here a second time (first as entry 1)"),
        ([ANA.replace("engineer", "engineeer")], "did you mean 'engineer'?"),
        ([ANA.replace("ana@example.gov", "ana")], "people.email:"),
        ([ANA.replace("UTC", "Mars")], "people.time_zone: 'Mars' is not a time zone"),
        ([ANA.replace("08:00-16:00", "8 to 4")], "people.working_hours:"),
        ([ANA.replace("username: ana", 'username: "a b"')], "people.username:"),
        ([ANA.replace("name: Ana Ortiz, ", "")], "people.name: is missing"),
        (
            [ANA, ANA.replace("username: ana", "username: ben")],
            "people.handles: slack U0ANA is already ana's",
        ),
    ],
)
def test_it_says_what_is_wrong_and_writes_nothing(
    tmp_path: Path, entries: list[str], words: str
) -> None:
    (said,) = refused(tmp_path, people(*entries))
    assert words in said
    assert "correct-horse" not in said
    assert Person.objects.count() == 0
