"""GET /api/v1/oncall/now/ and /api/v1/oncall/shifts/."""

from typing import Any

import pytest
from django.test import Client

from apps.oncall.models import Rota
from apps.rollouts.models import Programme
from tests import build
from tests.oncall import rows

pytestmark = pytest.mark.django_db
NOW = "/api/v1/oncall/now/"
SHIFTS = "/api/v1/oncall/shifts/"
MAY = {"from": "2022-05-01T00:00:00Z", "to": "2022-06-01T00:00:00Z"}
Queries = Any  # pytest-django's fixture: a context that counts


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def rota(programme: Programme) -> Rota:
    return rows.rota(programme)


@pytest.fixture
def vic(programme: Programme, client: Client) -> Client:
    """Signed in as Vic, who may look."""
    client.force_login(build.person("vic", programme))
    return client


def problem(answer: Any) -> dict[str, Any]:
    """The problem of a 400."""
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    return body


# --- now --------------------------------------------------------------------------------------


def test_it_says_who_is_on_duty(vic: Client, rota: Rota) -> None:
    assert vic.get(NOW, {"at": "2022-05-02T13:00:00Z"}).json() == {
        "at": "2022-05-02T13:00:00Z",
        "rotas": [
            {
                "key": "support",
                "duties": {
                    "primary": {
                        "username": "ana",
                        "name": "Ana Ortiz",
                        "until": "2022-05-03T00:00:00Z",
                    },
                    "backup": {
                        "username": "ben",
                        "name": "Ben Boyd",
                        "until": "2022-05-03T00:00:00Z",
                    },
                },
            }
        ],
    }


def test_a_duty_nobody_has_is_null(vic: Client, rota: Rota) -> None:
    sunday = vic.get(NOW, {"at": "2022-05-08T13:00:00Z"}).json()
    assert sunday["rotas"] == [{"key": "support", "duties": {"primary": None, "backup": None}}]


def test_it_says_now_when_no_instant_is_given(vic: Client, rota: Rota) -> None:
    rows.override(rota, "dev", "2000-01-01T00:00", "2100-01-01T00:00")
    answer = vic.get(NOW).json()
    assert answer["rotas"][0]["duties"]["primary"] == {
        "username": "dev",
        "name": "Dev Diaz",
        "until": "2100-01-01T05:00:00Z",
    }


@pytest.mark.parametrize(
    "at", ["2022-05-02T09:00:00-04:00", "2022-05-02T15:00:00+02:00", "2022-05-02T13:00:00.000Z"]
)
def test_an_instant_may_have_any_offset(vic: Client, rota: Rota, at: str) -> None:
    assert vic.get(NOW, {"at": at}).json()["at"] == "2022-05-02T13:00:00Z"


@pytest.mark.parametrize("at", ["2022-05-02T13:00:00", "yesterday", "2022-13-01T00:00:00Z", "1e9"])
def test_an_instant_that_is_none_is_a_problem(vic: Client, rota: Rota, at: str) -> None:
    assert "at" in problem(vic.get(NOW, {"at": at}))["errors"]


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z"]
)
def test_an_instant_beyond_all_rotas_is_a_problem(vic: Client, rota: Rota, at: str) -> None:
    assert "1970 to 2199" in problem(vic.get(NOW, {"at": at}))["detail"]


def test_only_rotas_of_the_callers_programmes_are_told(vic: Client, rota: Rota) -> None:
    rows.rota(build.programme(), "secret")
    assert [one["key"] for one in vic.get(NOW).json()["rotas"]] == ["support"]


def test_an_administrator_sees_all_and_may_ask_for_one_programme(
    client: Client, rota: Rota
) -> None:
    other = rows.rota(build.programme(), "other")
    client.force_login(build.person("adi"))
    assert [one["key"] for one in client.get(NOW).json()["rotas"]] == ["support", "other"]
    only = client.get(NOW, {"programme": other.programme.key}).json()
    assert [one["key"] for one in only["rotas"]] == ["other"]


@pytest.mark.parametrize("key", ["nope", "other"])
def test_a_programme_one_may_not_see_is_said(vic: Client, rota: Rota, key: str) -> None:
    build.programme(key="other")
    for path, asked in ((NOW, {}), (SHIFTS, MAY)):
        answer = vic.get(path, {**asked, "programme": key})
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"There is no programme {key!r} that you may see."


def test_nobody_is_told_who_is_not_signed_in(client: Client, rota: Rota) -> None:
    assert client.get(NOW).status_code == 401
    assert client.get(SHIFTS, MAY).status_code == 401


def test_it_is_only_read(vic: Client, rota: Rota) -> None:
    assert vic.post(NOW).status_code == 405
    assert vic.post(SHIFTS).status_code == 405


