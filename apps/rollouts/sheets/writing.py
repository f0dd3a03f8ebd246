"""Tables written so that the same rows give the same bytes, and no text is run as a formula."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from apps.core.delimited import FORMULA
from apps.rollouts.sheets.escapes import escaped

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 18  # of a column, in characters
EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def csv_of(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 CSV as RFC 4180 has it; what a spreadsheet would run as a formula gets a "'" before it,
    which reading takes away again."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _guarded(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def xlsx_of(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of texts, so that no site number becomes a number, also of what somebody adds
    below; equal rows give equal bytes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet")
    sheet.freeze_panes = "A2"
    for place in range(len(headers)):
        column = sheet.column_dimensions[get_column_letter(place + 1)]
        column.width, column.number_format = WIDTH, "@"
    for row in (headers, *rows):
        sheet.append([_text_cell(sheet, text) for text in row])
    raw = io.BytesIO()
    book.save(raw)
    return _stable(raw)


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, escaped(text) or None)
    if text:
        cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _stable(raw: io.BytesIO) -> bytes:
    """The same archive without the clock in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
