"""The final schedule: overrides, edits that leave the past alone, asking for one instant."""

from datetime import date, timedelta

from apps.core.periods import Period
from apps.oncall.rules import (
    duties_listed,
    final_schedule,
    next_on_duty,
    on_duty,
)
from tests.oncall.facts import (
    OFFICE,
    local,
    override,
    rota,
    shifts,
    spans,
    turns,
    utc,
    version,
)

WEEK = ("2022-05-02T08:00", "2022-05-09T08:00")
WEDNESDAY = date(2022, 5, 11)


# --- overrides --------------------------------------------------------------------------------


def test_an_override_takes_its_period_and_no_more() -> None:
    facts = rota(
        version({"primary": ["ana", "ben"]}),
        overrides=(override("dev", "2022-05-03T12:00", "2022-05-04T12:00"),),
    )
    assert spans(facts, *WEEK) == [
        "ana 05-02 08:00 - 05-03 12:00",
        "dev 05-03 12:00 - 05-04 12:00",
        "ana 05-04 12:00 - 05-09 08:00",
    ]
    assert turns(facts, *WEEK) == ["ana", "dev*", "ana"]


def test_an_override_counts_outside_the_windows_too() -> None:
    facts = rota(
        version(windows=OFFICE),
        overrides=(override("dev", "2022-05-07T10:00", "2022-05-07T12:00"),),
    )
    assert spans(facts, "2022-05-07T00:00", "2022-05-08T00:00") == ["dev 05-07 10:00 - 05-07 12:00"]


def test_the_override_made_later_wins() -> None:
    facts = rota(
        overrides=(
            override("dev", "2022-05-03T08:00", "2022-05-05T08:00"),
            override("dee", "2022-05-04T08:00", "2022-05-06T08:00"),
            override("vic", "2022-05-04T12:00", "2022-05-04T13:00"),
        )
    )
    assert spans(facts, *WEEK) == [
        "ana 05-02 08:00 - 05-03 08:00",
        "dev 05-03 08:00 - 05-04 08:00",
        "dee 05-04 08:00 - 05-04 12:00",
        "vic 05-04 12:00 - 05-04 13:00",
        "dee 05-04 13:00 - 05-06 08:00",
        "ana 05-06 08:00 - 05-09 08:00",
    ]


def test_an_override_takes_nobodys_turn() -> None:
    people = ["ana", "ben", "dev"]
    facts = rota(version({"primary": people}), overrides=(override("ben", *WEEK),))
    assert turns(facts, "2022-05-02T08:00", "2022-05-23T08:00") == ["ben*", "ben", "dev"]


def test_where_the_backup_becomes_primary_the_next_in_the_queue_stands_in() -> None:
    facts = rota(overrides=(override("ben", "2022-05-03T08:00", "2022-05-04T08:00"),))
    assert turns(facts, *WEEK) == ["ana", "ben*", "ana"]
    assert spans(facts, *WEEK, "backup") == [
        "ben 05-02 08:00 - 05-03 08:00",
        "ana 05-03 08:00 - 05-04 08:00",
        "ben 05-04 08:00 - 05-09 08:00",
    ]
    assert turns(facts, *WEEK, "backup") == ["ben", "ana~", "ben"]


def test_with_nobody_to_stand_in_the_hole_is_left_open() -> None:
    facts = rota(
        version({"primary": ["ana"], "backup": ["ben"]}), overrides=(override("ben", *WEEK),)
    )
    assert turns(facts, *WEEK) == ["ben*"]
    assert turns(facts, *WEEK, "backup") == []


def test_a_stand_in_changes_where_the_primary_does() -> None:
    people = {"primary": ["ana", "ben", "dev"], "backup": ["ben", "ana", "dev"]}
    facts = rota(
        version(people, windows={"mon-sun": "00:00-24:00"}),
        overrides=(
            override("ben", "2022-05-03T08:00", "2022-05-05T08:00"),
            override("dev", "2022-05-04T08:00", "2022-05-04T12:00"),
        ),
    )
    assert spans(facts, *WEEK, "backup") == [
        "ben 05-02 08:00 - 05-03 08:00",
        "ana 05-03 08:00 - 05-04 08:00",
        "ben 05-04 08:00 - 05-04 12:00",
        "ana 05-04 12:00 - 05-05 08:00",
        "ben 05-05 08:00 - 05-09 08:00",
    ]


def test_an_override_that_would_give_the_primary_a_second_duty_does_not_count() -> None:
    facts = rota(overrides=(override("ana", *WEEK, duty="backup"),))
    assert turns(facts, *WEEK) == ["ana"]
    assert turns(facts, *WEEK, "backup") == ["ben"]


def test_a_third_duty_gives_way_to_a_stand_in() -> None:
    people = {"primary": ["ana"], "backup": ["ben", "dev"], "commander": ["dev", "ben"]}
    facts = rota(version(people), overrides=(override("ben", *WEEK),))
    assert turns(facts, *WEEK, "backup") == ["dev~"]
    assert turns(facts, *WEEK, "commander") == []  # ben is primary, dev is backup


