"""Plain words of YAML."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apps.core.config.scalars import Decimal, Trap, meaning, needs_quotes


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("442", 442),
        ("0", 0),
        ("-7", -7),
        ("41.25", 41.25),
        ("true", True),
        ("False", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("442GC", "442GC"),
        ("yes", "yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("2022-05-02", "2022-05-02"),
        ("2022-02-30", "2022-02-30"),
        ("08:00", "08:00"),
        ("mon 10:30", "mon 10:30"),
        ("1.2.3", "1.2.3"),
        (".inf", ".inf"),
    ],
)
def test_it_means_what_it_looks_like(word: str, value: Any) -> None:
    assert meaning(word) == value
    assert type(meaning(word)) in {type(value), Decimal}


@pytest.mark.parametrize(
    "word", ["0442", "442E1", "1e3", "4.2e+1", "0x1F", "0o17", "0b11", "1_000", "10:30", "1:20:30"]
)
def test_it_refuses_what_tools_read_differently(word: str) -> None:
    with pytest.raises(Trap, match=f'put it in quotes: "{word.replace("+", ".")}"'):
        meaning(word)


def test_it_keeps_how_a_decimal_was_written() -> None:
    value = meaning("442.10")
    assert str(value) == "442.10"
    assert value + 1 == 443.1


def test_it_leaves_a_very_long_number_as_text() -> None:
    assert meaning("1" * 30) == "1" * 30


@given(st.one_of(st.integers().map(str), st.floats().map(str), st.text(max_size=12)))
def test_it_needs_quotes_exactly_when_plain_is_not_itself(word: str) -> None:
    try:
        is_itself = meaning(word) == word and isinstance(meaning(word), str)
    except Trap:
        is_itself = False
    assert needs_quotes(word) is not is_itself


@given(st.from_regex(r"[0-9A-Fa-fxob_.:eE+-]{1,10}", fullmatch=True))
def test_it_never_takes_a_word_for_another_number_than_yaml_1_1_does(word: str) -> None:
    try:
        ours = meaning(word)
    except Trap:
        return
    if isinstance(ours, int | float):
        assert yaml.safe_load(word) == ours
