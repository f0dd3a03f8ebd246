"""The shape of a body before anybody reads it."""

import json

import pytest

from apps.intake.rules.shape import DEEPEST, Misshapen, read_object


def test_it_reads_an_object() -> None:
    assert read_object('{"a": ["ä", null, 1.5]}'.encode()) == {"a": ["ä", None, 1.5]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"payload=%7B%7D", "not JSON"),
        (b"[1]", "not an object"),
        (b'"text"', "not an object"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": Infinity}', "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": 1', "not JSON"),
    ],
)
def test_it_refuses_in_words(body: bytes, words: str) -> None:
    with pytest.raises(Misshapen, match=words):
        read_object(body)


def test_it_accepts_the_deepest_allowed_and_refuses_one_more() -> None:
    assert read_object(_nested(DEEPEST))
    with pytest.raises(Misshapen, match="nested deeper"):
        read_object(_nested(DEEPEST + 1))


def test_it_refuses_a_body_that_would_exhaust_the_stack() -> None:
    with pytest.raises(Misshapen, match="nested deeper"):
        read_object(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")


def test_it_accepts_a_wide_body() -> None:
    assert len(read_object(json.dumps({"a": [{}] * 5000}).encode())["a"]) == 5000


def _nested(levels: int) -> bytes:
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"
