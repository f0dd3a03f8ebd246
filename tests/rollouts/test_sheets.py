"""Tables of any make: encodings, line ends, separators, headers; what is written is stable."""

import io
import zipfile
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.rollouts.rules.cells import text_of
from apps.rollouts.sheets import BadFile, NoColumn, Table, csv_of, read_table, xlsx_of

HEADERS = {"site": ("station", "number"), "planned_on": ("go live date",), "scope": ()}
NEEDED = ("site", "planned_on")
TEXT = "Station,Go-live date,Note\r\n442,2022-05-02,ä\r\n\r\n442GC,2022-05-09,\r\n"


def read(content: bytes | str, **named: str) -> Table:
    plain = content.encode() if isinstance(content, str) else content
    return read_table(plain, HEADERS, NEEDED, named)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(), b"\xef\xbb\xbf" + TEXT.encode(), TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"), b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-be"), TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("\r\n", "\r").encode(), TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(), ("\r\n\r\n" + TEXT).encode(),
        TEXT.replace(",", "\t").encode("utf-16"),
    ],
)  # fmt: skip
def test_any_csv_is_read(content: bytes) -> None:
    table = read(content)
    assert [cells["site"] for _, cells in table.rows] == ["442", "442GC"]
    assert [cells["planned_on"] for _, cells in table.rows] == ["2022-05-02", "2022-05-09"]
    assert table.others == ["Note"]
    assert table.headers == {"site": "Station", "planned_on": "Go-live date"}


def test_a_line_that_tells_the_separator_is_believed() -> None:
    table = read("sep=;\nsite;planned_on;scope\n442;2022-05-02;a,b,c,d\n")
    assert table.rows == [(3, {"site": "442", "planned_on": "2022-05-02", "scope": "a,b,c,d"})]


def test_lines_are_counted_as_an_editor_shows_them() -> None:
    text = 'site,planned_on,scope\n442,2022-05-02,"two\nlines"\n\n443,2022-05-09,\n'
    assert [line for line, _ in read(text).rows] == [2, 5]


def test_a_short_row_has_empty_cells() -> None:
    (row,) = read("site,planned_on,scope\n442,2022-05-02\n").rows
    assert row[1] == {"site": "442", "planned_on": "2022-05-02", "scope": None}


def test_a_long_row_is_told_and_the_others_are_read() -> None:
    table = read("site,planned_on\n442,2022-05-02,more\n443,2022-05-02\n")
    assert table.faults == [(2, "has more cells than there are headers")]
    assert [line for line, _ in table.rows] == [3]


def test_what_is_kept_as_text_and_what_is_guarded_is_read_as_it_was_meant() -> None:
    table = read("site,planned_on,scope\n=\"042\",2022-05-02,'=1+1\n442,2022-05-02,'tis\n")
    assert [(cells["site"], cells["scope"]) for _, cells in table.rows] == [
        ("042", "=1+1"), ("442", "'tis"),
    ]  # fmt: skip


def test_lines_above_the_headers_are_left_out_with_a_word() -> None:
    table = read("Roll-out 2022,,\nas of May,,\nsite,planned_on,\n442,2022-05-02,\n")
    assert [line for line, _ in table.rows] == [4]
    assert table.notes == ["lines 1 to 2 above the headers say no header, and are left out"]


