"""Cells of somebody's table: right or refused, never silently something else."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.rollouts.rules.cells import (
    BadCell,
    Broken,
    flag_of,
    is_blank,
    shown_of,
    text_of,
    whole_of,
)
from apps.rollouts.rules.days import SERIAL_1900, day_of, order_of

MAC = date(1904, 1, 1)


@pytest.mark.parametrize(
    ("value", "order", "found"),
    [
        ("2022-05-02", "", date(2022, 5, 2)), ("2022/5/2", "", date(2022, 5, 2)),
        ("2022-05-02T00:00:00", "", date(2022, 5, 2)), ("5/13/2022", "", date(2022, 5, 13)),
        ("13/5/2022", "", date(2022, 5, 13)), ("4/4/2022", "", date(2022, 4, 4)),
        ("3/4/2022", "mdy", date(2022, 3, 4)), ("3/4/2022", "dmy", date(2022, 4, 3)),
        ("3-4-2022", "dmy", date(2022, 4, 3)), ("3.4.2022", "", date(2022, 4, 3)),
        ("2 May 2022", "", date(2022, 5, 2)), ("02-May-2022", "", date(2022, 5, 2)),
        ("May 2, 2022", "", date(2022, 5, 2)), ("Sep 5 2022", "", date(2022, 9, 5)),
        (date(2022, 5, 2), "", date(2022, 5, 2)),
        (datetime(2022, 5, 2), "", date(2022, 5, 2)),  # noqa: DTZ001 - as a workbook has it
        ("2024-02-29", "", date(2024, 2, 29)),
    ],
)  # fmt: skip
def test_a_day_is_read(value: Any, order: Any, found: date) -> None:
    assert day_of(value, order=order) == found


@pytest.mark.parametrize(
    ("value", "order", "words"),
    [
        ("2022-02-30", "", "no such day"), ("30.2.2022", "", "no such day"),
        ("2023-02-29", "", "no such day"), ("30 Feb 2022", "", "no such day"),
        ("3/4/2022", "", "either 3 April or 4 March"), ("13/13/2022", "", "no such day"),
        ("5/13/2022", "dmy", "no such day"), ("2 Mai 2022", "", "is not a day"),
        ("44683", "", "may mean 2022-05-02"), ("44683.0", "", "may mean 2022-05-02"),
        (44683, "", "may mean 2022-05-02"), (7, "", "is a number, not a day"),
        (44683.5, "", "is a number, not a day"), (20220502, "", "is a number, not a day"),
        (float("nan"), "", "is a number, not a day"), ("5/2/22", "", "two digits"),
        ("2-May-22", "", "two digits"), ("soon", "", "is not a day"), ("", "", "missing"),
        (None, "", "missing"), (True, "", "is not a day"), (time(9), "", "is not a day"),
        (timedelta(days=3), "", "is not a day"),
        (datetime(2022, 5, 2, 9, 30), "", "time of day"),  # noqa: DTZ001
        ("1022-05-02", "", "within"), (date(9999, 1, 1), "", "within"),
        ("２０２２-05-02", "", "is not a day"), (Broken("#REF!", "is an error"), "", "is an error"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(value: Any, order: Any, words: str) -> None:
    with pytest.raises(BadCell, match=words):
        day_of(value, order=order)


@pytest.mark.parametrize(("epoch", "day"), [(SERIAL_1900, 2), (MAC, 3)])
def test_a_workbooks_number_is_a_day_of_its_own_calendar(epoch: date, day: int) -> None:
    serial = (date(2022, 5, day) - epoch).days
    assert day_of(serial, epoch=epoch) == date(2022, 5, day)
    assert day_of(float(serial), epoch=epoch) == date(2022, 5, day)
    with pytest.raises(BadCell):
        day_of(serial + 0.5, epoch=epoch)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2190, 12, 31)))
def test_a_day_that_was_written_is_the_day_that_is_read(day: date) -> None:
    assert day_of(day.isoformat()) == day
    assert day_of(f"{day.month}/{day.day}/{day.year}", order="mdy") == day
    assert day_of(f"{day.day}.{day.month}.{day.year}") == day
    assert day_of(f"{day:%d %B %Y}") == day_of(f"{day:%b} {day.day}, {day.year}") == day


@given(st.text(max_size=20))
def test_any_text_is_a_day_or_is_refused(text: str) -> None:
    with suppress(BadCell):
        assert 1990 <= day_of(text).year <= 2190


@pytest.mark.parametrize(("text", "order"), [("mdy", "mdy"), ("dmy", "dmy"), ("", ""), ("x", "")])
def test_the_order_of_a_form(text: str, order: str) -> None:
    assert order_of(text) == order


@pytest.mark.parametrize(
    ("value", "found"), [("7", 7), (7, 7), (7.0, 7), ("", None), (None, None), ("0", 0)]
)
def test_a_whole_number_is_read(value: Any, found: int | None) -> None:
    assert whole_of(value, most=99) == found


@pytest.mark.parametrize("value", ["-1", "7.5", 7.5, "seven", "100", True, "1x", "٣"])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises(BadCell, match="from 0 to 99"):
        whole_of(value, most=99)


@pytest.mark.parametrize(
    ("value", "found"), [("yes", True), ("X", True), (True, True), ("", False), ("No", False)]
)
def test_a_flag_is_read(value: Any, found: bool) -> None:
    assert flag_of(value) is found
    with pytest.raises(BadCell):
        flag_of("maybe")


@pytest.mark.parametrize(
    ("value", "found"), [("'tis", "'tis"), (3.0, "3"), (3.5, "3.5"), (" a ", "a"), (None, "")]
)
def test_text_loses_the_spaces_around_it(value: Any, found: str) -> None:
    assert text_of(value) == found


def test_text_that_is_too_long_is_refused_and_never_cut() -> None:
    assert text_of("x" * 200, most=200) == "x" * 200
    with pytest.raises(BadCell, match="has 201 characters; 200 is the most"):
        text_of("x" * 201, most=200)


def test_an_error_repeats_a_value_but_not_all_of_a_long_one() -> None:
    assert shown_of("x" * 200) == "x" * 79 + "…"
    assert shown_of(Broken("#REF!", "is an error")) == "#REF!"


@pytest.mark.parametrize(
    ("value", "blank"), [(None, True), (" \t", True), (0, False), ("x", False)]
)
def test_nothing_is_blank_but_nothing(value: Any, blank: bool) -> None:
    assert is_blank(value) is blank
    assert not is_blank(Broken("", "is merged"))
