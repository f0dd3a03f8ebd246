"""The checklist over the API: filters, many ticked at once, undone; roles and other programmes."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.rollouts.models import Programme, ReadinessBatch, ReadinessItem
from apps.rollouts.services import Decision, Plan, plan_go_lives
from tests import build
from tests.api import As

pytestmark = pytest.mark.django_db
NOW = build.MONDAY
MONDAY = date(2022, 7, 4)  # a week from NOW
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    made = build.programme(key="check-in")
    build.product(made)
    build.product(made, "vse", name="VSE-CS")
    plan(made, "636", "442GC")
    build.checklist(made)
    return made


def plan(programme: Programme, *numbers: str) -> None:
    wave = build.wave(programme, 10, MONDAY)
    plans = [Plan(site=build.site(number, f"Site {number}"), product=product, wave=wave,
                  planned_on=MONDAY)
             for number in numbers for product in programme.products.all()]  # fmt: skip
    plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)


@pytest.fixture
def pam(programme: Programme) -> As:
    return As(build.person("pam", programme))


def ids(*keys: str) -> list[int]:
    rows = ReadinessItem.objects.filter(template__key__in=keys).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def test_it_says_everything_about_an_item(pam: As) -> None:
    row = pam.get("readiness/?site=636&product=vse&item=training").json()["results"][0]
    assert row == {
        "id": row["id"], "programme": "check-in", "wave": 10, "site": "636", "product": "vse",
        "go_live": row["go_live"], "item": "training", "name": "Training held", "state": "open",
        "standing": "due", "due_on": "2022-06-27", "blocks": True, "owner_role": "pm",
        "owner": None, "evidence": "", "changed_by": "", "changed_at": None, "version": 1,
    }  # fmt: skip
    assert pam.get(f"readiness/{row['id']}/").json() == row


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("programme=check-in", 16), ("programme=other", 0), ("wave=10", 16), ("wave=9", 0),
        ("site=442GC", 8), ("item=audit", 4), ("state=open", 16), ("state=done", 0),
        ("due_until=2022-06-27", 4), ("due_until=2022-06-26", 0), ("due_until=2022-07-05", 16),
        ("product=vse&item=audit&site=636", 1), ("owner=ana", 0),
    ],
)  # fmt: skip
def test_it_filters(pam: As, query: str, count: int) -> None:
    assert len(pam.get(f"readiness/?{query}").json()["results"]) == count


def test_it_pages_by_cursor(pam: As) -> None:
    first = pam.get("readiness/?page_size=10").json()
    path = first["next"].split("/api/v1/")[1]
    second = pam.get(path).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (10, 6, None)
    assert not {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}


@pytest.mark.parametrize("query", ["state=lost", "due_until=soon", "wave=x"])
def test_it_says_what_is_no_filter(pam: As, query: str) -> None:
    assert pam.get(f"readiness/?{query}").status_code == 400


def tick(**facts: Any) -> dict[str, Any]:
    return {"state": "done", "evidence": "list of 27 June", **facts}


def test_many_are_ticked_by_id_and_the_second_time_none(pam: As) -> None:
    wanted = tick(ids=ids("training", "audit"))
    first, again = pam.post("readiness/tick/", wanted), pam.post("readiness/tick/", wanted)
    batch = ReadinessBatch.objects.get()
    assert first.json() == {"batch": batch.pk, "changed": 8, "unchanged": 0}
    assert again.json() == {"batch": None, "changed": 0, "unchanged": 8}
    row = pam.get("readiness/?state=done&site=636").json()["results"][0]
    assert (row["standing"], row["evidence"], row["changed_by"]) == (
        "ok", "list of 27 June", "pam",
    )  # fmt: skip


def by_site(*sites: str, **facts: Any) -> dict[str, Any]:
    usual = {"programme": "check-in", "item": "training", "sites": list(sites)}
    return tick(**usual | facts)


def test_they_are_ticked_by_the_numbers_of_their_sites(pam: As) -> None:
    made = pam.post("readiness/tick/", by_site("636", "442gc"))
    assert (made.status_code, made.json()["changed"]) == (200, 4)
    alone = pam.post("readiness/tick/", by_site("636", product="vse", state="open"))
    assert alone.json()["changed"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (tick(), "ids"),
        (tick(ids=[]), "ids"),
        (tick(ids=[999999]), "ids"),
        (tick(ids=[1], sites=["636"]), "ids"),
        (tick(programme="check-in", sites=["636"]), "ids"),
        (by_site("636", "999"), "sites"),
        (by_site("636", item="nonsense"), "sites"),
        (by_site("636", product="none"), "sites"),
        (by_site("636", state="not_applicable", evidence=" "), "evidence"),
        (by_site("636", state="lost"), "state"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_ticks_nothing(pam: As, body: dict[str, Any], field: str) -> None:
    answer = pam.post("readiness/tick/", body)
    assert (answer.status_code, field in answer.json()["errors"]) == (400, True)
    assert not ReadinessItem.objects.exclude(state="open").exists()


def test_it_masks_what_identifies_a_person(pam: As) -> None:
    pam.post("readiness/tick/", by_site("636", evidence="SSN 123-45-6789"))
    assert "123-45-6789" not in ReadinessItem.objects.filter(state="done")[0].evidence


def test_an_act_is_undone(pam: As) -> None:
    batch = pam.post("readiness/tick/", by_site("636")).json()["batch"]
    pam.post("readiness/tick/", by_site("636", product="vse", evidence="again"))
    undone = pam.post(f"readiness/batches/{batch}/undo/")
    assert undone.json() == {"restored": 1, "kept": 1}
    assert pam.post(f"readiness/batches/{batch}/undo/").json() == {"restored": 0, "kept": 0}


def test_it_is_done_once_for_a_key(pam: As) -> None:
    key = {"Idempotency-Key": "k-1"}
    first, again = (pam.post("readiness/tick/", by_site("636"), **key) for _ in "ab")
    assert first.json() == again.json()


@pytest.mark.parametrize(
    ("who", "status"),
    [("ana", 403), ("dev", 403), ("vic", 403), ("pam", 200), ("dee", 200), ("adi", 200)],
)
def test_who_ticks_what_is_the_product_managers(
    programme: Programme, who: str, status: int
) -> None:
    caller = As(build.person(who, programme))
    assert caller.post("readiness/tick/", by_site("636")).status_code == status
    assert caller.get("readiness/").status_code == 200


def test_another_programme_is_out_of_reach(programme: Programme, pam: As) -> None:
    batch = pam.post("readiness/tick/", by_site("636")).json()["batch"]
    stranger = As(build.person("dee", build.programme()))
    assert stranger.get("readiness/").json()["results"] == []
    assert stranger.get("readiness-templates/").json()["results"] == []
    assert stranger.get(f"readiness/{ids('audit')[0]}/").status_code == 404
    assert stranger.post("readiness/tick/", tick(ids=ids("audit"))).status_code == 400
    assert stranger.post("readiness/tick/", by_site("636")).status_code == 404
    assert stranger.post(f"readiness/batches/{batch}/undo/").status_code == 404


def test_a_role_counts_in_its_own_programme_only(programme: Programme) -> None:
    vic = build.person("vic", programme)
    build.member(vic, build.programme(), "pm")
    assert As(vic).post("readiness/tick/", by_site("636")).status_code == 403


def test_the_checklist_is_listed(pam: As) -> None:
    rows = pam.get("readiness-templates/?programme=check-in").json()["results"]
    assert rows[0] == {
        "programme": "check-in", "key": "training", "name": "Training held", "owner": "pm",
        "due": -7, "blocks": True, "products": [],
    }  # fmt: skip
    assert [row["key"] for row in rows] == [key for key, *_ in build.CHECKLIST]


def test_it_asks_as_often_for_many_as_for_few(programme: Programme, pam: As) -> None:
    counts = []
    for numbers in ((), range(500, 530)):
        plan(programme, *map(str, numbers))
        with CaptureQueriesContext(connection) as queries:
            pam.get("readiness/?page_size=200")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


# --- versions -----------------------------------------------------------------------------------


def test_each_act_raises_the_version_of_what_it_changed(pam: As) -> None:
    first, second = ids("training")[:2]
    made = pam.post("readiness/tick/", tick(ids=[first])).json()
    assert pam.get(f"readiness/{first}/")["ETag"] == '"2"'
    assert pam.get(f"readiness/{second}/").json()["version"] == 1
    pam.post(f"readiness/batches/{made['batch']}/undo/")
    answer = pam.get(f"readiness/{first}/")
    assert (answer["ETag"], answer.json()["version"], answer.json()["state"]) == ('"3"', 3, "open")


def test_what_somebody_has_changed_since_is_not_ticked_and_neither_is_the_rest(pam: As) -> None:
    first, second = ids("training")[:2]
    pam.post("readiness/tick/", tick(ids=[first]))
    seen = {str(first): 1, str(second): 1}
    wanted = tick(ids=[first, second], state="open", evidence="", versions=seen)
    answer = pam.post("readiness/tick/", wanted)
    assert answer.status_code == 409
    assert [(row["id"], row["version"]) for row in answer.json()["current"]] == [(first, 2)]
    assert pam.post("readiness/tick/", wanted | {"versions": {str(first): 2}}).status_code == 200


@pytest.mark.parametrize("versions", [{"x": 1}, {"1": "x"}, {"1": None}, [1], {"9" * 40: 1}])
def test_versions_are_numbers_by_id(pam: As, versions: Any) -> None:
    wanted = tick(ids=ids("training"), versions=versions)
    assert pam.post("readiness/tick/", wanted).status_code == 400


def test_an_item_is_told_anew_because_its_day_follows_the_go_live(pam: As) -> None:
    path = f"readiness/{ids('training')[0]}/"
    etag = pam.get(path)["ETag"]
    assert pam.get(path, **{"If-None-Match": etag}).status_code == 200