def test_an_override_before_the_rota_begins_counts() -> None:
    facts = rota(overrides=(override("dev", "2022-04-29T08:00", "2022-04-29T12:00"),))
    assert on_duty(facts, local("2022-04-29T09:00"))["primary"].person_key == "dev"


# --- edits ------------------------------------------------------------------------------------


def test_an_edit_leaves_the_past_as_it_was() -> None:
    old = version({"primary": ["ana", "ben"]})
    new = version({"primary": ["dev", "ben", "ana"]}, effective_from=WEDNESDAY)
    past = (local("2022-05-01T00:00"), local("2022-05-11T00:00"))
    assert final_schedule(rota(old, new), *past) == final_schedule(rota(old), *past)


def test_an_edit_of_today_does_not_count_before_it_was_made() -> None:
    made_at = local("2022-05-11T15:30")
    new = version({"primary": ["dev"]}, effective_from=WEDNESDAY, made_at=made_at)
    facts = rota(version({"primary": ["ana", "ben"]}), new)
    assert spans(facts, "2022-05-09T08:00", "2022-05-16T08:00") == [
        "ben 05-09 08:00 - 05-11 15:30",
        "dev 05-11 15:30 - 05-16 08:00",
    ]


def test_who_is_on_duty_stays_until_the_hand_off_when_the_people_change() -> None:
    new = version({"primary": ["ana", "dev", "ben"]}, effective_from=WEDNESDAY)
    facts = rota(version({"primary": ["ana", "ben"]}), new)
    assert spans(facts, "2022-05-02T08:00", "2022-05-30T08:00") == [
        "ana 05-02 08:00 - 05-09 08:00",
        "ben 05-09 08:00 - 05-16 08:00",  # one shift, though a version ends within it
        "ana 05-16 08:00 - 05-23 08:00",
        "dev 05-23 08:00 - 05-30 08:00",
    ]


def test_who_is_taken_off_the_list_leaves_at_once() -> None:
    new = version({"primary": ["ana", "dev"]}, effective_from=WEDNESDAY)
    facts = rota(version({"primary": ["ana", "ben"]}), new)
    assert spans(facts, "2022-05-09T08:00", "2022-05-23T08:00") == [
        "ben 05-09 08:00 - 05-11 00:00",
        "ana 05-11 00:00 - 05-16 08:00",
        "dev 05-16 08:00 - 05-23 08:00",
    ]


def test_new_windows_count_from_their_day() -> None:
    new = version({"primary": ["ana", "ben"]}, windows=OFFICE, effective_from=WEDNESDAY)
    facts = rota(version({"primary": ["ana", "ben"]}), new)
    assert spans(facts, "2022-05-09T08:00", "2022-05-13T00:00") == [
        "ben 05-09 08:00 - 05-11 00:00",
        "ben 05-11 08:00 - 05-11 20:00",
        "ben 05-12 08:00 - 05-12 20:00",
    ]


def test_a_new_hand_off_counts_from_the_next_one() -> None:
    new = version({"primary": ["ana", "ben"]}, hand_off="fri 12:00", effective_from=WEDNESDAY)
    facts = rota(version({"primary": ["ana", "ben"]}), new)
    assert spans(facts, "2022-05-09T08:00", "2022-05-27T12:00") == [
        "ben 05-09 08:00 - 05-11 00:00",
        "ben 05-11 00:00 - 05-13 12:00",
        "ana 05-13 12:00 - 05-20 12:00",
        "ben 05-20 12:00 - 05-27 12:00",
    ]


def test_a_new_first_day_starts_the_turns_anew() -> None:
    new = version(
        {"primary": ["dev", "dee"]}, starts_on=date(2022, 5, 16), effective_from=WEDNESDAY
    )
    facts = rota(version({"primary": ["ana", "ben"]}), new)
    assert spans(facts, "2022-05-09T08:00", "2022-05-30T08:00") == [
        "ben 05-09 08:00 - 05-16 08:00",
        "dev 05-16 08:00 - 05-23 08:00",
        "dee 05-23 08:00 - 05-30 08:00",
    ]


def test_an_edit_for_the_day_of_a_hand_off_counts_from_it() -> None:
    new = version({"primary": ["dev", "dee"]}, effective_from=date(2022, 5, 16))
    facts = rota(version({"primary": ["ana", "ben"]}), new)
    assert spans(facts, "2022-05-09T08:00", "2022-05-30T08:00") == [
        "ben 05-09 08:00 - 05-16 08:00",
        "dev 05-16 08:00 - 05-23 08:00",
        "dee 05-23 08:00 - 05-30 08:00",
    ]


