"""The shape of a body before anybody reads it: JSON, an object, not too deep."""

import json
from typing import Any

DEEPEST = 64
LARGEST = 1024 * 1024  # bytes; contract: 413 over 1 MiB


class Misshapen(ValueError):
    """The body is not what a source sends; the message says why."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body` (UTF-8). Raises Misshapen: not JSON, not an object, too deep."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError as problem:
        raise Misshapen("the body is not UTF-8") from problem
    except RecursionError as problem:
        raise Misshapen(f"the JSON is nested deeper than {DEEPEST} levels") from problem
    except ValueError as problem:
        raise Misshapen("the body is not JSON") from problem
    if not isinstance(value, dict):
        raise Misshapen("the JSON is not an object")
    if body.count(b"{") + body.count(b"[") > DEEPEST and _is_deep(value):
        raise Misshapen(f"the JSON is nested deeper than {DEEPEST} levels")
    return value


def _refuse(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are not JSON


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [child for child in value.values() if isinstance(child, dict | list)]
    if isinstance(value, list):
        return [child for child in value if isinstance(child, dict | list)]
    return []
