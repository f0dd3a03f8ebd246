"""What to say about a key or a value that cannot be used."""

import difflib
import re
from collections.abc import Iterable
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'connections'?`, or nothing when nothing is near."""
    near = difflib.get_close_matches(str(word), [str(one) for one in known], n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def unknown_key(key: str, known: Iterable[str]) -> str:
    """What to say about a key that is not one of `known`."""
    names = sorted(known)
    return f"unknown key {key!r}" + (suggestion(key, names) or f"; there are {', '.join(names)}")


def complaint(error: ErrorDetail | str, field: Any, value: Any) -> str:
    """Words for what a form says of `value`; a value that must not be read is not repeated."""
    code = getattr(error, "code", "")
    if code == "required":
        return "is missing"
    if code in {"null", "blank"}:
        return "is empty"
    if getattr(field, "write_only", False):
        return "cannot be used"
    if isinstance(field, serializers.DateField):
        return _about_date(value)
    if code == "invalid_choice" and isinstance(field, serializers.ChoiceField):
        names = [str(choice) for choice in field.choices]
        return f"{value!r} is not one of {', '.join(names)}{suggestion(value, names)}"
    if isinstance(field, serializers.CharField) and isinstance(value, bool):
        return f"{str(value).lower()} is not text; put it in quotes if it is meant as text"
    words = str(error).strip().removesuffix(".")
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _about_date(value: Any) -> str:
    if isinstance(value, str) and _DATE.match(value):
        return f"{value} is not a day of the calendar"
    return f"{value!r} is not a date; write it as 2022-05-02"


def kind_of(value: Any) -> str:
    """What a value of the file is, for people."""
    if value is None:
        return "nothing"
    names = {dict: "a mapping", list: "a list", bool: "true or false", str: "a text"}
    return names.get(type(value), "a number")
