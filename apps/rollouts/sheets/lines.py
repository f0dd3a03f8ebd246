"""What a file is before its headers are known: lines of cells."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from apps.rollouts.rules.cells import Cell

MOST_BYTES, MOST_UNPACKED = 10_000_000, 60_000_000
MOST_ROWS, MOST_COLUMNS = 50_000, 60


class BadFile(ValueError):
    """Why a file cannot be read at all, and what to do."""


@dataclass
class Lines:
    """Lines by number, what to mind about them, and day 0 of a workbook's calendar."""

    rows: Iterator[tuple[int, list[Cell]]]
    notes: list[str] = field(default_factory=list)
    epoch: date | None = None
