"""XLSX: kinds of cells, what one does not see, formulas, merged cells; nothing in silence."""

import io
import zipfile
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.rollouts.rules.cells import BadCell, Broken, Cell, text_of
from apps.rollouts.sheets import BadFile, Table, read_table, xlsx_of
from tests.rollouts.workbooks import HEAD, by_hand, packed, text_cell, workbook

HEADERS = {"site": (), "planned_on": (), "scope": ()}
HEADS = ("site", "planned_on", "scope")


def read(content: bytes) -> Table:
    return read_table(content, HEADERS, ("site", "planned_on"))


def column(content: bytes, name: str = "planned_on") -> list[Cell]:
    return [cells[name] for _, cells in read(content).rows]


def refused(cell: Cell) -> str:
    with pytest.raises(BadCell) as caught:
        text_of(cell)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (442, 442), (4420.0, 4420), (4420.5, 4420.5), ("442E1", "442E1"), (True, True),
        (date(2022, 5, 2), datetime(2022, 5, 2)), (time(9), time(9)),  # noqa: DTZ001
        (datetime(2022, 5, 2, 9, 30), datetime(2022, 5, 2, 9, 30)),  # noqa: DTZ001
        (timedelta(hours=30), timedelta(hours=30)), ("é\r\n_x0041_", "é\r\n_x0041_"),
    ],
)  # fmt: skip
def test_cells_keep_their_kind(value: Any, found: Any) -> None:
    (cell,) = column(workbook(HEADS, ("442", value)))
    if isinstance(value, str):  # openpyxl writes no escapes: what it writes is what Excel reads
        assert cell == found.replace("\r\n", "\n").replace("_x0041_", "A")
    else:
        assert (cell, type(cell)) == (found, type(found))


def test_zeros_that_one_sees_are_kept() -> None:
    def edit(book: Any) -> None:
        book.active["A2"].number_format = "0000"

    assert column(workbook(HEADS, (42, "x"), edit=edit), "site") == ["0042"]


def test_the_calendar_of_the_workbook_counts() -> None:
    rows = f'<sheetData>{HEAD}<row r="2">{text_cell("A2", "442")}<c r="B2"><v>43221</v></c></row>'
    book = '<workbookPr date1904="1"/><sheets><sheet name="P" sheetId="1" r:id="r1"/></sheets>'
    table = read(by_hand(f"{rows}</sheetData>", book=book.replace("r:id", "r:id")))
    assert table.epoch == date(1904, 1, 1)
    assert read(workbook(HEADS, ("442", 1))).epoch == date(1899, 12, 30)


def test_a_date_outside_of_the_calendar_is_refused() -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    row = f'<row r="2">{text_cell("A2", "442")}<c r="B2" s="1"><v>99999999</v></c></row>'
    (cell,) = column(by_hand(f"<sheetData>{HEAD}{row}</sheetData>", styles=styles))
    assert "outside of the calendar" in refused(cell)


FORMULA = "<f>TODAY()</f>"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (f'<c r="B2">{FORMULA}<v>44683</v></c>', 44683),
        (f'<c r="B2" t="str">{FORMULA}<v>2022-05-02</v></c>', "2022-05-02"),
        (f'<c r="B2" t="str">{FORMULA}<v></v></c>', None),
        (f'<c r="B2" t="str">{FORMULA}</c>', None),
    ],
)
def test_a_formula_is_what_it_came_to(cell: str, found: Cell) -> None:
    rows = f'<sheetData>{HEAD}<row r="2">{text_cell("A2", "442")}{cell}</row></sheetData>'
    assert column(by_hand(rows)) == [found]


@pytest.mark.parametrize(
    ("cell", "shown", "words"),
    [
        (f'<c r="B2">{FORMULA}</c>', "=TODAY()", "nobody worked out"),
        (f'<c r="B2">{FORMULA}<v></v></c>', "=TODAY()", "nobody worked out"),
        ('<c r="B2" t="e"><v>#REF!</v></c>', "#REF!", "an error of the spreadsheet"),
        (f'<c r="B2" t="e">{FORMULA}<v>#N/A</v></c>', "#N/A", "an error of the spreadsheet"),
    ],
)
def test_a_cell_without_a_value_of_its_own_is_refused(cell: str, shown: str, words: str) -> None:
    rows = f'<sheetData>{HEAD}<row r="2">{text_cell("A2", "442")}{cell}</row></sheetData>'
    (found,) = column(by_hand(rows))
    assert isinstance(found, Broken)
    assert found.shown == shown
    assert words in refused(found)


def test_merged_cells_are_refused_where_they_hide_a_value_and_harmless_above() -> None:
    def edit(book: Any) -> None:
        book.active.merge_cells("A1:C1")
        book.active.merge_cells("A3:A4")

    content = workbook(("Roll-out",), HEADS, ("442", "x"), (None, "y"), edit=edit)
    table = read(content)
    assert table.notes == ["line 1 above the headers say no header, and are left out"]
    first, second = (cells["site"] for _, cells in table.rows)
    assert first == "442"
    assert "merged into A3:A4" in refused(second)


