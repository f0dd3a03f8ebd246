"""Overrides, cover, swaps and leave over the API: effects, refusals, who may, once per key."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Person
from apps.ledger.models import Change
from apps.oncall.models import CoverRequest, Leave, Override, Rota
from apps.oncall.rules import on_duty
from apps.rollouts.models import Programme
from tests import build
from tests.api import As

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_its_now")]
NOW = datetime(2022, 5, 3, 15, tzinfo=UTC)  # Tuesday 11:00 Eastern, in Ana's week
SECOND, THIRD = "2022-05-09T08:00", "2022-05-16T08:00"  # Ben's week, Ana's week
PERIOD = {"start": "2022-05-10T12:00:00Z", "end": "2022-05-11T00:00:00Z"}
WISH = {"rota": "support", "duty": "primary", "person": "dee", "reason": "Ben is ill"}


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    ana, ben = build.person("ana", made), build.person("ben", made)
    build.rota(made, primary=[ana, ben], backup=[ben, ana], windows={"mon-fri": "08:00-20:00"})
    return made


@pytest.fixture
def people(programme: Programme) -> dict[str, Person]:
    return {name: build.person(name, programme) for name in ("ana", "ben", "dee", "vic")}


def primary(at: str) -> str:
    facts = Rota.objects.with_facts().get().facts()
    return on_duty(facts, datetime.fromisoformat(at).replace(tzinfo=UTC))["primary"].person_key


def post(person: Person, path: str, body: Any = None, **headers: str) -> Any:
    return As(person).post(f"oncall/{path}", body, **headers)


# --- overrides -------------------------------------------------------------------------------


def test_somebody_is_put_on_duty_read_and_taken_back(people: dict[str, Person]) -> None:
    answer = post(people["dee"], "overrides/", WISH | PERIOD)
    assert answer.status_code == 201, answer.content
    [row] = answer.json()
    assert row == {
        "id": row["id"], "programme": row["programme"], "rota": "support", "duty": "primary",
        "username": "dee", "name": "Dee Dunn", **PERIOD, "slot": "", "reason": "Ben is ill",
        "made_by": "dee", "made_at": row["made_at"],
    }  # fmt: skip
    assert primary("2022-05-10T14:00") == "dee"
    ana = As(people["ana"])
    assert ana.get(f"oncall/overrides/{row['id']}/").json() == row
    assert ana.get("oncall/overrides/?rota=support&person=dee").json()["results"] == [row]
    assert ana.get("oncall/overrides/?from=2022-05-11T00:00:00Z").json()["results"] == []
    assert ana.delete(f"oncall/overrides/{row['id']}/").status_code == 403
    dee = As(people["dee"])
    assert dee.delete(f"oncall/overrides/{row['id']}/").status_code == 204
    assert dee.delete(f"oncall/overrides/{row['id']}/").status_code == 404
    assert primary("2022-05-10T14:00") == "ben"
    origins = Change.objects.filter(subject="override").values_list("origin", flat=True)
    assert set(origins) == {"api"}


def test_all_of_a_slot_follows_it(people: dict[str, Person]) -> None:
    shifts = As(people["ana"]).get(
        "oncall/shifts/?from=2022-05-09T00:00:00Z&to=2022-05-10T00:00:00Z"
    )
    slot = next(one["slot"] for one in shifts.json() if one["duty"] == "primary")
    [row] = post(people["dee"], "overrides/", WISH | {"slot": slot}).json()
    assert (row["slot"], row["end"]) == (SECOND, "2022-05-14T00:00:00Z")
    under_way = post(people["dee"], "overrides/", WISH | {"slot": "2022-05-02T08:00"})
    assert len(under_way.json()) == 4


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"person": "vic"}, 400, "person"), ({"person": "zoe"}, 400, "person"),
        ({"rota": "other"}, 400, "rota"), ({"duty": "cook"}, 400, "duty"),
        ({"end": "2022-05-10T11:00:00Z"}, 400, "end"),
        ({"end": "2022-09-10T11:00:00Z"}, 400, "end"),
        ({"start": "2022-05-10T12:00:00"}, 400, "start"), ({"slot": SECOND}, 400, "start"),
    ],
)  # fmt: skip
def test_a_bad_override_is_refused_by_field(
    people: dict[str, Person], change: dict[str, str], status: int, field: str
) -> None:
    answer = post(people["dee"], "overrides/", WISH | PERIOD | change)
    assert (answer.status_code, list(answer.json()["errors"])) == (status, [field])
    assert answer["Content-Type"] == "application/problem+json"
    assert not Override.objects.exists()


def test_an_override_without_any_effect_is_refused(people: dict[str, Person]) -> None:
    """Ben is primary all that time: he would not become backup."""
    for times in (PERIOD, {"slot": SECOND}):
        answer = post(
            people["dee"], "overrides/", WISH | times | {"duty": "backup", "person": "ben"}
        )
        assert answer.status_code in {400, 409}
        assert "Ben Boyd has primary all that time, which comes before backup" in str(answer.json())
    assert not Override.objects.exists()
    assert not Change.objects.filter(subject="override").exists()
    longer = {"start": "2022-05-07T12:00:00Z", "end": "2022-05-10T20:00:00Z"}  # Ana's week too
    answer = post(people["dee"], "overrides/", WISH | longer | {"duty": "backup", "person": "ben"})
    assert answer.status_code == 201


def test_of_a_slot_in_pieces_some_may_be_without_effect(people: dict[str, Person]) -> None:
    """Dee is primary on Wednesday; as backup for the rest of the week she counts on other days."""
    day = {"start": "2022-05-04T12:00:00Z", "end": "2022-05-05T00:00:00Z"}
    assert post(people["dee"], "overrides/", WISH | day).status_code == 201
    week = {"duty": "backup", "slot": "2022-05-02T08:00"}
    answer = post(people["dee"], "overrides/", WISH | week)
    assert (answer.status_code, len(answer.json())) == (201, 4)
    facts = Rota.objects.with_facts().get().facts()
    on = {day: on_duty(facts, NOW.replace(day=day)) for day in (4, 5)}
    assert [on[day]["backup"].person_key for day in (4, 5)] == ["ben", "dee"]


def test_a_slot_that_is_no_more_is_a_conflict(people: dict[str, Person]) -> None:
    for slot in ("2022-04-04T08:00", "2022-05-10T08:00"):
        assert post(people["dee"], "overrides/", WISH | {"slot": slot}).status_code == 409
    assert post(people["dee"], "overrides/", WISH | {"slot": "soon"}).status_code == 400


def test_an_engineer_puts_only_themselves_on_duty(people: dict[str, Person]) -> None:
    assert post(people["ana"], "overrides/", WISH | PERIOD).status_code == 403
    [row] = post(people["ana"], "overrides/", WISH | PERIOD | {"person": "ana"}).json()
    assert As(people["ben"]).delete(f"oncall/overrides/{row['id']}/").status_code == 403
    assert As(people["ana"]).delete(f"oncall/overrides/{row['id']}/").status_code == 204


def test_the_same_key_makes_one_override(people: dict[str, Person]) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = post(people["dee"], "overrides/", WISH | PERIOD, **key)
    again = post(people["dee"], "overrides/", WISH | PERIOD, **key)
    assert (again.status_code, again.content) == (201, first.content)
    assert Override.objects.count() == 1


def test_other_programmes_are_not_there(people: dict[str, Person]) -> None:
    [row] = post(people["dee"], "overrides/", WISH | PERIOD).json()
    pam = build.person("pam", build.programme())
    assert As(pam).get("oncall/overrides/").json()["results"] == []
    assert As(pam).delete(f"oncall/overrides/{row['id']}/").status_code == 404
    assert post(pam, "overrides/", WISH | PERIOD).status_code == 400


def test_of_two_rotas_with_one_key_the_programme_is_asked_for(people: dict[str, Person]) -> None:
    other = build.programme()
    build.rota(other, primary=[people["ana"]], backup=[people["ben"]])
    adi = build.person("adi")
    assert list(post(adi, "overrides/", WISH | PERIOD).json()["errors"]) == ["programme"]
    named = WISH | PERIOD | {"programme": people["dee"].memberships.get().programme.key}
    assert post(adi, "overrides/", named).status_code == 201


# --- cover and swaps -------------------------------------------------------------------------

ASK = {"rota": "support", "duty": "primary", "slot": THIRD}


def test_cover_is_asked_for_and_the_first_to_accept_wins(people: dict[str, Person]) -> None:
    made = post(people["ana"], "covers/", ASK | {"message": "family"}).json()
    assert (made["asked"], made["in_return"], made["answer"]) == (None, None, "waiting")
    assert post(people["ana"], "covers/", ASK).json()["id"] == made["id"]
    taken = post(people["ben"], f"covers/{made['id']}/accept/")
    assert (taken.json()["answer"], taken.json()["answered_by"]) == ("accepted", "ben")
    late = post(people["dee"], f"covers/{made['id']}/accept/")
    assert (late.status_code, "Ben Boyd" in late.json()["detail"]) == (409, True)
    assert primary("2022-05-18T14:00") == "ben"


def test_a_swap_is_asked_for_by_slots(people: dict[str, Person]) -> None:
    back = {"duty": "primary", "slot": SECOND}
    made = post(people["ana"], "covers/", ASK | {"asked": "ben", "in_return": back}).json()
    assert made["in_return"] == back | {
        "start": "2022-05-09T12:00:00Z", "end": "2022-05-14T00:00:00Z",
    }  # fmt: skip
    post(people["ben"], f"covers/{made['id']}/accept/")
    assert (primary("2022-05-11T14:00"), primary("2022-05-18T14:00")) == ("ana", "ben")
    found = As(people["dee"]).get("oncall/covers/?answer=accepted&asked=ben&asked_by=ana").json()
    assert [one["id"] for one in found["results"]] == [made["id"]]


def test_the_two_of_a_slot_swap_their_duties(people: dict[str, Person]) -> None:
    """Each step alone would be without effect, or give one of them both duties."""
    back = {"duty": "primary", "slot": THIRD}
    ask = ASK | {"duty": "backup", "asked": "ana", "in_return": back}
    made = post(people["ben"], "covers/", ask).json()
    assert post(people["ana"], f"covers/{made['id']}/accept/").status_code == 200, made
    assert primary("2022-05-17T14:00") == "ben"


def test_declined_and_withdrawn(people: dict[str, Person]) -> None:
    made = post(people["ana"], "covers/", ASK | {"asked": "ben"}).json()
    assert post(people["dee"], f"covers/{made['id']}/decline/").status_code == 409
    assert post(people["ben"], f"covers/{made['id']}/decline/").json()["answer"] == "declined"
    again = post(people["ana"], "covers/", ASK).json()
    assert post(people["ben"], f"covers/{again['id']}/withdraw/").status_code == 409
    gone = post(people["ana"], f"covers/{again['id']}/withdraw/")
    assert gone.json()["answer"] == "withdrawn"
    assert As(people["vic"]).get(f"oncall/covers/{again['id']}/").json() == gone.json()


@pytest.mark.parametrize(
    ("change", "status"),
    [({"slot": SECOND}, 409), ({"slot": "2022-05-17T08:00"}, 409), ({"slot": ""}, 400),
     ({"asked": "vic"}, 400), ({"asked": "ana"}, 400),
     ({"in_return": {"duty": "primary", "slot": SECOND}}, 400)],
)  # fmt: skip
def test_a_bad_request_for_cover_writes_nothing(
    people: dict[str, Person], change: dict[str, Any], status: int
) -> None:
    assert post(people["ana"], "covers/", ASK | change).status_code == status
    assert not CoverRequest.objects.exists()


def test_who_decides_arranges_a_swap(people: dict[str, Person]) -> None:
    shifts = [{"duty": "primary", "slot": slot} for slot in (SECOND, THIRD)]
    body = {"rota": "support", "shifts": shifts, "reason": "Ben is ill"}
    assert post(people["ana"], "swaps/", body).status_code == 403
    made = post(people["dee"], "swaps/", body)
    assert [one["username"] for one in made.json()] == ["ana", "ben"]
    assert (primary("2022-05-11T14:00"), primary("2022-05-18T14:00")) == ("ana", "ben")
    assert post(people["dee"], "swaps/", body | {"shifts": shifts[:1]}).status_code == 400
    assert post(people["dee"], "swaps/", body | {"shifts": shifts[:1] * 2}).status_code == 409


# --- leave -----------------------------------------------------------------------------------

AWAY = {"start": "2022-05-16T04:00:00Z", "end": "2022-05-21T04:00:00Z", "note": "Sea"}


def test_leave_is_entered_and_taken_back(people: dict[str, Person]) -> None:
    made = post(people["ana"], "leave/", AWAY)
    assert (made.status_code, made.json()["username"]) == (201, "ana")
    assert primary("2022-05-18T14:00") == "ben"
    listed = As(people["vic"]).get("oncall/leave/?person=ana&from=2022-05-20T00:00:00Z").json()
    assert [one["note"] for one in listed["results"]] == ["Sea"]
    path = f"oncall/leave/{made.json()['id']}/"
    assert As(people["ben"]).delete(path).status_code == 403
    assert As(people["ana"]).delete(path).status_code == 204
    assert not Leave.objects.exists()


def test_leave_of_others_is_for_who_decides(people: dict[str, Person]) -> None:
    others = AWAY | {"person": "ben"}
    assert post(people["ana"], "leave/", others).status_code == 403
    assert post(people["dee"], "leave/", others).status_code == 201
    assert post(people["dee"], "leave/", others).json()["errors"].keys() == {"start"}
    dev = build.person("dev", build.programme())
    assert post(people["dee"], "leave/", AWAY | {"person": "dev"}).status_code == 404
    assert As(dev).get("oncall/leave/").json()["results"] == []
    assert As(dev).get(f"oncall/leave/{Leave.objects.get().pk}/").status_code == 404


def test_leave_that_is_over_is_refused(people: dict[str, Person]) -> None:
    past = {"start": "2022-04-01T00:00:00Z", "end": "2022-04-02T00:00:00Z"}
    assert post(people["ana"], "leave/", past).json()["errors"].keys() == {"end"}
    row = Leave.objects.create(
        person=people["ana"], starts_at=NOW - timedelta(days=3), ends_at=NOW - timedelta(days=2)
    )
    assert As(people["ana"]).delete(f"oncall/leave/{row.pk}/").status_code == 409
