"""Whatever stands in a file: it is read, or refused in words with its lines."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.core.config.checking import check
from apps.core.config.document import read_document
from apps.core.config.problems import Refused
from tests.core import config_sections as sections

ALL = [sections.PROGRAMME, sections.PRODUCTS, sections.SITES, sections.BOARDS]
WORDS = st.sampled_from(
    ["programme", "products", "sites", "key", "number", "name", "file", "x", "0442", "2022-02-30",
     "${A}", "${A:-b}", "true", "~", ": ", "- ", "\n", "\n  ", "{", "}", "[", "]", ", ", "&a ",
     "*a", "<<", "'", '"', "|\n", "#", "!!set ", "---\n", "\t", "\x00", "é", "\ud7ff"]
)  # fmt: skip
YAML = st.lists(WORDS, max_size=40).map("".join)


def read(folder: Path, name: str, content: bytes) -> list[str]:
    """The problems of a file, read and checked."""
    (folder / name).write_bytes(content)
    try:
        document = read_document(folder / "any.yaml", {})
        check(document, ALL, folder)
    except Refused as refused:
        return [str(problem) for problem in refused.problems]
    return [str(problem) for problem in document.problems]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


@settings(max_examples=300, deadline=None)
@given(text=YAML)
@example(text="programme: {key: x}\nproducts: [{key: [a]}]")
@example(text="programme: [1]")
@example(text="? [a]\n: b")
@example(text="? {a: b}\n: c\n? {d: e}\n: f")
@example(text="programme: {key: x}\nsites: {file: any.yaml}")
@example(text="programme: {key: x}\nproducts: [{key: x, hours: {opens: {a: 1}}}]")
def test_any_text_is_read_or_refused(folder: Path, text: str) -> None:
    problems = read(folder, "any.yaml", text.encode())
    assert all(problem.startswith("any.yaml") for problem in problems)
    assert all("\n" not in problem for problem in problems)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(folder: Path, content: bytes) -> None:
    problems = read(folder, "any.yaml", content)
    assert all(problem.startswith("any.yaml") for problem in problems)


@settings(max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=80)
    | st.text("number,ame\n\r\"'; \x00é", max_size=80).map(str.encode)
)
def test_any_table_is_read_or_refused(folder: Path, content: bytes) -> None:
    (folder / "any.yaml").write_text("programme: {key: x}\nsites: {file: sites.csv}\n")
    for problem in read(folder, "sites.csv", content):
        assert problem.startswith(("any.yaml:2: ", "sites.csv:"))
