"""CSV of any make, as lines of cells."""

from collections.abc import Iterator

from apps.core.delimited import BadText, delimited_rows
from apps.rollouts.rules.cells import Cell
from apps.rollouts.sheets.lines import BadFile, Lines


def csv_lines(content: bytes) -> Lines:
    """The lines of a CSV file, numbered as an editor shows them. Raises BadFile, now or later."""
    try:
        return Lines(_cells(delimited_rows(content)))
    except BadText as problem:
        raise BadFile(str(problem)) from problem


def _cells(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[Cell]]]:
    try:
        for line, cells in rows:
            yield line, list(cells)
    except BadText as problem:
        raise BadFile(str(problem)) from problem
