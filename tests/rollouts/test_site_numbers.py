"""Site numbers in somebody's table, after what spreadsheets do to them."""

import re
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.rollouts.rules.cells import BadCell
from apps.rollouts.rules.site_numbers import SiteNumbers

PATTERN = re.compile(r"^\d{3,4}[A-Z0-9]{0,3}$", re.ASCII)
LOOSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,11}", re.ASCII)


def number(value: Any, *known: str, pattern: re.Pattern[str] = PATTERN) -> str:
    return SiteNumbers(known, pattern).of(value)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("442", "442"), (" 442GC ", "442GC"), ("442E1", "442E1"), ("0442", "0442"),
        ("4029AA", "4029AA"), ("586UMC", "586UMC"), (442, "442"), (442.0, "442"),
    ],
)  # fmt: skip
def test_a_site_number_stays_as_it_was_written(value: Any, found: str) -> None:
    assert number(value) == found


@pytest.mark.parametrize(
    ("value", "known", "words"),
    [
        (4420.0, (), "may have been 442E1"),
        (4420, ("442E1",), "may have been 442E1"),
        (4420, ("4420", "442E1"), "may have been 442E1"),
        (442, ("0442",), "may have been 0442"),
        (442, ("442", "0442"), "may have been 0442"),
        (442, ("442E0",), "may have been 442E0"),
        (42, (), "began with zeros"),
        (442.5, (), "is a number"),
        (float("inf"), (), "is a number"),
        (True, (), "no site number"),
        (date(2022, 5, 2), (), "no site number"),
        (None, (), "missing"),
        ("", (), "missing"),
        ("442gc", (), "has to look like"),
        ("442gc", ("442GC",), "differs from 442GC in case alone"),
        ("4.42E+03", (), "is a number, not a site number"),
        ("4.42E+03", ("442E1",), "may have been 442E1"),
        ("4420.0", ("442E1",), "may have been 442E1"),
        ("442\u200b", (), "has to look like"),
        ("４４２", (), "has to look like"),
    ],
)
def test_what_could_be_another_site_is_refused(
    value: Any, known: tuple[str, ...], words: str
) -> None:
    with pytest.raises(BadCell, match=re.escape(words)):
        number(value, *known)


@pytest.mark.parametrize("text", ["4420.0", "4.42E+03", "4.42E03", "442."])
def test_a_number_a_spreadsheet_made_is_no_site_even_where_anything_may_be_one(text: str) -> None:
    with pytest.raises(BadCell, match="is a number"):
        number(text, pattern=LOOSE)
    assert number(text, text, pattern=LOOSE) == text  # unless it stands in the register


def test_a_number_that_is_known_and_only_that_is_taken() -> None:
    assert number(4420.0, "4420") == "4420"
    assert number(42, "42") == "42"  # it stands so, whatever new ones have to look like


@given(st.from_regex(PATTERN, fullmatch=True))
def test_a_spreadsheets_number_never_becomes_another_known_site(text: str) -> None:
    """Whatever number a spreadsheet makes of a site's text: that site, or refused."""
    try:
        value = float(text)
    except ValueError:
        assume(False)
    assume(value < 1e15)
    for made in (value, repr(value), f"{value:.2E}"):
        with suppress(BadCell):
            assert number(made, text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [("442GD", "did you mean '442GC'"), ("4420", "may have been 442E1"), ("99", "")],
)
def test_an_unknown_number_is_answered_with_what_it_may_have_been(text: str, words: str) -> None:
    found = SiteNumbers(["442GC", "442E1"], PATTERN).near(text)
    assert words in found
    assert bool(words) == bool(found)


@pytest.mark.parametrize(
    ("text", "twins"), [("4420", ["442E1"]), ("42", ["042"]), ("442E1", []), ("442GC", [])]
)
def test_twins_are_what_a_spreadsheet_shows_alike(text: str, twins: list[str]) -> None:
    assert SiteNumbers(["442E1", "042", "442GC"], PATTERN).twins(text) == twins


def test_what_is_too_long_never_meets_the_pattern() -> None:
    """A pattern somebody wrote may take for ever on a long text."""
    endless = re.compile(r"(?:[0-9]+)+x")
    with pytest.raises(BadCell, match="has 60 characters; 12 is the most"):
        number("1" * 60, pattern=endless)
    with pytest.raises(BadCell, match="12 characters are the most"):
        number(10**60, pattern=endless)
