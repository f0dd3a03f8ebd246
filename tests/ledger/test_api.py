"""The change feed."""

from datetime import UTC, datetime

import pytest

from apps.ledger.models import Change
from apps.ledger.services import Entry, record_many, seal
from tests import build
from tests.api import As

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def happen(programme_id: int | None, count: int, subject: str = "incident") -> None:
    record_many(
        [
            Entry(subject=subject, subject_key=f"RC-{number}", verb="opened", actor="ana",
                  origin="api", programme_id=programme_id)
            for number in range(count)
        ],
        now=NOW,
    )  # fmt: skip
    seal(now=NOW)


def test_it_is_read_from_a_cursor_without_gaps() -> None:
    programme = build.programme()
    ana = As(build.person("ana", programme))
    start = ana.get("changes/?page_size=200").json()["next_after"]
    happen(programme.pk, 5)
    first = ana.get(f"changes/?after={start}&page_size=3").json()
    rest = ana.get(f"changes/?after={first['next_after']}").json()
    ids = [row["id"] for row in first["results"] + rest["results"]]
    assert (len(ids), first["more"], rest["more"]) == (5, True, False)
    assert ids == sorted(ids)
    assert first["results"][0]["type"] == "incident.opened"


def test_it_stays_where_it_is_when_nothing_came() -> None:
    ana = As(build.person("ana", build.programme()))
    assert ana.get("changes/?after=77").json() == {"results": [], "next_after": 77, "more": False}


def test_it_shows_only_what_is_sealed() -> None:
    programme = build.programme()
    ana = As(build.person("ana", programme))
    record_many([Entry(subject="x", subject_key="1", verb="y", actor="a", origin="api",
                       programme_id=programme.pk)], now=NOW)  # fmt: skip
    assert ana.get("changes/?subject=x").json()["results"] == []


def test_it_hides_other_programmes_and_what_belongs_to_none() -> None:
    mine, other = build.programme(), build.programme()
    for programme_id in (mine.pk, other.pk, None):
        happen(programme_id, 1)
    ana, adi = As(build.person("ana", mine)), As(build.person("adi"))
    assert len(ana.get("changes/?subject=incident").json()["results"]) == 1
    assert len(adi.get("changes/?subject=incident").json()["results"]) == 3


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "page_size=0", "page_size=201", "after=²"]
)
def test_it_refuses_a_bad_cursor_in_words(query: str) -> None:
    answer = As(build.person("adi")).get(f"changes/?{query}")
    assert (answer.status_code, "whole number" in answer.json()["detail"]) == (400, True)


def test_it_cannot_be_written() -> None:
    assert As(build.person("adi")).post("changes/").status_code == 405
    assert Change.objects.filter(origin="api").count() == 0
