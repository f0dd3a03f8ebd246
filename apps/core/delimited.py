"""Delimited text of any make: UTF-8 or UTF-16, with a mark or without; commas, semicolons, tabs."""

import csv
import io
import re
from collections.abc import Iterator

# A cell that a spreadsheet would run is written with a "'" before it; `FORMULA` finds what has to
# get one, and what has one to lose. A cell that begins with "'=" itself gets a second one.
FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]")
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')  # what some write so that a spreadsheet keeps a text
_SEPARATOR = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)
SEPARATORS = ",;\t|"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"


class BadText(ValueError):
    """Why a file cannot be read as a table, and what to do."""


def delimited_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file with the line each begins on, as an editor counts them.

    Raises BadText, before the first row or at a later one.
    """
    if content.startswith(OLD_WORKBOOK):
        raise BadText("this is an old XLS workbook, or one with a password: save it as XLSX or CSV")
    text = _decoded(content)
    if "\0" in text:
        raise BadText("the file holds NUL characters: save it as CSV (UTF-8) or XLSX")
    return _rows(text)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    last, separator = 0, ""
    if match := _SEPARATOR.match(text):
        text, last, separator = text[match.end() :], 1, match[1]
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=separator or _separator(text), strict=True)
    first = last
    try:
        for cells in reader:
            yield last + 1, [_cell(text) for text in cells]
            last = first + reader.line_num
    except csv.Error as problem:
        raise BadText(f"line {last + 1} cannot be read as CSV: {problem}") from problem


def _cell(text: str) -> str:
    if text[:1] in {"=", "'"}:
        if match := _KEPT_AS_TEXT.fullmatch(text):
            return match[1]
        if text[0] == "'" and FORMULA.match(text):
            return text[1:]
    return text


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it or plainly so."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif content[1:2] == b"\0":
        encoding = "utf-16-le"
    elif content[:1] == b"\0":
        encoding = "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        words = f"line {line} is not {encoding.removesuffix('-sig').upper()}"
        raise BadText(f"{words}: save the file as CSV (UTF-8) or XLSX") from problem


def _separator(text: str) -> str:
    """The mark that stands most often in the first line that says something."""
    head = next((line for line in text.splitlines() if line.strip(f" {SEPARATORS}")), "")
    outside = re.sub(r'"[^"]*"', "", head)
    return max(SEPARATORS, key=outside.count)