def test_a_new_rota_may_count_from_later_than_its_first_day() -> None:
    facts = rota(version({"primary": ["ana", "ben"]}, effective_from=WEDNESDAY))
    assert spans(facts, "2022-05-01T00:00", "2022-05-23T08:00") == [
        "ben 05-11 00:00 - 05-16 08:00",
        "ana 05-16 08:00 - 05-23 08:00",
    ]


def test_of_two_edits_for_the_same_day_the_later_counts() -> None:
    edits = [version({"primary": [who]}, effective_from=WEDNESDAY) for who in ("dev", "dee")]
    facts = rota(version({"primary": ["ana", "ben"]}), *edits)
    assert spans(facts, "2022-05-09T08:00", "2022-05-16T08:00") == [
        "ben 05-09 08:00 - 05-11 00:00",
        "dee 05-11 00:00 - 05-16 08:00",
    ]


def test_an_edit_with_leave_behind_it_carries_the_queue() -> None:
    people = ["ana", "ben", "dev"]
    new = version({"primary": people}, windows={"mon-sun": "00:00-24:00"}, effective_from=WEDNESDAY)
    assert turns(rota(version({"primary": people}), new), *WEEK) == ["ana"]
    later = turns(rota(version({"primary": people}), new), "2022-05-16T08:00", "2022-06-06T08:00")
    assert later == ["dev", "ana", "ben"]


def test_an_edit_that_closes_every_window_leaves_nobody() -> None:
    new = version({"primary": ["ana"]}, windows={}, effective_from=WEDNESDAY)
    facts = rota(version({"primary": ["ana", "ben"]}), new)
    assert spans(facts, "2022-05-09T08:00", "2022-05-30T08:00") == ["ben 05-09 08:00 - 05-11 00:00"]


def test_a_duty_that_is_new_begins_with_its_first_person() -> None:
    new = version(
        {"primary": ["ana", "ben"], "backup": ["dev", "dee"]}, effective_from=date(2022, 5, 16)
    )
    facts = rota(version({"primary": ["ana", "ben"]}), new)
    assert turns(facts, "2022-05-02T08:00", "2022-05-30T08:00", "backup") == ["dev", "dee"]
    assert duties_listed(facts, local("2022-05-03T08:00")) == ["primary"]
    assert duties_listed(facts, local("2022-05-17T08:00")) == ["primary", "backup"]
    assert duties_listed(facts, local("2022-01-01T00:00")) == ["primary"]


# --- one instant ------------------------------------------------------------------------------


def test_one_instant_tells_the_whole_shift() -> None:
    facts = rota(version(windows=OFFICE))
    shift = on_duty(facts, utc("2022-05-04T15:00"))["primary"]
    assert Period(shift.start, shift.end) == Period(
        utc("2022-05-04T12:00"), utc("2022-05-05T00:00")
    )


def test_a_shift_is_told_whole_over_an_edit_and_an_override_beside_it() -> None:
    new = version(effective_from=WEDNESDAY)
    facts = rota(
        version(), new, overrides=(override("dev", "2022-05-14T08:00", "2022-05-18T08:00"),)
    )
    for at in ("2022-05-10T00:00", "2022-05-12T00:00"):
        shift = on_duty(facts, local(at))["primary"]
        assert shift.start == local("2022-05-09T08:00")
        assert shift.end == local("2022-05-14T08:00")


def test_nobody_is_on_duty_outside_the_windows() -> None:
    assert on_duty(rota(version(windows=OFFICE)), local("2022-05-03T20:00")) == {}
    assert on_duty(rota(), local("2022-05-02T07:59")) == {}


def test_the_next_shift_is_the_next_to_start() -> None:
    facts = rota(version(windows=OFFICE))
    coming = next_on_duty(facts, local("2022-05-06T21:00"), timedelta(days=30))
    assert coming["primary"].person_key == "ben"
    assert coming["primary"].start == local("2022-05-09T08:00")
    assert coming["primary"].end == local("2022-05-09T20:00")
    assert coming["backup"].person_key == "ana"


def test_the_next_shift_may_be_far_but_not_beyond_the_horizon() -> None:
    facts = rota(version(starts_on=date(2022, 8, 1)))
    after = local("2022-05-02T08:00")
    assert next_on_duty(facts, after, timedelta(days=60)) == {}
    assert next_on_duty(facts, after, timedelta(days=100))["primary"].start == (
        local("2022-08-01T08:00")
    )


def test_the_schedule_is_sorted_and_empty_for_an_empty_window() -> None:
    facts = rota(version(windows=OFFICE))
    found = final_schedule(facts, utc("2022-05-01T00:00"), utc("2022-07-01T00:00"))
    assert [(one.start, one.duty) for one in found] == sorted(
        ((one.start, one.duty) for one in found),
        key=lambda row: (row[0], ["primary", "backup"].index(row[1])),
    )
    assert final_schedule(facts, utc("2022-05-04T00:00"), utc("2022-05-04T00:00")) == []
    assert shifts(rota(), "2022-05-09T00:00", "2022-05-02T00:00") == []
