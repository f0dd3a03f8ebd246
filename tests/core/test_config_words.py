"""The words of complaints and of the diff."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from apps.core.config.document import Document
from apps.core.config.problems import Place, Problem, Refused
from apps.core.config.run import Outcome
from apps.core.config.sections import Note, Verb
from apps.core.config.showing import SHOWN, lines, summary
from apps.core.config.words import complaint, kind_of, suggestion, unknown_key

TEXT = serializers.CharField()


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("conections", "; did you mean 'connections'?"),
        ("chanels", "; did you mean 'channels'?"),
        ("weather", ""),
        ("", ""),
    ],
)
def test_it_suggests_what_is_near(word: str, words: str) -> None:
    assert suggestion(word, ["connections", "channels"]) == words


def test_it_lists_what_there_is_when_nothing_is_near() -> None:
    assert unknown_key("zzz", {"b", "a"}) == "unknown key 'zzz'; there are a, b"


@pytest.mark.parametrize(
    ("error", "field", "value", "words"),
    [
        (ErrorDetail("This field is required.", "required"), TEXT, None, "is missing"),
        (ErrorDetail("May not be null.", "null"), TEXT, None, "is empty"),
        (ErrorDetail("May not be blank.", "blank"), TEXT, "", "is empty"),
        (ErrorDetail("Not right.", "invalid"), TEXT, "x", "not right"),
        (ErrorDetail("URL is wrong.", "invalid"), TEXT, "x", "URL is wrong"),
        (ErrorDetail("A b.", "invalid"), None, "x", "a b"),
        ("plain text", None, None, "plain text"),
        (ErrorDetail("Bad", "invalid"), serializers.CharField(write_only=True), "s",
         "cannot be used"),
        (ErrorDetail("Bad", "required"), serializers.CharField(write_only=True), "s",
         "is missing"),
        (ErrorDetail("Bad", "invalid"), serializers.DateField(), None,
         "None is not a date; write it as 2022-05-02"),
    ],
)  # fmt: skip
def test_it_says_it_in_few_words(error: Any, field: Any, value: Any, words: str) -> None:
    assert complaint(error, field, value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ({}, "a mapping"),
        ([], "a list"),
        (True, "true or false"),
        ("", "a text"),
        (1, "a number"),
        (1.5, "a number"),
    ],
)
def test_it_names_kinds_of_values(value: Any, words: str) -> None:
    assert kind_of(value) == words


def test_a_problem_without_line_says_only_the_file() -> None:
    assert str(Problem("a.yaml", 0, "is empty")) == "a.yaml: is empty"


def test_a_refusal_is_one_line_for_each_problem() -> None:
    refused = Refused([Problem("a.yaml", 1, "x"), Problem("a.yaml", 2, "y")])
    assert str(refused) == "a.yaml:1: x\na.yaml:2: y"


# --- the diff --------------------------------------------------------------------------------


def shown(*notes: Note, all_of_them: bool = False, unused: list[str] | None = None) -> list[str]:
    document = Document("a.yaml", {}, {(): Place("a.yaml", 1)}, {"correct horse": "SECRET"})
    outcome = Outcome(notes=list(notes), unused=unused or [], document=document)
    return list(lines(outcome, all_of_them=all_of_them))


def notes(section: str, verb: Verb, count: int) -> list[Note]:
    return [Note(section, verb, f"{section} {number}") for number in range(count)]


@pytest.mark.parametrize(
    ("verbs", "words"),
    [
        ("", "nothing to do"),
        ("++~=", "2 added, 1 changed, 1 unchanged"),
        ("-", "1 removed"),
        ("=", "1 unchanged"),
    ],
)
def test_it_sums_up(verbs: str, words: str) -> None:
    known: dict[str, Verb] = {"+": "+", "~": "~", "-": "-", "=": "="}
    assert summary([Note("s", known[verb], "x") for verb in verbs]) == words


def test_it_writes_verb_label_and_detail() -> None:
    assert shown(Note("products", "~", "product echeckin", 'queue "a" → "b"'))[0] == (
        '~ product echeckin: queue "a" → "b"'
    )


def test_it_does_not_write_what_is_unchanged() -> None:
    assert shown(Note("products", "=", "product echeckin")) == ["1 unchanged"]


def test_it_hides_values_from_the_environment() -> None:
    assert shown(Note("sites", "+", "site 1", "correct horse"))[0] == "+ site 1: ${SECRET}"


@given(st.integers(0, 60), st.integers(0, 60), st.booleans())
def test_each_section_has_its_own_twenty_lines(first: int, second: int, every: bool) -> None:
    found = shown(*notes("a", "+", first), *notes("b", "~", second), all_of_them=every)
    limit = 1000 if every else SHOWN
    for verb, section, count in (("+", "a", first), ("~", "b", second)):
        assert sum(line.startswith(f"{verb} {section} ") for line in found) == min(count, limit)
    told = [line for line in found if "more (--verbosity 2" in line]
    assert len(told) == sum(count > limit for count in (first, second))


def test_it_tells_which_keys_were_not_used() -> None:
    assert shown(unused=["monitors"])[0] == "monitors: read, not used by this version"
