"""/api/v1/paging/: the list, one page, acknowledging, the test page."""

import pytest

from apps.paging.models import Page
from tests import build
from tests.api import As
from tests.paging.rows import goes_on, staffed, ticket

pytestmark = pytest.mark.django_db


def page() -> Page:
    return Page.objects.latest("id")


def test_it_lists_pages_with_their_steps() -> None:
    row = ticket(staffed())
    goes_on(0)
    (shown,) = As(build.person("vic", row.programme)).get("paging/").json()["results"]
    assert (shown["incident"], shown["cause"], shown["state"]) == (
        row.number, "severity_one", "open",
    )  # fmt: skip
    assert shown["started_at"] == "2022-06-27T14:40:00Z"
    assert shown["steps"][0]["told"] == [{"person": "ana", "channel": "", "way": "email"}]


@pytest.mark.parametrize(
    ("query", "count"),
    [("state=open", 1), ("state=acknowledged", 0), ("state=unanswered", 0), ("cause=test", 0),
     ("programme=none", 0), ("subject=incident", 1)],
)  # fmt: skip
def test_it_filters(query: str, count: int) -> None:
    ticket(staffed())
    answer = As(build.person("ana")).get(f"paging/?{query}").json()
    assert len(answer["results"]) == count


def test_a_stranger_sees_nothing() -> None:
    ticket(staffed())
    pam = As(build.person("pam", build.programme()))
    assert pam.get("paging/").json()["results"] == []
    assert pam.get(f"paging/{page().key}/").status_code == 404
    assert pam.post(f"paging/{page().key}/acknowledge/").status_code == 404


def test_it_shows_one_with_its_version() -> None:
    ticket(staffed())
    answer = As(build.person("ana")).get(f"paging/{page().key}/")
    assert (answer.json()["version"], answer["ETag"]) == (1, '"1"')


def test_it_acknowledges_and_there_is_one_winner() -> None:
    ticket(staffed())
    path = f"paging/{page().key}/acknowledge/"
    ben, dee = As(build.person("ben")), As(build.person("dee"))
    won = ben.post(path)
    assert (won.status_code, won.json()["acknowledged_by"]) == (200, "ben")
    assert ben.post(path).status_code == 200
    lost = dee.post(path)
    assert (lost.status_code, lost.json()["current"]["acknowledged_by"]) == (409, "ben")
    assert page().acknowledged_through == "api"


def test_a_viewer_does_not_acknowledge() -> None:
    programme = staffed()
    ticket(programme)
    vic = As(build.person("vic", programme))
    assert vic.post(f"paging/{page().key}/acknowledge/").status_code == 403
    assert page().state == "open"


def test_it_pages_me_once_for_each_key() -> None:
    staffed()
    ana = As(build.person("ana"))
    keys = {ana.post("paging/test/", **{"Idempotency-Key": "k1"}).json()["key"] for _ in range(2)}
    assert len(keys) == 1
    assert ana.post("paging/test/").status_code == 201
    assert Page.objects.filter(cause="test", started_by="ana").count() == 2


def test_it_pages_nobody_whom_nothing_leads_to() -> None:
    answer = As(build.person("dev", staffed(), email="")).post("paging/test/")
    assert (answer.status_code, "Nothing leads to you" in answer.json()["detail"]) == (400, True)
    assert not Page.objects.exists()


def test_who_belongs_to_several_programmes_says_which() -> None:
    programme = staffed()
    ana = build.person("ana", build.programme())
    assert As(ana).post("paging/test/").status_code == 400
    assert As(ana).post("paging/test/", {"programme": programme.key}).status_code == 201
    assert As(ana).post("paging/test/", {"programme": "none"}).status_code == 400
