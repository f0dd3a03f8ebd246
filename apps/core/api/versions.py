"""Versions of objects: the ETag of a read, the check before a write."""

from collections.abc import Mapping
from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request

from apps.core.api.problems import Problem

LONGEST = 20  # digits; no version has more


def etag_of(version: int) -> str:
    """The ETag of an object with this version."""
    return f'"{version}"'


def require_version(request: Request, version: int, fresh: Mapping[str, Any]) -> None:
    """Raise Problem 412 (If-Match) or 409 (`version` in the body) unless the caller wrote about
    the object as it is; either is answered with the `fresh` object in `current`. A caller who
    says no version takes what is there.
    """
    words = "It has changed since you read it; look at `current` and try again."
    given = request.headers.get("If-Match")
    if given is not None and not {"*", etag_of(version)} & set(parse_etags(given)):
        raise Problem(412, words, headers={"ETag": etag_of(version)}, current=dict(fresh))
    body = request.data if isinstance(request.data, Mapping) else {}
    if "version" in body and _whole(body["version"]) != version:
        raise Problem(409, words, headers={"ETag": etag_of(version)}, current=dict(fresh))


def _whole(said: object) -> int | None:
    """The whole number that was said, also as the text a form sends or as 3.0; true is none."""
    if isinstance(said, str) and said.isascii() and said.isdecimal():
        return int(said[:LONGEST])
    if isinstance(said, bool) or not isinstance(said, int | float) or said % 1:
        return None
    return int(said)
