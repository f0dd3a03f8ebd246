"""What configured values of a roll-out look like; each says what is wrong in words, or nothing."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from apps.core.periods import WeeklyHours
from apps.rollouts.rules.phases import (
    CANCELLED,
    CLOSED,
    GO_LIVE_WEEK,
    PAUSED,
    PLANNED,
    ROLLED_BACK,
    SERVICENOW,
)

PHASE_KEYS = (PLANNED, GO_LIVE_WEEK, SERVICENOW, PAUSED, ROLLED_BACK, CANCELLED, CLOSED)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def zone_problem(name: object) -> str:
    """Unless it is an IANA time zone this machine knows."""
    try:
        ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):  # a missing zone is a KeyError
        return f"{name!r} is not a time zone; write it like America/Denver"
    return ""


def hours_problem(value: object) -> str:
    """Unless it is weekly hours: `{"mon-fri": "08:00-16:30"}`."""
    if not isinstance(value, Mapping):
        return 'write hours like {"mon-fri": "08:00-16:30"}'
    try:
        WeeklyHours.parse({str(days): str(spans) for days, spans in value.items()})
    except ValueError as problem:
        return str(problem)
    return ""


def holidays_problem(value: object) -> str:
    """Unless it is a list of `{"on": day, "name": text}`."""
    return _rows_problem(value, {"on": _is_day, "name": _is_text})


def blackouts_problem(value: object) -> str:
    """Unless it is a list of `{"start": day, "end": day, "reason": text}`, each the right way."""
    shape = {"start": _is_day, "end": _is_day, "reason": _is_text}
    if problem := _rows_problem(value, shape):
        return problem
    rows: Any = value
    wrong = next((at for at, row in enumerate(rows, 1) if row["end"] < row["start"]), None)
    return f"entry {wrong} ends before it starts" if wrong else ""


def phases_problem(value: object) -> str:
    """Unless it is a list of `{"key": a phase, "label": text, …}`, each phase once."""
    if problem := _rows_problem(value, {"key": _is_phase, "label": _is_text}, is_open=True):
        return problem
    rows: Any = value
    keys = [row["key"] for row in rows]
    twice = next((key for key in keys if keys.count(key) > 1), "")
    return f"{twice} stands here twice" if twice else ""


def labels_problem(value: object) -> str:
    """Unless it is words by word: `{"site": "Branch"}`."""
    is_fine = isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(word, str) for name, word in value.items()
    )
    return "" if is_fine else 'write labels like {"site": "Branch"}'


def _rows_problem(
    value: object, shape: Mapping[str, Callable[[object], bool]], *, is_open: bool = False
) -> str:
    """Unless it is a list of objects with these keys and no others (`is_open`: others too)."""
    if not isinstance(value, list):
        return f"write a list of {{{', '.join(shape)}}}"
    for at, row in enumerate(value, 1):
        if not isinstance(row, Mapping) or (not is_open and set(row) != set(shape)):
            return f"entry {at} is not {{{', '.join(shape)}}}"
        wrong = next((name for name, fits in shape.items() if not fits(row.get(name))), "")
        if wrong:
            return f"entry {at}: {wrong} is {row.get(wrong)!r}"
    return ""


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_phase(value: object) -> bool:
    return value in PHASE_KEYS
