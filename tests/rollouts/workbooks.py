"""Workbooks as programs write them, and as nobody should: parts put together by hand."""

import io
import zipfile
from typing import Any

from openpyxl import Workbook

TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(*rows: tuple[Any, ...], **more: Any) -> bytes:
    """Rows as openpyxl writes them; `edit` is called with the book before it is saved."""
    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    if edit := more.get("edit"):
        edit(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_hand(sheet: str, *, strings: str = "", styles: str = "", book: str = "") -> bytes:
    """A workbook with the sheet's XML as given (what stands within <worksheet>)."""
    usual = '<sheets><sheet name="Plan" sheetId="1" r:id="r1"/></sheets>'
    parts = {
        "[Content_Types].xml": TYPES.decode(),
        "_rels/.rels": _relations({"r1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{KIND}">{book or usual}</workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            {"r1": ("worksheet", "worksheets/sheet1.xml"),
             "r2": ("sharedStrings", "/xl/sharedStrings.xml"), "r3": ("styles", "styles.xml")}
        ),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }  # fmt: skip
    return packed(parts)


def packed(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _relations(found: dict[str, tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{key}" Type="{KIND}/{kind}" Target="{target}"/>'
        for key, (kind, target) in found.items()
    )
    return f'<Relationships xmlns="{RELATIONS}">{each}</Relationships>'


def text_cell(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = f'<row r="1">{text_cell("A1", "site")}{text_cell("B1", "planned_on")}</row>'
