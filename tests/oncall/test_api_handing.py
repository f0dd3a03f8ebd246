"""Hand-overs over the API: read, filtered, written, handed over, acknowledged, with versions."""

from typing import Any

import pytest
import time_machine

from apps.oncall.models import HandOver, Rota
from tests import build
from tests.api import As
from tests.oncall.handing import MINUTE, PASSES, handed, primary, rota_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _before_the_shift() -> Any:
    with time_machine.travel(PASSES - 30 * MINUTE, tick=False):
        yield


@pytest.fixture
def rota() -> Rota:
    return rota_of(build.programme())


def results(who: str, query: str = "") -> list[Any]:
    found: list[Any] = As(build.person(who)).get(f"handovers/{query}").json()["results"]
    return found


def test_one_says_who_and_when_and_what(rota: Rota) -> None:
    row = handed(primary(rota))
    answer = As(build.person("vic")).get(f"handovers/{row.pk}/")
    assert answer.headers["ETag"] == f'"{row.version}"'
    assert answer.json() == {
        "id": row.pk, "programme": rota.programme.key, "rota": "support", "duty": "primary",
        "outgoing": "ben", "incoming": "ana", "ends_at": "2022-06-27T12:00:00Z",
        "starts_at": "2022-06-27T12:00:00Z", "state": "handed",
        "open_items": "- The kiosk in Omaha", "watch": "- Texts", "written_by": "ben",
        "written_at": "2022-06-27T11:55:00Z", "handed_at": "2022-06-27T11:55:00Z",
        "acknowledge_due_at": "2022-06-27T12:30:00Z", "acknowledged_by": "",
        "acknowledged_at": None, "version": row.version,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 2), ("?incoming=ana", 1), ("?outgoing=ana&duty=primary", 0), ("?state=handed", 1),
     ("?state=open", 1), ("?state=acknowledged", 0), ("?state=withdrawn", 0), ("?rota=other", 0),
     ("?rota=support&fields=id", 2)],
)  # fmt: skip
def test_the_list_is_filtered(rota: Rota, query: str, count: int) -> None:
    handed(primary(rota))
    assert len(results("vic", query)) == count


def test_others_see_none(rota: Rota) -> None:
    row = primary(rota)
    build.person("dev", build.programme())
    assert results("dev") == []
    assert As(build.person("dev")).get(f"handovers/{row.pk}/").status_code == 404
    assert As(build.person("dev")).post(f"handovers/{row.pk}/acknowledge/").status_code == 404


def test_a_note_is_drafted_handed_over_and_acknowledged(rota: Rota) -> None:
    row = primary(rota)
    ben, ana, path = As(build.person("ben")), As(build.person("ana")), f"handovers/{row.pk}/"
    draft = ben.patch(path, {"open_items": "Kiosk", "version": row.version})
    assert (draft.status_code, draft.json()["state"]) == (200, "open")
    given = ben.post(f"{path}hand-over/", {"watch": "Texts"}, **{"If-Match": draft.headers["ETag"]})
    assert given.json()["state"] == "handed"
    assert (given.json()["open_items"], given.json()["watch"]) == ("Kiosk", "Texts")
    for _ in range(2):
        taken = ana.post(f"{path}acknowledge/")
        assert (taken.status_code, taken.json()["acknowledged_by"]) == (200, "ana")
    assert As(build.person("dee")).post(f"{path}acknowledge/").status_code == 409
    assert ben.patch(path, {"watch": "Late"}).status_code == 409


def test_an_older_version_is_refused_with_the_fresh_one(rota: Rota) -> None:
    row = primary(rota)
    old = row.version
    row = handed(row)
    ben, path = As(build.person("ben")), f"handovers/{row.pk}/"
    answer = ben.patch(path, {"watch": "x", "version": old})
    assert (answer.status_code, answer.json()["current"]["version"]) == (409, row.version)
    assert ben.post(f"{path}hand-over/", {}, **{"If-Match": f'"{old}"'}).status_code == 412
    ana = As(build.person("ana"))
    assert ana.post(f"{path}acknowledge/", {"version": old}).status_code == 409
    assert HandOver.objects.get(pk=row.pk).acknowledged_at is None


def test_only_who_goes_or_decides_writes_and_only_who_comes_or_decides_takes(rota: Rota) -> None:
    row = handed(primary(rota))
    path = f"handovers/{row.pk}/"
    for who in ("ana", "vic"):
        assert As(build.person(who)).patch(path, {"watch": "x"}).status_code == 403
    assert As(build.person("pam")).patch(path, {"watch": "x"}).status_code == 200
    for who in ("ben", "vic"):
        assert As(build.person(who)).post(f"{path}acknowledge/").status_code == 403


def test_nothing_is_acknowledged_before_it_is_there(rota: Rota) -> None:
    row = primary(rota)
    answer = As(build.person("ana")).post(f"handovers/{row.pk}/acknowledge/")
    assert answer.status_code == 409
    assert "has not handed over yet" in answer.json()["detail"]