def test_hidden_rows_and_columns_are_read_and_told() -> None:
    def edit(book: Any) -> None:
        book.active.row_dimensions[3].hidden = True
        book.active.column_dimensions["C"].hidden = True

    table = read(workbook(HEADS, ("442", "x", "a"), ("443", "y", "b"), edit=edit))
    assert [cells["scope"] for _, cells in table.rows] == ["a", "b"]
    assert table.notes == ["hidden columns are read like the others",
                           "hidden rows are read like the others: 3"]  # fmt: skip


def test_the_first_sheet_one_sees_is_read_and_the_others_are_told() -> None:
    def edit(book: Any) -> None:
        book.create_sheet("Notes").append(("x",))
        book.create_sheet("Old", 0).append(("y",))
        book["Old"].sheet_state = "hidden"

    table = read(workbook(HEADS, ("442", "x"), edit=edit))
    assert len(table.rows) == 1
    assert table.notes == ["the sheet 'Sheet' is read; left out: 'Notes'"]


def test_empty_rows_are_passed_over_and_lines_are_those_of_the_sheet() -> None:
    table = read(workbook((None,), HEADS, (None, None), ("442", "x"), ("  ", None), ("443", "y")))
    assert [line for line, _ in table.rows] == [4, 6]


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    rows = f'<dimension ref="A1"/><sheetData>{HEAD}<row r="2">{text_cell("A2", "442")}</row>'
    assert len(read(by_hand(f"{rows}</sheetData>")).rows) == 1


def test_texts_are_read_wherever_they_stand() -> None:
    strings = "<si><t>442</t></si><si><r><t>4</t></r><r><t>43</t></r><rPh><t>no</t></rPh></si>"
    rows = "".join(
        f'<row r="{n + 2}"><c t="s"><v>{n}</v></c><c t="str"><v>x</v></c></row>' for n in (0, 1)
    )
    content = by_hand(f"<sheetData>{HEAD}{rows}</sheetData>", strings=strings)
    assert column(content, "site") == ["442", "443"]


def test_the_other_namespace_is_read_too() -> None:
    content = by_hand(f'<sheetData>{HEAD}<row r="2">{text_cell("A2", "442")}</row></sheetData>')
    old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strict = {name: part.replace(old, b"http://purl.oclc.org/ooxml/spreadsheetml/main").decode()
              for name, part in parts.items()}  # fmt: skip
    assert column(packed(strict), "site") == ["442"]


BOMB = "".join(
    f'<!ENTITY e{n} "{"".join(f"&e{n - 1};" for _ in range(10)) if n else "x" * 100}">'
    for n in range(10)
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (by_hand(f'<sheetData>{HEAD}<row r="9999999"><c><v>1</v></c></row></sheetData>'), "cannot"),
        (by_hand(f'<sheetData><row r="5"/>{HEAD}</sheetData>'), "cannot"),
        (by_hand("<sheetData>" + "<row/>" * 300_000 + "</sheetData>"), "empty"),
        (by_hand(f'<sheetData>{HEAD}<row r="2">{"<c/>" * 300_000}</row></sheetData>'), "too large"),
        (by_hand("<x/>" * 300_000), "too large"),
        (by_hand(f'<sheetData>{HEAD}</sheetData><mergeCells><mergeCell ref="A2:A900000"/>'
                 "</mergeCells>"), "too many cells are merged"),
        (by_hand("", book='<sheets><sheet state="hidden" r:id="r1"/></sheets>'), "no sheet"),
        (packed({"xl/worksheets/sheet1.xml": "0" * 60_000_001}), "once unpacked"),
        (packed({"content.xml": "<x/>"}), "cannot be read as XLSX"),
        (by_hand("<sheetData>").replace(b"xl/workbook.xml", b"xl/wOrkbook.xml"), "cannot"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_or_too_much_of_one_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read(content)


def test_entities_that_grow_are_refused() -> None:
    parts = {"_rels/.rels": f'<!DOCTYPE x [{BOMB}]><Relationships a="1">&e9;</Relationships>'}
    with pytest.raises(BadFile, match="cannot be read as XLSX"):
        read(packed(parts))


def test_a_truncated_workbook_says_so() -> None:
    content = workbook(HEADS, ("442", date(2022, 5, 2)))
    for end in (100, len(content) // 2, len(content) - 10):
        with pytest.raises(BadFile, match="cannot be read as XLSX"):
            read(content[:end])


@settings(deadline=None, max_examples=60)
@given(place=st.integers(0, 3000), byte=st.integers(0, 255))
def test_a_damaged_workbook_is_read_or_refused_in_words(place: int, byte: int) -> None:
    content = bytearray(xlsx_of(list(HEADS), [["442", "2022-05-02", "x"]]))
    content[place % len(content)] = byte
    with suppress(BadFile):
        assert read(bytes(content)).headers
