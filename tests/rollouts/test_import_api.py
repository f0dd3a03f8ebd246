"""POST schedule-imports/: dry run, import, digest, what it answers to bad tables, roles."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.rollouts.models import Membership, Programme, ScheduleChange, Site
from apps.rollouts.sheets import XLSX
from tests import build
from tests.api import As
from tests.rollouts.importing import FIRST, NOW, SECOND, make_programme, standing, table
from tests.rollouts.workbooks import workbook

pytestmark = pytest.mark.django_db
WHY = "reason=Cutover&decided_by=Pam"
MOVE = table("442,2022-05-09,2")


@pytest.fixture(autouse=True)
def _in_april_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    return make_programme(key="va")


@pytest.fixture
def pam(programme: Programme) -> As:
    return As(build.person("pam", programme))


def post(caller: As, content: bytes, query: str, kind: str = "text/csv", **headers: str) -> Any:
    return Client().post(
        f"/api/v1/schedule-imports/?programme=va&{query}", content, content_type=kind,
        headers={"Authorization": f"Bearer {caller.token}", **headers},
    )  # fmt: skip


def test_it_tries_then_imports_once(pam: As) -> None:
    tried = post(pam, MOVE, "dry_run=1")
    assert tried.status_code == 200
    told = tried.json()
    assert told["moved"] == [
        {"site": "442", "product": "echeckin", "from_on": "2022-05-02", "to_on": "2022-05-09",
         "from_wave": 1, "to_wave": 2, "from_scope": "", "to_scope": ""}
    ]  # fmt: skip
    assert (told["errors"], told["changes"]) == ([], [])
    assert standing()["442"] == FIRST
    query = f"{WHY}&digest={told['digest']}"
    first, again = (post(pam, MOVE, query, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.status_code, first.content) == (201, again.content)
    assert standing()["442"] == SECOND
    (change,) = first.json()["changes"]
    row = ScheduleChange.objects.get(pk=change["id"])
    assert (row.kind, row.reason, row.decided_by, row.made_by) == (
        "move", "Cutover", "Pam", "pam",
    )  # fmt: skip
    assert pam.post(f"schedule-changes/{row.pk}/undo/").status_code == 200
    assert standing()["442"] == FIRST


def test_what_stands_already_is_answered_with_200(pam: As) -> None:
    assert post(pam, table("442,2022-05-02,1"), WHY).status_code == 200


def test_a_workbook_is_taken_too(pam: As) -> None:
    content = workbook(("site", "planned_on"), ("442", "2022-05-09"))
    assert post(pam, content, WHY, XLSX).status_code == 201
    assert post(pam, content, WHY, "application/octet-stream").status_code == 200


def test_sites_need_no_reason(pam: As) -> None:
    content = table("442,Cheyenne VA", head="number,name")
    tried = post(pam, content, "kind=sites&dry_run=1").json()
    assert tried["sites"] == [{"number": "442", "verb": "changed", "columns": ["name"]}]
    assert post(pam, content, "kind=sites").status_code == 201
    assert Site.objects.get(number="442").name == "Cheyenne VA"


def test_a_dry_run_lists_what_cannot_be_taken(pam: As) -> None:
    answer = post(pam, table("442,2022-02-30,2"), "dry_run=1")
    assert answer.status_code == 200
    assert answer.json()["errors"] == [
        {"line": 2, "column": "planned_on", "value": "2022-02-30", "words": "there is no such day"}
    ]


def test_a_dry_run_says_what_it_touches(pam: As, programme: Programme) -> None:
    Programme.objects.update(pace=1)
    content = table("442,2022-05-09,2", "358,2022-05-09,2")
    told = post(pam, content, "dry_run=1&cancel_missing=1").json()
    assert told["effects"] == ["In the week of 9 May 2022 2 begin; the pace is 1 a week."]
    assert [one["site"] for one in told["removed"]] == ["636"]


@pytest.mark.parametrize(
    ("content", "query", "status", "words"),
    [
        (MOVE, "", 400, "decided_by"),
        (MOVE, "reason=x", 400, "decided_by"),
        (table("442,2022-02-30,2"), WHY, 422, '"line 2": ["planned_on: 2022-02-30 there is no'),
        (table("442,2022-05-09", head="a,b"), WHY, 422, "is missing; line 1 has: a, b"),
        (b"", WHY, 422, "empty"),
        (b"PK\x03\x04", WHY, 422, "XLSX"),
        (MOVE, f"{WHY}&digest=other", 409, "look again"),
        (MOVE, f"{WHY}&kind=people", 400, "kind"),
        (MOVE, f"{WHY}&order=ymd", 400, "order"),
        (MOVE + b"\n" * 1_100_000, WHY, 413, ""),
    ],
)
def test_it_refuses_and_changes_nothing(
    pam: As, content: bytes, query: str, status: int, words: str
) -> None:
    answer = post(pam, content, query)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert words.replace(" ", "") in answer.content.decode().replace(" ", "")
    assert standing()["442"] == FIRST


def test_another_kind_of_body_is_refused(pam: As) -> None:
    assert post(pam, b"{}", WHY, "application/json").status_code == 415


@pytest.mark.parametrize(
    ("who", "status"),
    [("ana", 403), ("dev", 403), ("vic", 403), ("dee", 201), ("adi", 201)],
)
def test_only_who_decides_may_import(programme: Programme, who: str, status: int) -> None:
    assert post(As(build.person(who, programme)), MOVE, WHY).status_code == status


def test_a_role_in_another_programme_does_not_count(programme: Programme) -> None:
    dee = build.person("dee", build.programme(key="other"))
    assert post(As(dee), MOVE, WHY).status_code == 400  # they do not see it
    Membership.objects.create(person=dee, programme=programme, role="viewer")
    assert post(As(dee), MOVE, WHY).status_code == 403
    assert standing()["442"] == FIRST


def test_a_token_that_only_reads_is_refused(programme: Programme) -> None:
    assert post(As(build.person("pam", programme), "read"), MOVE, WHY).status_code == 403


def test_a_site_of_other_programmes_alone_is_refused_by_its_line(pam: As) -> None:
    manila = Site.objects.get(number="358")
    build.go_live(manila, build.product(build.programme()), FIRST)
    content = table("358,Manila VA", head="number,name")
    told = post(pam, content, "kind=sites")
    assert told.status_code == 422
    assert "in which you do not decide" in told.json()["errors"]["line 2"][0]
    dry = post(pam, content, "kind=sites&dry_run=1").json()
    assert [one["line"] for one in dry["errors"]] == [2]
    manila.refresh_from_db()
    assert manila.name == "Manila"
