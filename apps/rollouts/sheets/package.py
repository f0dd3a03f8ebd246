"""The parts of an XLSX file: which sheet, which texts, which number format each style has."""

import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from apps.rollouts.sheets.escapes import unescaped
from apps.rollouts.sheets.lines import BadFile
from apps.rollouts.sheets.parts import local_name, walk

TRUE = frozenset({"1", "true"})
IDS = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_ZEROS = re.compile(r"0{2,12}")


@dataclass
class Book:
    """What a sheet needs of its workbook: `forms` says of a style "date", "duration", the zeros
    numbers are filled up with, or ""."""

    sheet: str = ""
    epoch: datetime = CALENDAR_WINDOWS_1900
    texts: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def open_book(archive: zipfile.ZipFile) -> Book:
    """The workbook without the cells of its sheet. Raises BadFile when no sheet can be seen, and
    whatever a damaged archive does."""
    root = next(path for kind, path in _related(archive, "").values() if kind == "officeDocument")
    related = _related(archive, root)
    book = _book(archive, root, related)
    for kind, path in related.values():
        if kind == "sharedStrings":
            book.texts = _texts(archive, path)
        elif kind == "styles":
            book.forms = _forms(archive, path)
    return book


def _book(archive: zipfile.ZipFile, root: str, related: dict[str, tuple[str, str]]) -> Book:
    book, titles = Book(), []
    with archive.open(root) as part:
        for event, name, element in walk(part):
            if event == "end" and name == "workbookPr" and element.get("date1904") in TRUE:
                book.epoch = CALENDAR_MAC_1904
            elif (
                event == "end" and name == "sheet" and element.get("state", "visible") == "visible"
            ):
                kind, path = related[next(filter(None, map(element.get, IDS)))]
                if kind == "worksheet":
                    titles.append(element.get("name", ""))
                    book.sheet = book.sheet or path
    if not book.sheet:
        raise BadFile("the workbook has no sheet that can be seen")
    if others := ", ".join(map(repr, titles[1:])):
        book.notes.append(f"the sheet {titles[0]!r} is read; left out: {others}")
    return book


def _related(archive: zipfile.ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: kind and path by id."""
    folder, name = posixpath.split(path)
    found = {}
    with archive.open(posixpath.join(folder, "_rels", f"{name}.rels")) as part:
        for event, kind, element in walk(part):
            if event == "end" and kind == "Relationship":
                target = posixpath.normpath(posixpath.join("/", folder, element.get("Target", "")))
                what = element.get("Type", "").rpartition("/")[2]
                found[element.get("Id", "")] = what, target.lstrip("/")
    return found


def _texts(archive: zipfile.ZipFile, path: str) -> list[str]:
    with archive.open(path) as part:
        return [
            texts_of(element)
            for event, name, element in walk(part, {"si"})
            if event == "end" and name == "si"
        ]


def texts_of(element: Element) -> str:
    """The text of a string item: its own, or of its pieces; not how it is pronounced."""
    found = []
    for child in element:
        name = local_name(child)
        if name == "t":
            found.append(child.text or "")
        elif name == "r":
            found.append(texts_of(child))
    return unescaped("".join(found))


def _forms(archive: zipfile.ZipFile, path: str) -> list[str]:
    formats, forms, is_cell = dict(BUILTIN_FORMATS), list[str](), False
    with archive.open(path) as part:
        for event, name, element in walk(part):
            if name == "cellXfs":
                is_cell = event == "start"
            elif event == "end" and name == "numFmt":
                formats[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
            elif event == "end" and name == "xf" and is_cell:
                forms.append(_form(formats.get(int(element.get("numFmtId", "0")), "")))
    return forms


def _form(code: str) -> str:
    if is_timedelta_format(code):
        return "duration"
    if is_date_format(code):
        return "date"
    return code if _ZEROS.fullmatch(code) else ""
