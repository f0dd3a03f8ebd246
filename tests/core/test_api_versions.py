"""Whether a caller wrote about the object as it is."""

from typing import Any

import pytest
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.core.api.problems import Problem
from apps.core.api.versions import require_version


def asked(body: object, **headers: str) -> Request:
    request = APIRequestFactory().patch("/", body, format="json", headers=headers)
    return Request(request, parsers=[JSONParser()])


@pytest.mark.parametrize("said", [3, "3", 3.0, "03"])
def test_a_whole_number_is_one_however_it_is_written(said: Any) -> None:
    require_version(asked({"version": said}), 3, {})


@pytest.mark.parametrize(
    "said", [2, "2", 3.5, True, None, "", "3 ", "three", [3], {}, "\u0663", "9" * 5000]
)
def test_anything_else_is_another_version(said: Any) -> None:
    with pytest.raises(Problem) as problem:
        require_version(asked({"version": said}), 3, {"version": 3})
    assert problem.value.status_code == 409


def test_true_is_not_the_first_version() -> None:
    with pytest.raises(Problem):
        require_version(asked({"version": True}), 1, {})


def test_who_says_no_version_takes_what_is_there() -> None:
    require_version(asked({}), 3, {})
    require_version(asked([1]), 3, {})
