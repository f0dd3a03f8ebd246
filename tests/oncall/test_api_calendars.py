"""Calendars of rotas over the API: added, read, removed; who may; their address is a secret."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from apps.accounts.models import Person
from apps.oncall.models import CalendarSource, Override, Rota
from apps.oncall.reading import read_due
from apps.oncall.services import draft_file
from apps.rollouts.models import Programme
from tests import build
from tests.api import As
from tests.connectors.serving import raw, serving
from tests.oncall.ics import NOW, calendar, event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_its_now")]
PATH = "oncall/calendars/"
WISH = {"rota": "support", "duty": "primary", "url": "https://calendar.example.org/a.ics?k=s3cret"}


@pytest.fixture(autouse=True)
def _reads_from_here(settings: Settings) -> None:
    settings.CALENDAR_HOSTS = frozenset({"127.0.0.1"})


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    build.rota(made, primary=[build.person("ben", made)], backup=[build.person("ana", made)])
    return made


@pytest.fixture
def dee(programme: Programme) -> Person:
    return build.person("dee", programme)


def rows(person: Person, query: str = "") -> Any:
    return As(person).get(f"{PATH}{query}").json()["results"]


def test_one_is_added_read_told_and_removed(programme: Programme, dee: Person) -> None:
    body = calendar(event(), event("2", summary="Zoe"))
    with serving(raw(body, kind="text/calendar")) as server:
        answer = As(dee).post(PATH, WISH | {"url": f"{server.url}/a.ics?k=s3cret"})
        assert answer.status_code == 201, answer.content
        assert answer.json()["read_at"] is None
        read_due(now=NOW + timedelta(minutes=1))
    [row] = rows(dee, f"?rota=support&programme={programme.key}&duty=primary")
    made_at = row.pop("made_at"), row.pop("read_at"), row.pop("next_at")
    assert all(one.startswith("2022-05-02T12:") for one in made_at)
    assert row == {
        "id": row["id"], "programme": programme.key, "rota": "support", "duty": "primary",
        "name": "127.0.0.1", "is_file": False, "shifts": 1, "failures": 0, "error": "",
        "made_by": "dee",
        "troubles": [{"name": "Zoe", "start": "2022-05-03T13:00:00Z", "times": 1,
                      "why": "nobody who works in this programme is named in it"}],
    }  # fmt: skip
    one = As(dee).get(f"{PATH}{row['id']}/")
    assert "s3cret" not in one.content.decode()
    assert As(dee).delete(f"{PATH}{row['id']}/").status_code == 204
    assert not Override.objects.exists()
    assert As(dee).delete(f"{PATH}{row['id']}/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"url": "http://a.org/a"}, "url"), ({"duty": "night"}, "duty"), ({"rota": "no"}, "rota")],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(dee: Person, wrong: dict[str, str], field: str) -> None:
    answer = As(dee).post(PATH, WISH | wrong)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not CalendarSource.objects.exists()


def test_who_decides_adds_and_removes_others_look(programme: Programme, dee: Person) -> None:
    made = As(dee).post(PATH, WISH).json()
    ana, stranger = build.person("ana"), build.person("pam", build.programme())
    assert len(rows(ana)) == 1
    assert rows(stranger) == []
    assert As(ana).post(PATH, WISH).status_code == 403
    assert As(ana).delete(f"{PATH}{made['id']}/").status_code == 403
    assert As(stranger).post(PATH, WISH).status_code == 400
    assert As(stranger).delete(f"{PATH}{made['id']}/").status_code == 404


def test_a_repeated_request_adds_one(dee: Person) -> None:
    answers = [As(dee).post(PATH, WISH, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert CalendarSource.objects.count() == 1


def test_a_file_somebody_looks_at_is_not_listed(dee: Person) -> None:
    draft_file(rota=Rota.objects.get(), duty="primary", name="a.ics", content=calendar(event()),
               actor="dee", now=NOW)  # fmt: skip
    assert rows(dee) == []
