"""One request as it arrived and the reply to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

JSON_TYPE = "application/json;charset=UTF-8"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`path` without the query; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """`application/json` and the like, lower case, without parameters; "" when not said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """Raises ValueError when the body is not JSON."""
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        """The fields of a form body; a repeated one counts as its last."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back: `after` this many seconds; `ends` says when nothing goes back at all."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    after: float = 0.0
    ends: Literal["", "closed", "reset"] = ""

    @property
    def logged_status(self) -> int:
        return 0 if self.ends else self.status


def json_reply(status: int, value: Any, *headers: tuple[str, str]) -> Reply:
    body = json.dumps(value).encode()
    return Reply(status=status, body=body, headers=(("Content-Type", JSON_TYPE), *headers))


def html_reply(status: int, title: str, *headers: tuple[str, str]) -> Reply:
    """A page for people where a program expected JSON."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>"
    kind = ("Content-Type", "text/html;charset=UTF-8")
    return Reply(status=status, body=page.encode(), headers=(kind, *headers))
