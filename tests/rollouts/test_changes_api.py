"""Schedule changes over the API: preview, make, history, undo, roles."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.rollouts.models import GoLive, Product, ScheduleChange
from apps.rollouts.services import Decision, Plan, plan_go_lives
from tests import build
from tests.api import As

pytestmark = pytest.mark.django_db
FIRST = date(2030, 6, 10)
PLANNED_AT = datetime(2022, 4, 1, tzinfo=UTC)
DECISION = Decision(reason="plan", decided_by="Dee", made_by="dee", origin="command")


@pytest.fixture
def product() -> Product:
    return build.product(build.programme(last_week=date(2030, 8, 1)))


@pytest.fixture
def go_lives(product: Product) -> list[GoLive]:
    sites = [build.site(str(500 + number)) for number in range(2)]
    plan_go_lives(
        programme=product.programme,
        plans=[Plan(site=site, product=product, wave=None, planned_on=FIRST) for site in sites],
        decision=DECISION,
        now=PLANNED_AT,
    )
    return list(GoLive.objects.order_by("pk"))


@pytest.fixture
def dee(product: Product) -> As:
    return As(build.person("dee", product.programme))


def move(go_lives: list[GoLive], to: str = "2030-06-24", **more: Any) -> dict[str, Any]:
    return {
        "kind": "move",
        "go_lives": [{"id": row.pk, "to": to} for row in go_lives],
        "reason": "the clinic is not ready",
        "decided_by": "Dee Dunn",
        **more,
    }


def test_it_moves_many_by_one_change(dee: As, go_lives: list[GoLive]) -> None:
    answer = dee.post("schedule-changes/", move(go_lives, tell=["Pam Price"]))
    shown = answer.json()
    assert (answer.status_code, shown["kind"], shown["made_by"]) == (201, "move", "dee")
    assert [(row["site"], row["from_on"], row["to_on"]) for row in shown["go_lives"]] == [
        ("500", "2030-06-10", "2030-06-24"), ("501", "2030-06-10", "2030-06-24"),
    ]  # fmt: skip
    assert set(GoLive.objects.values_list("planned_on", flat=True)) == {date(2030, 6, 24)}


def test_it_previews_and_writes_nothing(dee: As, go_lives: list[GoLive]) -> None:
    answer = dee.post("schedule-changes/?dry_run=1", move(go_lives, to="2030-06-22"))
    shown = answer.json()
    assert (answer.status_code, len(shown["steps"])) == (200, 2)
    assert shown["warnings"] == ["Sat 22 Jun 2030 is a weekend"]
    assert ScheduleChange.objects.count() == 1


@pytest.mark.parametrize("word", ["yes", "2", "on", "no"])
def test_who_wants_to_look_changes_nothing_by_a_slip(
    dee: As, go_lives: list[GoLive], word: str
) -> None:
    answer = dee.post(f"schedule-changes/?dry_run={word}", move(go_lives))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["dry_run"])
    assert ScheduleChange.objects.count() == 1


def test_a_preview_says_what_it_touches(dee: As, product: Product, go_lives: list[GoLive]) -> None:
    build.wave(product.programme, 4, date(2030, 8, 19))
    shown = dee.post("schedule-changes/?dry_run=true", move(go_lives, to="2030-08-19")).json()
    assert shown["effects"] == ["Outside the programme's weeks: 19 Aug 2030."]
    assert [(row["from_wave"], row["to_wave"]) for row in shown["steps"]] == [(None, 4)] * 2
    assert shown["refused"] == {}


def test_a_preview_says_of_each_why_it_is_refused(dee: As, go_lives: list[GoLive]) -> None:
    body = move(go_lives) | {"kind": "resume"}
    shown = dee.post("schedule-changes/?dry_run=1", body).json()
    assert shown["refused"] == {str(row.pk): "it is planned" for row in go_lives}


@pytest.mark.parametrize("kind", ["move", "pause", "reduce", "cancel"])
def test_each_kind_is_made_previewed_and_told(dee: As, go_lives: list[GoLive], kind: str) -> None:
    body = move(go_lives, scope="two clinics") | {"kind": kind}
    assert dee.post("schedule-changes/?dry_run=1", body).status_code == 200
    made = dee.post("schedule-changes/", body)
    assert (made.status_code, made.json()["kind"]) == (201, kind)
    last = dee.get(f"go-lives/{go_lives[0].pk}/changes/").json()["results"][-1]
    assert (last["kind"], last["reason"]) == (kind, "the clinic is not ready")
    assert dee.get(f"go-lives/{go_lives[0].pk}/").json()["version"] == 2


def test_a_pause_is_resumed_and_what_has_begun_is_rolled_back(
    dee: As, product: Product, go_lives: list[GoLive]
) -> None:
    begun = build.go_live(build.site("900"), product, date(2022, 6, 13))
    for kind, rows in (("pause", go_lives), ("resume", go_lives), ("roll-back", [begun])):
        assert dee.post("schedule-changes/", move(rows) | {"kind": kind}).status_code == 201
    states = {row["site"]: row["status"] for row in dee.get("go-lives/").json()["results"]}
    assert states == {"500": "planned", "501": "planned", "900": "rolled_back"}


def test_it_refuses_a_go_live_somebody_else_changed(dee: As, go_lives: list[GoLive]) -> None:
    seen = [{"id": row.pk, "to": "2030-06-24", "version": 1} for row in go_lives]
    assert dee.post("schedule-changes/", move(go_lives[:1])).status_code == 201
    answer = dee.post("schedule-changes/", move(go_lives) | {"go_lives": seen})
    assert answer.status_code == 409
    (fresh,) = answer.json()["current"]
    assert (fresh["site"], fresh["planned_on"], fresh["version"]) == ("500", "2030-06-24", 2)
    assert GoLive.objects.get(pk=go_lives[1].pk).planned_on == FIRST


def test_it_does_it_once_for_a_key(dee: As, go_lives: list[GoLive]) -> None:
    answers = [
        dee.post("schedule-changes/", move(go_lives), **{"Idempotency-Key": "k1"}) for _ in "ab"
    ]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert ScheduleChange.objects.filter(kind="move").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"decided_by": ""}, "decided_by"),
        ({"kind": "plan"}, "kind"),
        ({"kind": "explode"}, "kind"),
        ({"go_lives": []}, "go_lives"),
        ({"go_lives": [{"id": 999999}]}, "go_lives"),
        ({"go_lives": "all"}, "go_lives"),
        ({"go_lives": [{"id": 10**30}]}, "go_lives"),
        ({"go_lives": [{"id": 1, "to": "9999-12-31"}]}, "go_lives"),
        ({"go_lives": [{"id": 1, "on": "2030-06-24"}]}, "go_lives"),
        ({"kind": "reduce"}, "scope"),
        ({"reson": "a slip of the pen"}, "reson"),
        ({"reason": "\t \n"}, "reason"),
        ({"tell": "Pam"}, "tell"),
    ],
)
def test_it_says_which_field_is_wrong(
    dee: As, go_lives: list[GoLive], wrong: dict[str, Any], field: str
) -> None:
    answer = dee.post("schedule-changes/", move(go_lives) | wrong)
    assert (answer.status_code, field in answer.json()["errors"]) == (400, True)
    assert ScheduleChange.objects.count() == 1


def test_it_refuses_all_when_one_cannot_be_changed(dee: As, go_lives: list[GoLive]) -> None:
    answer = dee.post("schedule-changes/", move(go_lives) | {"kind": "resume"})
    assert (answer.status_code, "it is planned" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize("who", ["ana", "dev", "vic"])
def test_it_lets_only_those_decide_who_decide(
    product: Product, go_lives: list[GoLive], who: str
) -> None:
    answer = As(build.person(who, product.programme)).post("schedule-changes/", move(go_lives))
    assert answer.status_code == 403


def test_it_knows_no_go_live_of_another_programme(go_lives: list[GoLive]) -> None:
    stranger = As(build.person("dee", build.programme()))
    assert stranger.post("schedule-changes/", move(go_lives)).status_code == 400
    assert stranger.get(f"go-lives/{go_lives[0].pk}/changes/").status_code == 404
    change = ScheduleChange.objects.get()
    assert stranger.post(f"schedule-changes/{change.pk}/undo/").status_code == 404


def test_a_role_counts_in_its_own_programme_only(product: Product, go_lives: list[GoLive]) -> None:
    ana = build.person("ana", product.programme)
    build.member(ana, build.programme(), "dm")
    assert As(ana).post("schedule-changes/", move(go_lives)).status_code == 403


def test_it_tells_the_history_of_a_go_live(dee: As, go_lives: list[GoLive]) -> None:
    made = dee.post("schedule-changes/", move(go_lives)).json()
    assert dee.post(f"schedule-changes/{made['id']}/undo/").status_code == 200
    rows = dee.get(f"go-lives/{go_lives[0].pk}/changes/").json()["results"]
    assert [(row["kind"], row["undone_at"] is not None) for row in rows] == [
        ("plan", False), ("move", True),
    ]  # fmt: skip


def test_it_cannot_be_undone_once_announced(dee: As, go_lives: list[GoLive]) -> None:
    made = dee.post("schedule-changes/", move(go_lives)).json()
    announced = dee.post(f"schedule-changes/{made['id']}/announce/").json()
    assert announced["announced_at"] is not None
    answer = dee.post(f"schedule-changes/{made['id']}/undo/")
    assert (answer.status_code, "announced" in answer.json()["detail"]) == (409, True)


def test_it_lists_changes_by_site_and_kind(dee: As, go_lives: list[GoLive]) -> None:
    made = dee.post("schedule-changes/", move(go_lives[:1])).json()
    listed = dee.get("schedule-changes/?kind=move&site=500").json()["results"]
    assert [row["id"] for row in listed] == [made["id"]]
    assert dee.get("schedule-changes/?kind=move&site=501").json()["results"] == []
    assert dee.get(f"schedule-changes/{made['id']}/").json()["reason"] == "the clinic is not ready"


def test_a_preview_of_what_somebody_has_changed_is_refused_too(
    dee: As, go_lives: list[GoLive]
) -> None:
    body = move(go_lives)
    body["go_lives"][0]["version"] = 1
    assert dee.post("schedule-changes/?dry_run=1", body).status_code == 200
    assert dee.post("schedule-changes/", body).status_code == 201
    answer = dee.post("schedule-changes/?dry_run=1", body)
    assert answer.status_code == 409
    assert [row["version"] for row in answer.json()["current"]] == [2]


# --- versions, and changes about many -----------------------------------------------------------


def test_a_change_has_a_version(dee: As, go_lives: list[GoLive]) -> None:
    made = dee.post("schedule-changes/", move(go_lives))
    assert (made["ETag"], made.json()["version"]) == ('"1"', 1)
    path = f"schedule-changes/{made.json()['id']}/"
    assert dee.get(path)["ETag"] == '"1"'
    assert dee.get(path, **{"If-None-Match": '"1"'}).status_code == 304
    for act in ("undo", "announce"):
        assert dee.post(f"{path}{act}/", {"version": 2}).status_code == 409
        stale = dee.post(f"{path}{act}/", **{"If-Match": '"2"'})
        assert (stale.status_code, stale.json()["current"]) == (412, made.json())
    announced = dee.post(f"{path}announce/", {"version": 1})
    assert (announced["ETag"], announced.json()["version"]) == ('"2"', 2)
    assert dee.post(f"{path}announce/").json()["version"] == 2


def test_an_undone_change_has_the_next_version(dee: As, go_lives: list[GoLive]) -> None:
    made = dee.post("schedule-changes/", move(go_lives)).json()
    undone = dee.post(f"schedule-changes/{made['id']}/undo/", **{"If-Match": '"1"'})
    assert (undone.status_code, undone["ETag"]) == (200, '"2"')


@pytest.fixture
def many(product: Product) -> ScheduleChange:
    """One plan of sixty go-lives."""
    plans = [
        Plan(site=build.site(f"B{number}"), product=product, wave=None, planned_on=FIRST)
        for number in range(60)
    ]
    plan_go_lives(programme=product.programme, plans=plans, decision=DECISION, now=PLANNED_AT)
    return ScheduleChange.objects.get()


def test_a_list_tells_how_many_and_the_first_of_them(dee: As, many: ScheduleChange) -> None:
    for row in (dee.get("schedule-changes/").json()["results"][0],
                dee.get("schedule-changes/?site=B7").json()["results"][0],
                dee.get(f"schedule-changes/{many.pk}/").json()):  # fmt: skip
        assert (row["count"], len(row["go_lives"])) == (60, 50)
        assert row["go_lives"][0]["site"] == "B0"


def test_all_of_them_come_by_pages(dee: As, many: ScheduleChange) -> None:
    first = dee.get(f"schedule-changes/{many.pk}/go-lives/?page_size=45").json()
    second = dee.get(first["next"].split("/api/v1/")[1]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (45, 15, None)
    assert first["results"][0] == dee.get(f"schedule-changes/{many.pk}/").json()["go_lives"][0]


def test_those_of_another_programme_are_not_there(many: ScheduleChange) -> None:
    stranger = As(build.person("vic", build.programme()))
    assert stranger.get(f"schedule-changes/{many.pk}/go-lives/").status_code == 404


def test_a_list_of_changes_costs_the_same_however_many_they_are_about(
    dee: As, many: ScheduleChange
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert dee.get("schedule-changes/").status_code == 200
        return len(asked)

    cost()
    before = cost()
    rows = list(GoLive.objects.select_related("programme"))
    dee.post("schedule-changes/", move(rows))
    dee.post("schedule-changes/", move(rows[:3], to="2030-07-01"))
    assert cost() == before
