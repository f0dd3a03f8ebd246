"""CSV files in place of lists."""

from pathlib import Path

import pytest

from apps.core.config.checking import check
from apps.core.config.document import Document, read_document
from tests.core.config_sections import PROGRAMME, SITES


def checked(tmp_path: Path, table: str | bytes, line: str = "sites: {file: sites.csv}") -> Document:
    content = table if isinstance(table, bytes) else table.encode()
    (tmp_path / "sites.csv").write_bytes(content)
    (tmp_path / "p.yaml").write_text(f"programme: {{key: x}}\n{line}\n")
    document = read_document(tmp_path / "p.yaml", {})
    document.values["checked"] = check(document, [PROGRAMME, SITES], tmp_path)
    return document


def said(tmp_path: Path, table: str | bytes, line: str = "sites: {file: sites.csv}") -> list[str]:
    return [str(problem) for problem in checked(tmp_path, table, line).problems]


def test_it_reads_rows_as_entries(tmp_path: Path) -> None:
    document = checked(tmp_path, "number,name,test\n0442,Cheyenne,\n442GC, Fort Collins ,true\n")
    assert document.problems == []
    assert [dict(entry) for entry in document.values["checked"]["sites"]] == [
        {"number": "0442", "name": "Cheyenne", "test": False},
        {"number": "442GC", "name": "Fort Collins", "test": True},
    ]


def test_it_renames_columns_and_takes_a_byte_order_mark_and_quotes(tmp_path: Path) -> None:
    table = '\ufeffStation,name\r\n1,"A, B"\r\n\r\n2,C\r\n'
    entries = checked(tmp_path, table).values["checked"]["sites"]
    assert [(entry["number"], entry["name"]) for entry in entries] == [("1", "A, B"), ("2", "C")]


def test_it_says_the_line_of_the_table(tmp_path: Path) -> None:
    found = said(tmp_path, "number,name\n1,A\n\n2,\n")
    assert found == ["sites.csv:4: sites.name: is missing"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("number,name,nmae\n1,A,B\n", "sites.csv:2: sites: unknown key 'nmae'; did you mean"),
        ("number,name\n1,A,B\n", "sites.csv:2: 3 cells where the first line has 2"),
        ("number,number\n1,1\n", "sites.csv:1: sites: a header stands here twice"),
        ('number,name\n1,"A\n', "sites: line 2 cannot be read as CSV"),
        (b"number,name\n1,\xff\n", "sites.csv:1: sites: line 2 is not UTF-8: save"),
    ],
)
def test_it_says_what_is_wrong(tmp_path: Path, table: str | bytes, words: str) -> None:
    assert words in said(tmp_path, table)[0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sites: {file: no.csv}", "there is no file no.csv in the same folder"),
        ("sites: {file: ../sites.csv}", "file names a CSV file in the same folder"),
        ("sites: {file: /etc/passwd}", "file names a CSV file in the same folder"),
        ("sites: {file: 7}", "file names a CSV file in the same folder"),
        ("sites: {fle: sites.csv}", "unknown key 'fle'; did you mean 'file'?"),
        ("sites: {}", "file names a CSV file in the same folder"),
    ],
)
def test_it_reads_only_files_beside_it(tmp_path: Path, line: str, words: str) -> None:
    (found,) = said(tmp_path, "number,name\n", line)
    assert found.startswith("p.yaml:2: sites")
    assert words in found


def test_it_takes_an_empty_table_as_no_entries(tmp_path: Path) -> None:
    assert checked(tmp_path, "").values["checked"]["sites"] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_it_reads_what_any_spreadsheet_writes(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    text = "number,name\r\n0442,Zoë\r\n".replace(",", separator)
    document = checked(tmp_path, text.encode(encoding))
    assert document.problems == []
    [entry] = document.values["checked"]["sites"]
    assert (entry["number"], entry["name"]) == ("0442", "Zoë")


def test_it_takes_off_what_keeps_a_spreadsheet_from_running_a_cell(tmp_path: Path) -> None:
    entries = checked(tmp_path, "number,name\n1,'=A\n").values["checked"]["sites"]
    assert entries[0]["name"] == "=A"


def test_a_row_of_many_lines_has_the_line_it_begins_on(tmp_path: Path) -> None:
    assert said(tmp_path, 'number,name\n"1\n2",\n')[0].startswith("sites.csv:2: ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\3\4...", "sites.csv is a workbook: save it as CSV"),
        (b"\xd0\xcf\x11\xe0...", "this is an old XLS workbook"),
        (b"number,name\n1,A\0\n", "the file holds NUL characters"),
    ],
)
def test_it_says_what_a_file_is_that_is_no_text(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in said(tmp_path, content)[0]
