"""Whose turn it is: slots, queues, leave, participants who come and go."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.oncall.choices import Unit
from apps.oncall.rules import HandOff, Turn, on_duty
from apps.oncall.rules.queues import Course, Queues, carried_queue, take_turns
from tests.oncall.facts import OFFICE, leave, local, rota, shifts, spans, turns, version

THREE = {"primary": ["ana", "ben", "dev"]}
NOBODY_AWAY = (frozenset[str](),)


# --- slots ------------------------------------------------------------------------------------


def test_the_first_person_takes_the_slot_that_holds_the_first_day() -> None:
    assert spans(rota(), "2022-04-20T00:00", "2022-05-17T00:00") == [
        "ana 05-02 08:00 - 05-09 08:00",
        "ben 05-09 08:00 - 05-16 08:00",
        "ana 05-16 08:00 - 05-17 00:00",
    ]


def test_a_rota_that_starts_midweek_begins_with_the_whole_week() -> None:
    facts = rota(version(starts_on=date(2022, 5, 4)))
    assert spans(facts, "2022-05-01T00:00", "2022-05-10T00:00")[0] == (
        "ana 05-02 08:00 - 05-09 08:00"
    )


def test_a_hand_off_may_be_on_any_weekday() -> None:
    facts = rota(version(hand_off="thu 17:30"))
    assert spans(facts, "2022-04-20T00:00", "2022-05-06T00:00") == [
        "ana 04-28 17:30 - 05-05 17:30",
        "ben 05-05 17:30 - 05-06 00:00",
    ]


def test_a_sprint_is_two_weeks() -> None:
    facts = rota(version(unit=Unit.SPRINT))
    assert spans(facts, "2022-05-01T00:00", "2022-05-30T08:00") == [
        "ana 05-02 08:00 - 05-16 08:00",
        "ben 05-16 08:00 - 05-30 08:00",
    ]


def test_days_hand_over_each_day_at_the_same_wall_time() -> None:
    facts = rota(version(unit=Unit.DAY, hand_off="08:00", starts_on=date(2022, 3, 12)))
    assert spans(facts, "2022-03-12T00:00", "2022-03-15T08:00") == [
        "ana 03-12 08:00 - 03-13 08:00",
        "ben 03-13 08:00 - 03-14 08:00",
        "ana 03-14 08:00 - 03-15 08:00",
    ]
    lengths = [one.end - one.start for one in shifts(facts, "2022-03-12T00:00", "2022-03-15T00:00")]
    assert lengths[0] == timedelta(hours=23)  # the clock jumped, real hours count


def test_a_weekend_outside_the_windows_takes_nobodys_turn() -> None:
    people = {"primary": ["ana", "ben", "dev", "dee", "pam", "vic", "adi"]}
    facts = rota(version(people, unit=Unit.DAY, hand_off="08:00", windows=OFFICE))
    got = turns(facts, "2022-05-02T00:00", "2022-05-21T00:00")
    assert got == (people["primary"] * 3)[:15]


def test_a_day_that_reaches_into_a_window_of_the_next_is_a_slot() -> None:
    facts = rota(version(unit=Unit.DAY, hand_off="09:00", windows={"mon": "08:00-10:00"}))
    assert spans(facts, "2022-05-01T00:00", "2022-05-10T00:00") == [
        "ana 05-02 09:00 - 05-02 10:00",
        "ben 05-09 08:00 - 05-09 09:00",  # Sunday's slot, an hour of it
        "ana 05-09 09:00 - 05-09 10:00",
    ]


def test_with_shifts_each_window_is_a_slot() -> None:
    windows = {"mon-tue": "08:00-14:00,14:00-20:00"}
    facts = rota(version(THREE, unit=Unit.SHIFT, hand_off="00:00", windows=windows))
    assert spans(facts, "2022-05-02T00:00", "2022-05-10T00:00") == [
        "ana 05-02 08:00 - 05-02 14:00",
        "ben 05-02 14:00 - 05-02 20:00",
        "dev 05-03 08:00 - 05-03 14:00",
        "ana 05-03 14:00 - 05-03 20:00",
        "ben 05-09 08:00 - 05-09 14:00",
        "dev 05-09 14:00 - 05-09 20:00",
    ]


def test_shifts_run_over_midnight() -> None:
    windows = {"mon-sun": "08:00-20:00,20:00-08:00"}
    facts = rota(version(unit=Unit.SHIFT, hand_off="00:00", windows=windows))
    assert spans(facts, "2022-05-02T00:00", "2022-05-03T09:00") == [
        "ana 05-02 08:00 - 05-02 20:00",
        "ben 05-02 20:00 - 05-03 08:00",
        "ana 05-03 08:00 - 05-03 09:00",
    ]


def test_shifts_that_change_places_in_the_lost_hour_leave_no_gap() -> None:
    windows = {"sun": "00:00-01:45,01:45-02:15,02:15-24:00"}
    facts = rota(version(THREE, unit=Unit.SHIFT, windows=windows, starts_on=date(2022, 3, 13)))
    found = shifts(facts, "2022-03-13T00:00", "2022-03-14T00:00")
    assert [one.person_key for one in found] == ["ana", "dev"]  # 02:15 was read as 01:15
    assert found[0].end == found[1].start
    assert on_duty(facts, local("2022-03-13T01:50"))["primary"] == found[1]


def test_windows_that_leave_no_time_leave_nobody() -> None:
    assert turns(rota(version(windows={})), "2022-05-01T00:00", "2022-06-01T00:00") == []


def test_windows_cut_a_slot_into_shifts_of_the_same_slot() -> None:
    found = shifts(rota(version(windows=OFFICE)), "2022-05-05T00:00", "2022-05-10T00:00")
    assert [(one.person_key, one.slot) for one in found] == [
        ("ana", "2022-05-02T08:00"),
        ("ana", "2022-05-02T08:00"),
        ("ben", "2022-05-09T08:00"),
    ]


def test_windows_that_touch_are_one_shift() -> None:
    facts = rota(version(windows={"mon-tue": "00:00-24:00"}))
    assert spans(facts, "2022-05-02T00:00", "2022-05-09T08:00") == [
        "ana 05-02 08:00 - 05-04 00:00",
        "ana 05-09 00:00 - 05-09 08:00",
    ]


@pytest.mark.parametrize("text", ["", "mon", "8", "mon 24:00", "mon 08:00 x", "moon 08:00"])
def test_a_hand_off_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        HandOff.parse(text)


@pytest.mark.parametrize("text", ["mon 08:00", "08:00", "sun 23:30"])
def test_a_hand_off_is_written_as_it_is_read(text: str) -> None:
    assert str(HandOff.parse(text)) == text


# --- queues -----------------------------------------------------------------------------------


def test_the_backup_is_never_the_primary() -> None:
    people = ["ana", "ben", "dev"]
    facts = rota(version({"primary": people, "backup": people}))
    assert turns(facts, "2022-05-02T08:00", "2022-06-13T08:00") == people * 2
    assert turns(facts, "2022-05-02T08:00", "2022-06-13T08:00", "backup") == [
        "ben", "ana", "ben", "dev", "ana", "ben",
    ]  # fmt: skip


def test_one_person_alone_has_no_backup() -> None:
    facts = rota(version({"primary": ["ana"], "backup": ["ana"]}))
    assert turns(facts, "2022-05-02T08:00", "2022-05-23T08:00") == ["ana"] * 3
    assert turns(facts, "2022-05-02T08:00", "2022-05-23T08:00", "backup") == []


def test_who_was_on_leave_is_next_and_keeps_their_place() -> None:
    facts = rota(version(THREE), leaves=(leave("ben", "2022-05-08T00:00", "2022-05-10T00:00"),))
    assert turns(facts, "2022-05-02T08:00", "2022-06-06T08:00") == [
        "ana", "dev", "ben", "ana", "dev",
    ]  # fmt: skip


def test_leave_counts_at_the_start_of_the_slot_half_open() -> None:
    ends_there = leave("ben", "2022-05-08T00:00", "2022-05-09T08:00")
    starts_there = leave("ben", "2022-05-09T08:00", "2022-05-09T08:01")
    window = ("2022-05-09T08:00", "2022-05-16T08:00")
    assert turns(rota(version(THREE), leaves=(ends_there,)), *window) == ["ben"]
    assert turns(rota(version(THREE), leaves=(starts_there,)), *window) == ["dev"]


def test_leave_that_begins_within_a_shift_does_not_end_it() -> None:
    facts = rota(leaves=(leave("ana", "2022-05-04T00:00", "2022-05-06T00:00"),))
    assert spans(facts, "2022-05-02T08:00", "2022-05-09T08:00") == ["ana 05-02 08:00 - 05-09 08:00"]


def test_with_everybody_on_leave_nobody_is_on_duty_and_nobody_loses_a_turn() -> None:
    away = tuple(leave(who, "2022-05-08T00:00", "2022-05-10T00:00") for who in ("ana", "ben"))
    facts = rota(version({"primary": ["ana", "ben"]}), leaves=away)
    assert spans(facts, "2022-05-02T08:00", "2022-05-23T08:00") == [
        "ana 05-02 08:00 - 05-09 08:00",
        "ben 05-16 08:00 - 05-23 08:00",
    ]


def test_people_take_turns_from_their_first_day_to_their_last() -> None:
    people = {
        "primary": [
            Turn("ana"),
            Turn("ben", ends_on=date(2022, 5, 9)),
            Turn("dev", starts_on=date(2022, 5, 23)),
        ]
    }
    assert turns(rota(version(people)), "2022-05-02T08:00", "2022-06-13T08:00") == [
        "ana", "ben", "ana", "dev", "ana", "dev",
    ]  # fmt: skip


def test_years_of_history_say_the_same_from_any_day_on() -> None:
    away = (leave("ben", "2023-02-01T00:00", "2023-03-01T00:00"),)
    facts = rota(version({"primary": ["ana", "ben", "dev"], "backup": ["dev", "ana"]}), leaves=away)
    whole = turns(facts, "2022-05-02T08:00", "2042-05-05T08:00")
    assert turns(facts, "2042-04-28T08:00", "2042-05-05T08:00") == whole[-1:]


@given(
    st.lists(st.permutations(["ana", "ben", "dev", "dee"]), min_size=1, max_size=3),
    st.sets(st.sampled_from(["ana", "ben", "dev"])),
    st.lists(st.integers(0, 200), min_size=1, max_size=9),
)
def test_a_course_says_of_any_turn_what_taking_them_one_by_one_does(
    lists: list[list[str]], gone: set[str], asked: list[int]
) -> None:
    queues: Queues = tuple(tuple(people) for people in lists)
    away = (frozenset(gone),) * len(queues)
    course, one_by_one = Course(queues, away), [queues]
    for _ in range(200):
        one_by_one.append(take_turns(one_by_one[-1], away)[0])
    for number in asked:
        before, holders = course.turn(number)
        assert (before, holders) == (one_by_one[number], take_turns(before, away)[1])


def test_a_turn_kept_is_no_turn_taken() -> None:
    queues, holders = take_turns((("ana", "ben"),), NOBODY_AWAY, ("ben",))
    assert holders == ("ben",)
    assert queues == (("ana", "ben"),)


@pytest.mark.parametrize(
    ("queue", "before", "after", "expected"),
    [
        ("ba", "ab", "ab", "ba"),  # nothing changed
        ("ba", "ab", "ba", "ba"),  # the same round told from another end
        ("bca", "abc", "ac", "ca"),  # somebody left
        ("bac", "abc", "abcd", "bacd"),  # a newcomer stands behind the one before them
        ("ba", "ab", "acb", "bac"),
        ("ba", "ab", "dab", "bda"),
        ("ba", "ab", "acdb", "bacd"),  # two newcomers, in their order
        ("bca", "abc", "acb", "bac"),  # another order: it begins with who was next
        ("ab", "ab", "cd", "cd"),  # all new
        ("", "", "ab", "ab"),  # a new duty
    ],
)
def test_an_edited_list_is_fair_to_who_was_there(
    queue: str, before: str, after: str, expected: str
) -> None:
    assert carried_queue(tuple(queue), tuple(before), tuple(after)) == tuple(expected)