def test_a_column_without_a_header_is_left_out_with_a_word() -> None:
    table = read("site,,planned_on\n442,x,2022-05-02\n")
    assert table.notes == ["column B has no header, and is left out"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b"\xef\xbb\xbf", "missing|empty"), (b" \r\n;;\n", "empty"),
        (b"site,planned_on\n\xff442,2022\n", "line 2 is not UTF-8"),
        ("site,planned_on\nä,2022\n".encode("latin-1"), "line 2 is not UTF-8"),
        (b"\xff\xfes\0i\0t", "is not UTF-16"),
        (b"site,planned_on\n4\x0042,2022-05-02\n", "NUL"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old XLS workbook, or one with a password"),
        (b'site,planned_on\n442,"2022\n', "cannot be read as CSV"),
        (b"PK\x03\x04 nonsense", "cannot be read as XLSX"),
        (b"site,planned_on\n" + b"442,2022-05-02\n" * 50_001, "more than 50,000 rows"),
        (b"site,planned_on\n" + b"x" * 10_000_001, "larger than 10 MB"),
        (b"site,planned_on\n" + b"x" * 200_000, "cannot be read as CSV"),
        ((",".join(f"c{n}" for n in range(61)) + "\n").encode(), "more than 60 columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(content: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        read(content)


@pytest.mark.parametrize(
    ("text", "words", "given"),
    [
        ("site,station,planned_on\n", "site and station; say which one counts",
         {"site": "site", "station": "site", "planned_on": "planned_on"}),
        ("site,site,planned_on\n", "site and site; take one out",
         {"site": "site", "planned_on": "planned_on"}),
        ("site,when\n442,2022\n", "planned_on is missing; line 1 has: site, when",
         {"site": "site", "when": ""}),
        ("site,planed_on\n", "is 'planed_on' meant for planned_on",
         {"site": "site", "planed_on": ""}),
    ],
)  # fmt: skip
def test_headers_that_cannot_be_told_are_asked_for(
    text: str, words: str, given: dict[str, str]
) -> None:
    with pytest.raises(NoColumn, match=words) as caught:
        read(text)
    assert caught.value.given == given


def test_what_somebody_said_of_a_header_counts() -> None:
    said = {"sta3n": "site", "start": "planned_on", "site": ""}
    table = read("sta3n,Start,site\n442,2022-05-02,Omaha\n", **said)
    assert table.rows == [(2, {"site": "442", "planned_on": "2022-05-02"})]
    assert table.others == ["site"]
    assert table.given == {"sta3n": "site", "Start": "planned_on", "site": ""}


def test_doubled_headers_that_mean_nothing_do_no_harm() -> None:
    assert read("site,note,planned_on,note\n442,a,2022-05-02,b\n").others == ["note", "note"]


ROWS = [["442E1", "2022-05-02", "=HYPERLINK(1)"], ["0442", "2022-05-09", "-2 clinics"]]
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
FORMULAS = st.text(st.sampled_from("'=+-@\t\r\n\"；;,_x000D_ ＝"), max_size=8)


def taken(content: bytes) -> list[str]:
    return [text_of(cells["scope"]) for _, cells in read(content).rows]


@pytest.mark.parametrize("write", [csv_of, xlsx_of])
@settings(deadline=None)
@given(texts=st.lists(CELLS | FORMULAS, max_size=4))
def test_any_text_that_is_written_is_read_back(write: Any, texts: list[str]) -> None:
    rows = [["442", "2022-05-02", text] for text in texts]
    content = write(["site", "planned_on", "scope"], rows)
    assert taken(content) == [text.strip() for text in texts]
    assert write(["site", "planned_on", "scope"], rows) == content


@given(texts=st.lists(CELLS | FORMULAS, min_size=1, max_size=3))
def test_no_cell_of_a_csv_is_run(texts: list[str]) -> None:
    lines = csv_of(["scope"], [[text] for text in texts]).decode()
    for text in texts:
        if text[:1] in set("=+-@\t\r\n＝＋－＠"):
            quoted = text.replace('"', '""')
            assert f"'{quoted}" in lines


@pytest.mark.parametrize("write", [csv_of, xlsx_of])
def test_equal_rows_give_equal_bytes(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(["site"], ROWS)
    monkeypatch.setenv("TZ", "Asia/Manila")
    assert write(["site"], ROWS) == first


def test_no_cell_of_a_workbook_is_a_formula_and_every_one_is_text() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_of(["scope"], [["=1+1"], ["442E1"]]))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert sheet.count(b't="inlineStr"') == 3


@settings(deadline=None, max_examples=200)
@given(content=st.binary(max_size=200) | CELLS.map(str.encode))
def test_any_file_is_a_table_or_is_refused_in_words(content: bytes) -> None:
    with suppress(BadFile):
        assert read(content).headers
