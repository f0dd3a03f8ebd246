"""`${NAME}` in texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.config.substitution import Missing, escape, fill_in, hide

HERE = {"PASSWORD": "correct horse", "EMPTY": "", "ODD": "${PASSWORD}"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("${PASSWORD}", "correct horse"),
        ("a ${PASSWORD} b ${PASSWORD}", "a correct horse b correct horse"),
        ("${NOT_SET:-plain}", "plain"),
        ("${NOT_SET:-}", ""),
        ("${EMPTY:-plain}", "plain"),
        ("${PASSWORD:-plain}", "correct horse"),
        ("http://${NOT_SET:-127.0.0.1}:${PORT:-80}/", "http://127.0.0.1:80/"),
        ("$${PASSWORD}", "${PASSWORD}"),
        ("$PASSWORD and {PASSWORD}", "$PASSWORD and {PASSWORD}"),
        ("${ODD}", "${PASSWORD}"),
        ("${1BAD}", "${1BAD}"),
    ],
)
def test_it_fills_in(text: str, filled: str) -> None:
    assert fill_in(text, HERE, {}) == filled


@pytest.mark.parametrize("name", ["NOT_SET", "EMPTY"])
def test_it_names_what_is_missing(name: str) -> None:
    with pytest.raises(Missing, match=f"^{name}$"):
        fill_in(f"x ${{{name}}}", HERE, {})


def test_it_notes_what_came_from_outside_and_not_defaults() -> None:
    taken: dict[str, str] = {}
    fill_in("${PASSWORD} ${NOT_SET:-plain}", HERE, taken)
    assert taken == {"correct horse": "PASSWORD"}


def test_it_hides_what_came_from_outside() -> None:
    words = hide("'correct horse' is not one of a, b", {"correct horse": "PASSWORD"})
    assert words == "'${PASSWORD}' is not one of a, b"


def test_it_hides_the_longer_of_two_values_first() -> None:
    assert hide("secret-one", {"secret": "A", "secret-one": "B"}) == "${B}"


def test_it_leaves_short_values_as_they_are() -> None:
    assert hide("tier 1 of 3", {"1": "TIER"}) == "tier 1 of 3"


@given(st.text())
def test_an_escaped_text_reads_back_as_itself(text: str) -> None:
    assert fill_in(escape(text), {}, {}) == text
