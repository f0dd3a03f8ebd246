"""Writing a programme.yaml that reads back as what is stored."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from apps.core.config import FromEnvironment, Section
from apps.core.config.document import read_document
from apps.core.config.writing import export_text
from tests import build
from tests.core import config_sections as sections

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=3),
    max_leaves=12,
)  # fmt: skip


def exported(value: Any) -> str:
    return export_text(None, [Section("products", None, lambda *_: None, lambda _: value)])


def read_back(folder: Path, text: str, environment: dict[str, str]) -> Any:
    (folder / "p.yaml").write_text(text, encoding="utf-8")
    document = read_document(folder / "p.yaml", environment)
    assert document.problems == []
    return document.values["products"]


def test_it_writes_one_line_for_each_entry(tmp_path: Path) -> None:
    text = export_text("check-in", [sections.PROGRAMME, sections.PRODUCTS, sections.BOARDS])
    assert text.splitlines() == [
        "programme: {key: check-in}",
        "products:",
        "  - {key: \"442\", name: 'a $${b}', password: '${A_PASSWORD}'}",
        "  - {key: \"true\", name: 'yes: it''s #1'}",
    ]


def test_it_reads_back_with_the_secrets_of_the_environment(tmp_path: Path) -> None:
    text = export_text("check-in", [sections.PRODUCTS])
    first, second = read_back(tmp_path, text, {"A_PASSWORD": "s"})
    assert first == {"key": "442", "name": "a ${b}", "password": "s"}
    assert second == {"key": "true", "name": "yes: it's #1"}


@pytest.mark.parametrize(
    "word", ["442", "0442", "442E1", "10:30", "true", "yes", "null", "~", "", "2022-05-02", "a: b"]
)
def test_a_text_stays_a_text_here_and_for_other_tools(tmp_path: Path, word: str) -> None:
    text = exported([{"key": [word]}])
    assert read_back(tmp_path, text, {}) == [{"key": [word]}]
    assert yaml.safe_load(text) == {"products": [{"key": [word]}]}


@given(st.lists(PLAIN, min_size=1, max_size=3))
def test_whatever_it_writes_reads_back(
    tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    folder = tmp_path_factory.getbasetemp()
    assert read_back(folder, exported([value]), {}) == [value]


def test_it_leaves_out_what_is_empty() -> None:
    assert exported([]) == exported(None) == exported({}) == ""


def test_an_entry_has_only_keys_that_say_something() -> None:
    text = exported([{"key": "a", "name": "", "site": None, "ours": False, "tier": 0}])
    assert text == "products:\n  - {key: a, ours: false, tier: 0}\n"


def test_a_name_of_the_environment_is_no_plain_text() -> None:
    assert exported({"a": FromEnvironment("B"), "c": "${B}"}).count("$${B}") == 1


@pytest.mark.django_db
class TestCommand:
    """`manage.py export`"""

    @pytest.fixture(autouse=True)
    def _sections(self, settings: Settings) -> None:
        settings.CONFIG_SECTIONS = "tests.core.config_sections.SECTIONS"

    def test_it_writes_the_only_programme(self, capsys: pytest.CaptureFixture[str]) -> None:
        build.programme(key="x")
        call_command("export")
        assert capsys.readouterr().out.startswith("programme: {key: ")

    def test_it_says_when_there_is_none(self) -> None:
        with pytest.raises(CommandError, match="there is no programme yet"):
            call_command("export")

    def test_it_asks_which_when_there_are_several(self) -> None:
        build.programme(key="x")
        build.programme(key="y")
        with pytest.raises(CommandError, match="--programme KEY: x, y"):
            call_command("export")

    def test_it_suggests_a_key(self) -> None:
        build.programme(key="check-in")
        with pytest.raises(CommandError, match="no programme 'chek-in'; did you mean 'check-in'"):
            call_command("export", programme="chek-in")

    def test_it_takes_the_key(self, capsys: pytest.CaptureFixture[str]) -> None:
        build.programme(key="x")
        build.programme(key="y")
        call_command("export", programme="y")
        assert "programme:" in capsys.readouterr().out
