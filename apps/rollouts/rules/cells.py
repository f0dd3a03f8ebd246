"""What a cell of somebody's table means as text, flag or whole number: right or refused, never
silently something else."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

SHOWN = 80  # characters of a value that an error repeats


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose value is not to be had: a spreadsheet's error, a formula nobody worked out,
    a cell merged away."""

    shown: str
    words: str


Cell = str | int | float | bool | date | datetime | time | timedelta | Broken | None


class BadCell(ValueError):
    """Why a value cannot be taken, and what to do."""


def shown_of(value: Cell) -> str:
    """A cell as an error repeats it."""
    text = value.shown if isinstance(value, Broken) else _plain(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def is_blank(value: Cell) -> bool:
    """Whether nothing stands in a cell."""
    return value is None or (isinstance(value, str) and not value.strip())


def text_of(value: Cell, *, most: int = 0) -> str:
    """A cell as text, without the spaces around it. Raises BadCell when it is broken, and when it
    has more than `most` characters: what does not fit is never cut off."""
    if isinstance(value, Broken):
        raise BadCell(value.words)
    text = _plain(value).strip()
    if most and len(text) > most:
        raise BadCell(f"has {len(text)} characters; {most} is the most")
    return text


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return "" if value is None else str(value)


def whole_of(value: Cell, *, most: int) -> int | None:
    """A whole number from 0 to `most`, or None for an empty cell. Raises BadCell."""
    text = text_of(value)
    if not text:
        return None
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > most:
        raise BadCell(f"is not a whole number from 0 to {most}")
    return int(text)


def flag_of(value: Cell) -> bool:
    """Yes or no, as people write it; empty is no. Raises BadCell."""
    text = text_of(value).casefold()
    if text in {"", "no", "n", "false", "0"}:
        return False
    if text in {"yes", "y", "true", "1", "x"}:
        return True
    raise BadCell("is neither yes nor no")
