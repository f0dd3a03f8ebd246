"""Overrides, leave, cover and swaps: effect, refusal, twice, the past."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from apps.accounts.models import Person
from apps.ledger.models import Change
from apps.oncall.choices import Answer, Unit
from apps.oncall.models import CoverRequest, Leave, Override, Rota
from apps.oncall.rules import Shift, final_schedule, on_duty
from apps.oncall.services import (
    Part,
    Place,
    RotaDraft,
    Stand,
    UnableToOverride,
    accept_cover,
    arrange_swap,
    ask_for_cover,
    decline_cover,
    put_on_duty,
    save_rota,
    take_leave,
    withdraw_cover,
    withdraw_leave,
    withdraw_override,
)
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 5, 3, 15, tzinfo=UTC)  # Tuesday 11:00 Eastern, in Ana's week
HOUR = timedelta(hours=1)
BY: Any = {"actor": "dee", "origin": "page"}


@pytest.fixture
def people() -> dict[str, Person]:
    programme = build.programme()
    return {name: build.person(name, programme) for name in ("ana", "ben", "dee", "vic")}


@pytest.fixture
def rota(people: dict[str, Person]) -> Rota:
    programme = people["ana"].memberships.get().programme
    windows = {"mon-fri": "08:00-20:00"}
    return build.rota(
        programme, primary=[people["ana"], people["ben"]],
        backup=[people["ben"], people["ana"]], windows=windows,
    )  # fmt: skip


def facts(rota: Rota) -> Any:
    return Rota.objects.with_facts().get(pk=rota.pk).facts()


def primary(rota: Rota, at: datetime) -> str:
    return on_duty(facts(rota), at)["primary"].person_key


def stand(person: Person, start: datetime, end: datetime, **columns: Any) -> Stand:
    return Stand(duty="primary", person=person, start=start, end=end, **columns)


def put(rota: Rota, one: Stand, now: datetime = NOW) -> Override:
    return put_on_duty(rota=rota, stand=one, now=now, **BY)


def verbs(subject: str) -> list[str]:
    return list(
        Change.objects.filter(subject=subject).order_by("id").values_list("verb", flat=True)
    )


# --- overrides --------------------------------------------------


def test_somebody_is_put_on_duty_for_a_period(rota: Rota, people: dict[str, Person]) -> None:
    put(rota, stand(people["dee"], NOW + HOUR, NOW + 2 * HOUR, reason="Ana is at the dentist"))
    assert [primary(rota, NOW + HOUR * step) for step in (0, 1, 2)] == ["ana", "dee", "ana"]
    assert verbs("override") == ["made"]


def test_the_past_is_never_overridden(rota: Rota, people: dict[str, Person]) -> None:
    row = put(rota, stand(people["dee"], NOW - 3 * HOUR, NOW + HOUR, slot="2022-05-02T08:00"))
    assert (row.starts_at, row.slot_start_local) == (NOW, "")
    assert primary(rota, NOW - HOUR) == "ana"
    with pytest.raises(UnableToOverride, match="over"):
        put(rota, stand(people["dee"], NOW - 3 * HOUR, NOW))


def test_refusals_write_nothing(rota: Rota, people: dict[str, Person]) -> None:
    later = NOW + HOUR
    for one, words in (
        (stand(people["vic"], NOW, later), "does not work"),
        (stand(people["dee"], NOW, NOW + timedelta(days=90)), "at most 62 days"),
        (Stand(duty="cook", person=people["dee"], start=NOW, end=later), "no duty 'cook'"),
    ):
        with pytest.raises(UnableToOverride, match=words):
            put(rota, one)
    assert not Override.objects.exists()
    assert verbs("override") == []


def test_one_that_has_not_begun_is_gone_when_withdrawn(
    rota: Rota, people: dict[str, Person]
) -> None:
    row = put(rota, stand(people["dee"], NOW + HOUR, NOW + 2 * HOUR))
    assert withdraw_override(override=row, now=NOW, **BY) is None
    assert withdraw_override(override=row, now=NOW, **BY) is None
    assert primary(rota, NOW + HOUR) == "ana"
    assert verbs("override") == ["made", "withdrawn"]


def test_one_under_way_ends_now_and_what_was_stays(rota: Rota, people: dict[str, Person]) -> None:
    row = put(rota, stand(people["dee"], NOW, NOW + 3 * HOUR))
    withdraw_override(override=row, now=NOW + HOUR, **BY)
    assert [primary(rota, NOW + HOUR * step) for step in (0, 1)] == ["dee", "ana"]
    with pytest.raises(UnableToOverride, match="over"):
        withdraw_override(override=row, now=NOW + 2 * HOUR, **BY)


# --- leave ------------------------------------------------------


def test_leave_takes_somebody_out_of_turns_that_begin_in_it(
    rota: Rota, people: dict[str, Person]
) -> None:
    monday = datetime(2022, 5, 16, 4, tzinfo=UTC)  # Ana's next week
    row = take_leave(
        person=people["ana"], start=monday, end=monday + timedelta(days=5), now=NOW, **BY
    )
    assert primary(rota, monday + 12 * HOUR) == "ben"
    withdraw_leave(leave=row, now=NOW, **BY)
    withdraw_leave(leave=row, now=NOW, **BY)
    assert primary(rota, monday + 12 * HOUR) == "ana"
    assert verbs("leave") == ["entered", "withdrawn"]


def test_leave_neither_overlaps_nor_reaches_back(people: dict[str, Person]) -> None:
    day = timedelta(days=1)
    row = take_leave(person=people["ana"], start=NOW - day, end=NOW + day, now=NOW, **BY)
    assert row.starts_at == NOW
    for start, end in ((NOW, NOW + HOUR), (NOW - day, NOW)):
        with pytest.raises(UnableToOverride):
            take_leave(person=people["ana"], start=start, end=end, now=NOW, **BY)
    assert Leave.objects.count() == 1


# --- cover and swaps --------------------------------------------

SECOND, THIRD = "2022-05-09T08:00", "2022-05-16T08:00"  # Ben's week, Ana's week


def part(slot: str, duty: str = "primary") -> Part:
    return Part(duty=duty, slot=slot, around=datetime.fromisoformat(slot).replace(tzinfo=UTC))


def ask(rota: Rota, by: Person, slot: str, **more: Any) -> CoverRequest:
    facts: dict[str, Any] = {"origin": "page", "now": NOW} | more
    return ask_for_cover(rota=rota, part=part(slot), asked_by=by, **facts)


def answer(verb: Any, request: CoverRequest, person: Person, now: datetime = NOW) -> Any:
    return verb(request=request, person=person, origin="page", now=now)


def at(slot: str) -> datetime:
    return datetime.fromisoformat(slot).replace(tzinfo=UTC) + 8 * HOUR


def test_the_first_to_accept_wins(rota: Rota, people: dict[str, Person]) -> None:
    request = ask(rota, people["ana"], THIRD, message="family")
    made = answer(accept_cover, request, people["dee"])
    assert [row.slot_start_local for row in made] == [THIRD]
    assert primary(rota, at(THIRD)) == "dee"
    with pytest.raises(UnableToOverride, match="accepted by Dee Dunn already"):
        answer(accept_cover, request, people["ben"])
    assert Override.objects.count() == 1
    assert verbs("cover") == ["asked", "accepted"]


def test_windows_stay_windows_in_a_shift_taken_over(rota: Rota, people: dict[str, Person]) -> None:
    answer(accept_cover, ask(rota, people["ana"], THIRD), people["dee"])
    night = datetime(2022, 5, 18, 5, tzinfo=UTC)
    assert on_duty(facts(rota), night) == {}


def test_a_swap_gives_one_for_one(rota: Rota, people: dict[str, Person]) -> None:
    request = ask(rota, people["ana"], THIRD, asked=people["ben"], in_return=part(SECOND))
    answer(accept_cover, request, people["ben"])
    assert (primary(rota, at(SECOND)), primary(rota, at(THIRD))) == ("ana", "ben")


def test_a_swap_follows_its_shift_when_the_rota_changes(
    rota: Rota, people: dict[str, Person]
) -> None:
    request = ask(rota, people["ana"], THIRD, asked=people["ben"], in_return=part(SECOND))
    answer(accept_cover, request, people["ben"])
    longer = RotaDraft(
        name="Roll-out support", time_zone="America/New_York", unit=Unit.WEEK,
        hand_off="mon 08:00", starts_on=date(2022, 5, 2), windows={"mon-fri": "08:00-22:00"},
        duties={
            "primary": [Place(person=people["ana"]), Place(person=people["ben"])],
            "backup": [Place(person=people["ben"]), Place(person=people["ana"])],
        },
    )  # fmt: skip
    save_rota(programme=rota.programme, key="support", draft=longer, now=NOW, **BY)
    late = datetime(2022, 5, 18, 1, tzinfo=UTC)  # 21:00 Eastern
    assert primary(rota, late) == "ben"


def test_asking_twice_is_one_request(rota: Rota, people: dict[str, Person]) -> None:
    assert ask(rota, people["ana"], THIRD) == ask(rota, people["ana"], THIRD)
    assert verbs("cover") == ["asked"]


def test_only_ones_own_shifts_are_given_away(rota: Rota, people: dict[str, Person]) -> None:
    with pytest.raises(UnableToOverride, match="Ben Boyd has this shift"):
        ask(rota, people["ana"], SECOND)
    with pytest.raises(UnableToOverride, match="Ana Ortiz has this shift"):
        ask(rota, people["ana"], THIRD, asked=people["ben"], in_return=part(THIRD))
    with pytest.raises(UnableToOverride, match="nobody has all of it"):
        ask(rota, people["ana"], "2022-05-17T08:00")


def test_who_may_answer(rota: Rota, people: dict[str, Person]) -> None:
    request = ask(rota, people["ana"], THIRD, asked=people["ben"])
    for verb, person, words in (
        (accept_cover, people["ana"], "somebody else"),
        (accept_cover, people["dee"], "Ben Boyd was asked"),
        (decline_cover, people["dee"], "not you"),
        (withdraw_cover, people["ben"], "only the one who asked"),
    ):
        with pytest.raises(UnableToOverride, match=words):
            answer(verb, request, person)
    answer(decline_cover, request, people["ben"])
    assert CoverRequest.objects.get().answer == Answer.DECLINED
    again = ask(rota, people["ana"], THIRD)
    answer(withdraw_cover, again, people["ana"])
    assert CoverRequest.objects.filter(answer=Answer.WITHDRAWN).count() == 1


def test_an_hour_that_somebody_else_took_stays_theirs(
    rota: Rota, people: dict[str, Person]
) -> None:
    request = ask(rota, people["ana"], THIRD)
    put(rota, stand(people["ben"], at(THIRD), at(THIRD) + HOUR))
    answer(accept_cover, request, people["dee"])
    held = [primary(rota, at(THIRD) + HOUR * step) for step in (-1, 0, 1)]
    assert held == ["dee", "ben", "dee"]


def test_a_shift_that_went_to_somebody_else_since_is_not_given_twice(
    rota: Rota, people: dict[str, Person]
) -> None:
    request = ask(rota, people["ana"], THIRD)
    arrange_swap(rota=rota, parts=[part(SECOND), part(THIRD)], reason="", now=NOW, **BY)
    with pytest.raises(UnableToOverride, match="Ben Boyd has this shift"):
        answer(accept_cover, request, people["dee"])
    assert CoverRequest.objects.get().answer == Answer.WAITING


def test_what_is_left_of_a_shift_under_way_is_taken_within_its_windows(
    rota: Rota, people: dict[str, Person]
) -> None:
    request = ask(rota, people["ana"], "2022-05-02T08:00")
    made = answer(accept_cover, request, people["dee"])
    assert len(made) == 4  # the rest of Tuesday, Wednesday to Friday
    shifts: list[Shift] = final_schedule(
        facts(rota), datetime(2022, 5, 2, tzinfo=UTC), datetime(2022, 5, 7, tzinfo=UTC)
    )
    held = [one for one in shifts if one.duty == "primary" and one.person_key == "dee"]
    assert held[0].start == NOW
    assert sum((one.end - one.start for one in held), timedelta()) == 9 * HOUR + 3 * 12 * HOUR


def test_a_manager_swaps_for_somebody_who_is_ill(rota: Rota, people: dict[str, Person]) -> None:
    parts = [part(SECOND), part(THIRD)]
    arrange_swap(rota=rota, parts=parts, reason="Ben is ill", now=NOW, **BY)
    assert (primary(rota, at(SECOND)), primary(rota, at(THIRD))) == ("ana", "ben")
    with pytest.raises(UnableToOverride, match="both of them"):
        arrange_swap(rota=rota, parts=[part(THIRD)] * 2, reason="", now=NOW, **BY)
