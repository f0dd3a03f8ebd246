"""XLSX: the first sheet one sees, in one pass; nothing is left out without a word.

openpyxl's quick reader tells neither hidden rows nor merged cells nor formulas without a value
(docs/adr/0013); what it knows of formats and calendars is used.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO
from xml.etree.ElementTree import Element

from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import from_excel

from apps.rollouts.rules.cells import Broken, Cell, is_blank
from apps.rollouts.sheets.escapes import unescaped
from apps.rollouts.sheets.lines import MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED, BadFile, Lines
from apps.rollouts.sheets.package import TRUE, Book, open_book, texts_of
from apps.rollouts.sheets.parts import local_name, walk

WIDEST = MOST_COLUMNS + 1  # one more than may have a header: there it is seen that a row has more
LAST_ROW = 1_048_576  # of any workbook
MOST_MERGED = 200_000  # rows of merged cells
BAD = "the file cannot be read as XLSX: save it again, or as CSV"
NOT_WORKED_OUT = "is a formula nobody worked out: open the file and save it, or write the value"
_COLUMN = re.compile(r"[A-Z]{1,3}")
_WHOLE = re.compile(r"-?[0-9]{1,15}")


def workbook_lines(content: bytes) -> Lines:
    """The lines of the first sheet that is not hidden. Raises BadFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise BadFile("the workbook is too large once unpacked: save the sheet as CSV")
            book = open_book(archive)
            with archive.open(book.sheet) as part:
                return _Sheet(book).lines(part)
    except BadFile:
        raise
    except Exception as problem:  # a damaged archive fails wherever it is damaged
        raise BadFile(BAD) from problem


class _Sheet:
    """One sheet being read."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._rows: list[tuple[int, list[Cell]]] = []
        self._merged: dict[int, list[tuple[int, int, str]]] = {}
        self._hidden: list[int] = []
        self._notes = list(book.notes)
        self._number = self._merged_rows = 0

    def lines(self, part: IO[bytes]) -> Lines:
        """Everything of the sheet's part; merged cells are told after the rows they are in."""
        for event, name, element in walk(part, {"row", "col", "mergeCell"}):
            if event == "start":
                continue
            if name == "row":
                self._take_row(element)
            elif name == "col" and element.get("hidden") in TRUE:
                self._notes.append("hidden columns are read like the others")
            elif name == "mergeCell":
                self._merge(element.get("ref", ""))
        return Lines(self._result(), self._told(), self._book.epoch.date())

    def _take_row(self, row: Element) -> None:
        number = int(row.get("r") or self._number + 1)
        if not self._number < number <= LAST_ROW:
            raise BadFile(BAD)  # a row that stands before its time would be lost
        self._number = number
        cells = self._cells(row)
        if all(map(is_blank, cells)):
            return
        if len(self._rows) > MOST_ROWS + 1:
            raise BadFile(f"more than {MOST_ROWS:,} rows: split the file")
        self._rows.append((number, cells))
        if row.get("hidden") in TRUE:
            self._hidden.append(number)

    def _cells(self, row: Element) -> list[Cell]:
        cells: list[Cell] = []
        place = 0
        for cell in row:
            if found := _COLUMN.match(cell.get("r", "")):
                place = _place(found[0])
            value = self._value(cell)
            if not is_blank(value):
                at = min(place, WIDEST - 1)
                cells += [None] * (at + 1 - len(cells))
                cells[at] = value
            place += 1
        return cells

    def _value(self, cell: Element) -> Cell:
        kind, text, formula = cell.get("t", "n"), None, None
        for child in cell:
            name = local_name(child)
            if name == "v":
                text = child.text or ""
            elif name == "is":
                text = texts_of(child)
            elif name == "f":
                formula = child.text or "the formula above"
        if formula is not None and not text and kind != "str":
            return Broken(f"={formula}", NOT_WORKED_OUT)
        return self._typed(kind, text, int(cell.get("s", "0"))) if text else None

    def _typed(self, kind: str, text: str, style: int) -> Cell:
        if kind == "n":
            return self._number_of(text, style)
        if kind == "s":
            return self._book.texts[int(text)]
        if kind == "b":
            return text in TRUE
        if kind == "e":
            return Broken(text, "is an error of the spreadsheet: write the value")
        return datetime.fromisoformat(text) if kind == "d" else unescaped(text)

    def _number_of(self, text: str, style: int) -> Cell:
        value = int(text) if _WHOLE.fullmatch(text) else float(text)
        form = self._book.forms[style] if style < len(self._book.forms) else ""
        if form in {"date", "duration"}:
            try:
                found: Cell = from_excel(value, self._book.epoch, timedelta=form == "duration")
            except (ValueError, OverflowError):
                return Broken(text, "is outside of the calendar: write the day like 2022-05-02")
            return found
        if form and isinstance(value, int) and value >= 0:
            return str(value).zfill(len(form))  # as one sees it: 042, not 42
        return value

    def _merge(self, ref: str) -> None:
        left, top, right, bottom = (edge or 1 for edge in range_boundaries(ref))
        self._merged_rows += bottom - top + 1
        if self._merged_rows > MOST_MERGED:
            raise BadFile("too many cells are merged: unmerge them")
        for row in range(top, bottom + 1):
            self._merged.setdefault(row, []).append((left + (row == top), right, ref))

    def _result(self) -> Iterator[tuple[int, list[Cell]]]:
        for number, cells in self._rows:
            for first, last, ref in self._merged.get(number, ()):
                words = f"is merged into {ref}: unmerge the cells and write the value in each"
                last = min(last, WIDEST)
                cells += [None] * (last - len(cells))
                cells[first - 1 : last] = [Broken(ref, words)] * (last + 1 - first)
            yield number, cells

    def _told(self) -> list[str]:
        notes = list(dict.fromkeys(self._notes))
        if self._hidden:
            numbers = ", ".join(map(str, self._hidden[:10]))
            more = " and more" if len(self._hidden) > 10 else ""
            notes.append(f"hidden rows are read like the others: {numbers}{more}")
        return notes


def _place(letters: str) -> int:
    """Of a column by its letters: A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
