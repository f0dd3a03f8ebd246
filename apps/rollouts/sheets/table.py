"""A file as a table: which line holds the headers, what each means, the rows below by line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from openpyxl.utils import get_column_letter

from apps.rollouts.rules.cells import Broken, Cell, is_blank, shown_of
from apps.rollouts.sheets.lines import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, BadFile, Lines
from apps.rollouts.sheets.text import csv_lines
from apps.rollouts.sheets.workbook import workbook_lines

SAID = 12  # headers an error repeats
LOOKED_AT = 20  # lines from the top in which the headers are looked for
Headers = Mapping[str, Sequence[str]]  # our name of a column: what else people call it
Line = tuple[int, list[Cell]]


class NoColumn(BadFile):
    """A column that is needed cannot be told, or two want to be the same: `given` are the headers
    of the file with what each is taken for ("": nothing), so that somebody can say it."""

    def __init__(self, words: str, given: Mapping[str, str]) -> None:
        super().__init__(words)
        self.given = dict(given)


@dataclass
class Table:
    """Rows of known columns by line; `headers` are the file's own words for them, `others` what
    means nothing to us, `notes` what was left out, `faults` lines that are not of the table."""

    headers: dict[str, str]
    others: list[str]
    epoch: date | None = None
    rows: list[tuple[int, dict[str, Cell]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def given(self) -> dict[str, str]:
        """The headers of the file with what each is taken for; "": nothing."""
        return {word: name for name, word in self.headers.items()} | dict.fromkeys(self.others, "")


def read_table(
    content: bytes, headers: Headers, needed: Sequence[str], named: Mapping[str, str] | None = None
) -> Table:
    """The rows of a CSV or XLSX file.

    `headers` are our names with what else people call them; `named` says of a header (by its key)
    which of ours it is, or "" for none, and wins. Raises BadFile: empty, unreadable, too large; and
    NoColumn.
    """
    if not content.strip(b"\0\r\n\t ,;"):
        raise BadFile("the file is empty")
    if len(content) > MOST_BYTES:
        raise BadFile(f"the file is larger than {MOST_BYTES // 1_000_000} MB")
    lines = workbook_lines(content) if content.startswith(b"PK\3\4") else csv_lines(content)
    reading = _Reading(headers, needed, named or {})
    return reading.table(lines)


def header_key(word: str) -> str:
    """A header without case, marks and spaces that do not matter: Site_Number is "site number"."""
    return re.sub(r"[\W_]+", " ", word.casefold()).strip()


class _Reading:
    """One file being read."""

    def __init__(self, headers: Headers, needed: Sequence[str], named: Mapping[str, str]) -> None:
        self._headers, self._needed = headers, needed
        others = {header_key(word): name for name, words in headers.items() for word in words}
        own = others | {header_key(name): name for name in headers}
        self._meant = own | {key: name for key, name in named.items() if name in {*headers, ""}}

    def table(self, lines: Lines) -> Table:
        above, head, rows = self._head(_filled(lines))
        given = [_word(cell) for cell in head[1]]
        names = [self._name(word) for word in given]
        _refuse_twice(given, names)
        table = Table(
            headers={name: word for name, word in zip(names, given, strict=True) if name},
            others=[word for word, name in zip(given, names, strict=True) if word and not name],
            epoch=lines.epoch,
        )
        if above:
            table.notes.append(f"{_lines(above)} above the headers say no header, and are left out")
        self._fill(table, rows, given, names)
        table.notes += lines.notes  # known once every line was read
        return table

    def _head(self, rows: Iterator[Line]) -> tuple[list[int], Line, Iterator[Line]]:
        """Lines above the headers, the line of the headers, what comes below.

        Raises NoColumn, with the line that comes nearest, when none has all that is needed."""
        seen: list[Line] = []
        for number, cells in rows:
            seen.append((number, cells))
            names = self._names(cells)
            if all(name in names for name in self._needed):
                return [one for one, _ in seen[:-1]], seen[-1], rows
            if len(seen) == LOOKED_AT:
                break
        if not seen:
            raise BadFile("the file is empty")
        best = max(seen, key=lambda line: len(self._names(line[1]) - {""}))
        raise self._missing([word for word in map(_word, best[1]) if word], best)

    def _name(self, word: str) -> str:
        return self._meant.get(header_key(word), "")

    def _names(self, cells: list[Cell]) -> set[str]:
        return {self._name(_word(cell)) for cell in cells}

    def _missing(self, given: list[str], line: Line) -> NoColumn:
        missing = [name for name in self._needed if name not in self._names(line[1])]
        words = f"the column {', '.join(missing)} is missing; line {line[0]} has: "
        words += ", ".join(given[:SAID]) + (" …" if len(given) > SAID else "")
        for name in missing:
            near = [
                word
                for one in (name, *self._headers[name])
                for word in get_close_matches(one, given, 1, 0.7)
            ]
            if near:
                words += f"; is {near[0]!r} meant for {name}?"
        return NoColumn(words, {word: self._name(word) for word in given})

    def _fill(self, table: Table, rows: Iterator[Line], given: list[str], names: list[str]) -> None:
        width = max(place + 1 for place, word in enumerate(given) if word)
        nameless: set[int] = set()
        for number, cells in rows:
            if len(table.rows) == MOST_ROWS:
                raise BadFile(f"more than {MOST_ROWS:,} rows: split the file")
            if not all(map(is_blank, cells[width:])):
                table.faults.append((number, "has more cells than there are headers"))
                continue
            nameless |= {
                place for place, cell in enumerate(cells[:width])
                if not given[place] and not is_blank(cell)
            }  # fmt: skip
            row = dict.fromkeys(table.headers) | dict(zip(names, cells, strict=False))
            row.pop("", None)
            table.rows.append((number, row))
        table.notes += [f"column {get_column_letter(place + 1)} has no header, and is left out"
                        for place in sorted(nameless)]  # fmt: skip


def _filled(lines: Lines) -> Iterator[Line]:
    """The lines in which something stands."""
    for number, cells in lines.rows:
        if not all(map(is_blank, cells[MOST_COLUMNS:])):
            raise BadFile(f"line {number} has more than {MOST_COLUMNS} columns")
        if not all(map(is_blank, cells)):
            yield number, cells[:MOST_COLUMNS]


def _word(cell: Cell) -> str:
    return "" if isinstance(cell, Broken) else shown_of(cell).strip()


def _refuse_twice(given: Sequence[str], names: Sequence[str]) -> None:
    for name in sorted(set(filter(None, names))):
        twice = [word for word, one in zip(given, names, strict=True) if one == name]
        if len(twice) > 1:
            fix = "say which one counts" if len(set(twice)) > 1 else "take one out"
            words = f"two columns mean {name}: {' and '.join(twice)}; {fix}"
            named = dict(zip(given, names, strict=True))
            raise NoColumn(words, {word: ours for word, ours in named.items() if word})


def _lines(numbers: Sequence[int]) -> str:
    return f"line {numbers[0]}" if len(numbers) == 1 else f"lines {numbers[0]} to {numbers[-1]}"
