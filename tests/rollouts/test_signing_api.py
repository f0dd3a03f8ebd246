"""Go or no-go over the API: where a wave stands, signatures, waivers, deputies."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from apps.rollouts.models import Deputy, Programme, SignOff, Waiver
from apps.rollouts.services import Decision, Plan, plan_go_lives
from tests import build
from tests.api import As

pytestmark = pytest.mark.django_db
NOW = build.MONDAY
MONDAY = date(2022, 7, 4)
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")
HERE: dict[str, Any] = {"programme": "check-in", "wave": 10}


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    made = build.programme(key="check-in")
    wave = build.wave(made, 10, MONDAY)
    plans = [Plan(site=build.site(), product=build.product(made), wave=wave, planned_on=MONDAY)]
    plan_go_lives(programme=made, plans=plans, decision=DECISION, now=NOW)
    return made


def caller(who: str, programme: Programme) -> As:
    return As(build.person(who, programme))


@pytest.fixture
def pam(programme: Programme) -> As:
    return caller("pam", programme)


@pytest.fixture
def dee(programme: Programme) -> As:
    return caller("dee", programme)


def signature(part: str = "pm", **facts: Any) -> dict[str, Any]:
    return {**HERE, "part": part, "call": "go", **facts}


def stands(who: As) -> dict[str, Any]:
    found: dict[str, Any] = who.get("waves/check-in/10/go-no-go/").json()
    return found


def test_two_people_make_it_a_go(pam: As, dee: As) -> None:
    first = stands(pam)
    assert (first["verdict"], first["missing"], first["begins_at"]) == (
        "open", ["pm", "dm"], "2022-07-04T05:00:00Z",
    )  # fmt: skip
    made = pam.post("sign-offs/", signature(comment="Ready", digest=first["digest"]))
    assert (made.status_code, made.json()["person"], made.json()["comment"]) == (
        201, "pam", "Ready",
    )  # fmt: skip
    assert dee.post("sign-offs/", signature("dm")).status_code == 201
    found = stands(pam)
    assert found["verdict"] == "go"
    assert [row["part"] for row in found["sign_offs"]] == ["dm", "pm"]
    assert len(pam.get("sign-offs/?programme=check-in&wave=10").json()["results"]) == 2


def test_a_red_finding_needs_a_waiver(programme: Programme, pam: As) -> None:
    build.checklist(programme)
    found = stands(pam)["findings"][0]
    assert (found["key"], found["level"], found["is_waived"]) == (
        "readiness:training", "red", False,
    )  # fmt: skip
    refused = pam.post("sign-offs/", signature())
    assert (refused.status_code, "a waiver is missing" in refused.json()["detail"]) == (409, True)
    for key in ("readiness:training", "readiness:whitelist"):
        waiver = {**HERE, "finding": key, "reason": "By phone"}
        assert pam.post("waivers/", waiver).status_code == 201
    assert pam.post("sign-offs/", signature()).status_code == 201
    row = Waiver.objects.first()
    assert row is not None
    assert pam.post(f"waivers/{row.pk}/withdraw/").json()["withdrawn_by"] == "pam"
    assert stands(pam)["blocking"] == ["readiness:training"]
    assert len(pam.get("waivers/?standing=true").json()["results"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (signature(call="maybe"), "call"),
        (signature(part="cfo"), "part"),
        (signature(call="no-go"), "comment"),
        ({**signature(), "wave": "x"}, "wave"),
    ],
)
def test_it_says_what_is_wrong(pam: As, body: dict[str, Any], field: str) -> None:
    answer = pam.post("sign-offs/", body)
    assert (answer.status_code, field in answer.json()["errors"]) == (400, True)


def test_it_tells_who_may_not_from_what_cannot_be(programme: Programme, pam: As) -> None:
    for who in ("ana", "vic", "dev", "adi", "dee"):
        assert caller(who, programme).post("sign-offs/", signature()).status_code == 403
        waiver = {**HERE, "finding": "x", "reason": "y"}
        status = caller(who, programme).post("waivers/", waiver).status_code
        assert status == (409 if who == "dee" else 403)
    pam.post("sign-offs/", signature())
    again = pam.post("sign-offs/", signature(call="no-go", comment="I think again"))
    assert again.status_code == 409
    stale = pam.post("sign-offs/", signature(digest="0" * 32))
    assert stale.status_code == 201  # the same signature again: the one that stands
    assert SignOff.objects.count() == 1


def test_stale_findings_are_not_signed(dee: As) -> None:
    answer = dee.post("sign-offs/", signature("dm", digest="0" * 32))
    assert (answer.status_code, "changed meanwhile" in answer.json()["detail"]) == (409, True)


def test_a_signature_is_withdrawn(programme: Programme, pam: As, dee: As) -> None:
    pk = pam.post("sign-offs/", signature()).json()["id"]
    assert dee.post(f"sign-offs/{pk}/withdraw/").status_code == 403
    assert pam.post(f"sign-offs/{pk}/withdraw/").json()["withdrawn_by"] == "pam"
    assert pam.get("sign-offs/?standing=true").json()["results"] == []


def test_a_deputy_is_named_signs_and_ends(programme: Programme, pam: As, dee: As) -> None:
    vic = caller("vic", programme)
    named = {"programme": "check-in", "role": "dm", "person": "vic", "until": "2022-07-08"}
    assert pam.post("deputies/", named).status_code == 409  # she is no DM
    assert dee.post("deputies/", {**named, "person": "nobody"}).status_code == 400
    assert dee.post("deputies/", {**named, "named_by": "pam"}).status_code == 403
    made = dee.post("deputies/", named).json()
    assert (made["person"], made["named_by"], made["until"]) == ("vic", "dee", "2022-07-08")
    assert vic.post("sign-offs/", signature("dm")).json()["deputy_of"] == "dee"
    assert vic.post("deputies/", named).status_code == 403
    assert dee.post(f"deputies/{made['id']}/end/").json()["ended_at"] is not None
    assert dee.get("deputies/?ended=false").json()["results"] == []
    assert len(dee.get("deputies/?role=dm").json()["results"]) == 1


def test_another_programme_is_out_of_reach(programme: Programme, pam: As) -> None:
    pk = pam.post("sign-offs/", signature()).json()["id"]
    build.deputy(build.person("ana", programme), build.person("pam"), "pm", programme)
    stranger = As(build.person("dee", build.programme()))
    assert stranger.get("waves/check-in/10/go-no-go/").status_code == 404
    assert stranger.post("sign-offs/", signature("dm")).status_code == 404
    assert stranger.post("waivers/", {**HERE, "finding": "x", "reason": "y"}).status_code == 404
    assert stranger.post(f"sign-offs/{pk}/withdraw/").status_code == 404
    assert stranger.post(f"deputies/{Deputy.objects.get().pk}/end/").status_code == 404
    for path in ("sign-offs/", "waivers/", "deputies/"):
        assert stranger.get(path).json()["results"] == []


# --- versions -----------------------------------------------------------------------------------


def refused_when_seen_before(who: As, path: str, fresh: dict[str, Any]) -> None:
    """Another version in the body is a 409, in the header a 412; both tell the fresh object."""
    for answer, status in (
        (who.post(path, {"version": fresh["version"] + 1}), 409),
        (who.post(path, {"version": True}), 409),
        (who.post(path, **{"If-Match": '"99"'}), 412),
    ):
        assert (answer.status_code, answer.json()["current"]) == (status, fresh)


def test_a_signature_has_a_version(pam: As) -> None:
    made = pam.post("sign-offs/", signature())
    assert (made["ETag"], made.json()["version"]) == ('"1"', 1)
    path = f"sign-offs/{made.json()['id']}/withdraw/"
    refused_when_seen_before(pam, path, made.json())
    gone = pam.post(path, {"version": 1})
    assert (gone.status_code, gone["ETag"], gone.json()["version"]) == (200, '"2"', 2)
    assert pam.post(path).json()["version"] == 2


def test_a_waiver_has_a_version(programme: Programme, pam: As) -> None:
    build.checklist(programme)
    made = pam.post("waivers/", {**HERE, "finding": "readiness:training", "reason": "By phone"})
    assert (made["ETag"], made.json()["version"]) == ('"1"', 1)
    path = f"waivers/{made.json()['id']}/withdraw/"
    refused_when_seen_before(pam, path, made.json())
    gone = pam.post(path, **{"If-Match": '"1"'})
    assert (gone.status_code, gone["ETag"], gone.json()["version"]) == (200, '"2"', 2)


def test_a_deputy_has_a_version(programme: Programme, pam: As) -> None:
    build.person("ana", programme)
    named = {"programme": "check-in", "role": "pm", "person": "ana", "until": "2022-08-01"}
    made = pam.post("deputies/", named)
    assert (made["ETag"], made.json()["version"]) == ('"1"', 1)
    assert pam.post("deputies/", named).json()["version"] == 1
    later = pam.post("deputies/", named | {"until": "2022-08-08"}).json()
    assert later["version"] == 2
    path = f"deputies/{later['id']}/end/"
    refused_when_seen_before(pam, path, later)
    assert pam.post(path, {"version": "2"}).json()["version"] == 3