def test_it_takes_as_many_queries_for_many_rotas_as_for_one(
    vic: Client, programme: Programme, rota: Rota, django_assert_max_num_queries: Queries
) -> None:
    rows.override(rota, "dev", "2022-05-03T08:00", "2022-05-03T10:00")
    with django_assert_max_num_queries(20) as one:
        vic.get(NOW)
    for number in range(5):
        more = rows.rota(programme, f"more-{number}")
        rows.override(more, "dee", "2022-05-03T08:00", "2022-05-03T10:00")
    with django_assert_max_num_queries(len(one)):
        assert len(vic.get(NOW).json()["rotas"]) == 6


# --- shifts -----------------------------------------------------------------------------------


def test_shifts_are_the_final_schedule(vic: Client, rota: Rota) -> None:
    rows.override(rota, "dev", "2022-05-02T12:00", "2022-05-02T14:00")
    answer = vic.get(SHIFTS, {"from": "2022-05-02T00:00:00Z", "to": "2022-05-03T00:00:00Z"})
    shift = {"rota": "support", "duty": "primary", "username": "ana", "source": "rota",
             "slot": "2022-05-02T08:00"}  # fmt: skip
    assert answer.json() == [
        {**shift, "start": "2022-05-02T12:00:00Z", "end": "2022-05-02T16:00:00Z"},
        {
            **shift,
            "duty": "backup",
            "username": "ben",
            "start": "2022-05-02T12:00:00Z",
            "end": "2022-05-03T00:00:00Z",
        },
        {
            **shift,
            "username": "dev",
            "source": "override",
            "slot": "",
            "start": "2022-05-02T16:00:00Z",
            "end": "2022-05-02T18:00:00Z",
        },
        {**shift, "start": "2022-05-02T18:00:00Z", "end": "2022-05-03T00:00:00Z"},
    ]


def test_shifts_are_cut_at_the_window(vic: Client, rota: Rota) -> None:
    window = {"from": "2022-05-02T13:00:00Z", "to": "2022-05-02T13:30:00Z"}
    found = vic.get(SHIFTS, window).json()
    assert {(one["start"], one["end"]) for one in found} == {tuple(window.values())}


def test_shifts_of_one_person(vic: Client, rota: Rota) -> None:
    found = vic.get(SHIFTS, {**MAY, "person": "ben"}).json()
    assert {one["username"] for one in found} == {"ben"}
    assert {one["duty"] for one in found} == {"primary", "backup"}
    assert vic.get(SHIFTS, {**MAY, "person": "nobody"}).json() == []


def test_shifts_of_one_rota(vic: Client, programme: Programme, rota: Rota) -> None:
    rows.rota(programme, "night")
    found = vic.get(SHIFTS, {**MAY, "rota": "night"}).json()
    assert {one["rota"] for one in found} == {"night"}
    both = vic.get(SHIFTS, MAY).json()
    assert len(both) == 2 * len(found)
    assert [one["start"] for one in both] == sorted(one["start"] for one in both)


def test_a_rota_that_is_not_there_is_said(vic: Client, rota: Rota) -> None:
    rows.rota(build.programme(), "secret")
    answer = vic.get(SHIFTS, {**MAY, "rota": "secret"})
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no rota 'secret' that you may see."


def test_shifts_of_other_programmes_are_not_told(vic: Client, rota: Rota) -> None:
    rows.rota(build.programme(), "secret")
    assert {one["rota"] for one in vic.get(SHIFTS, MAY).json()} == {"support"}


@pytest.mark.parametrize(
    ("window", "field", "words"),
    [
        ({}, "from", "Say an instant"),
        ({"from": MAY["from"]}, "to", "Say an instant"),
        ({"from": MAY["to"], "to": MAY["from"]}, "to", "not after"),
        ({"from": MAY["from"], "to": MAY["from"]}, "to", "not after"),
        ({"from": MAY["from"], "to": "2023-06-05T00:00:01Z"}, "to", "At most 400 days"),
        ({"from": "2022-05-01", "to": MAY["to"]}, "from", "offset|instant"),
        ({"from": MAY["from"], "to": "2200-01-01T00:00:00Z"}, "to", "1970 to 2199"),
    ],
)
def test_a_window_that_is_none_is_a_problem_in_words(
    vic: Client, rota: Rota, window: dict[str, str], field: str, words: str
) -> None:
    body = problem(vic.get(SHIFTS, window))
    assert set(body["errors"]) == {field}
    assert any(word in str(body["errors"][field]) for word in words.split("|"))


def test_four_hundred_days_are_told(vic: Client, rota: Rota) -> None:
    window = {"from": "2022-05-01T00:00:00Z", "to": "2023-06-05T00:00:00Z"}
    found = vic.get(SHIFTS, window).json()
    assert len(found) == 2 * 285  # every weekday of 57 weeks, two duties
