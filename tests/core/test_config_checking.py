"""What the forms say of a file, in words and with lines."""

from pathlib import Path

import pytest

from apps.core.config.checking import TOP_LEVEL, check, unused
from apps.core.config.document import read_document
from tests.core import config_sections as sections

ALL = [sections.PROGRAMME, sections.PRODUCTS, sections.SITES, sections.BOARDS]
ENVIRONMENT = {"TIER": "eleven", "PASSWORD": "much-too-long"}
HEAD = "programme: {key: x}\n"


def said(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    document = read_document(tmp_path / "p.yaml", ENVIRONMENT)
    check(document, ALL, tmp_path)
    return [str(problem) for problem in document.problems]


def test_it_returns_checked_values(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(f"{HEAD}products: [{{key: 442, latitude: 41.250}}]\n")
    document = read_document(tmp_path / "p.yaml", {})
    values = check(document, ALL, tmp_path)
    assert document.problems == []
    assert values["programme"] == {"key": "x"}
    (product,) = values["products"]
    assert dict(product) == {"key": "442", "tier": 1, "kind": "web", "latitude": 41.25}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("conections: []", "unknown key 'conections'; did you mean 'connections'?"),
        ("zzzzzz: 1", "unknown key 'zzzzzz'"),
        ("products: {key: x}", "products is a list, not a mapping"),
        ("products: x", "products is a list, not a text"),
        ("products: 7", "products is a list, not a number"),
        ("products: [x]", "products: a mapping is expected here, not a text"),
        ("products: [null]", "products: a mapping is expected here, not nothing"),
        ("products: [{}]", "products.key: is missing"),
        ("products: [{key: }]", "products.key: is empty"),
        ("products: [{key: ''}]", "products.key: is empty"),
        ("products: [{key: x, nme: y}]", "products: unknown key 'nme'; did you mean 'name'?"),
        ("products: [{key: x, tier: 4}]", "products.tier: ensure this value is less than or equal"),
        ("products: [{key: x, tier: soon}]", "products.tier: a valid integer is required"),
        ("products: [{key: x, tier: true}]", "products.tier: "),
        ("products: [{key: x, kind: wep}]", "'wep' is not one of web, mobile; did you mean 'web'?"),
        ("products: [{key: x, name: true}]", "true is not text; put it in quotes"),
        ("products: [{key: x, hours: 8}]", "products.hours: "),
        ("products: [{key: x, hours: {opns: 8}}]", "products.hours: unknown key 'opns'"),
        ("products: [{key: x, words: [short, far too long]}]", "products.words: ensure this field"),
        ("products: [{key: x, latitude: north}]", "products.latitude: a valid number is required"),
    ],
)
def test_it_says_what_is_wrong(tmp_path: Path, line: str, words: str) -> None:
    found = said(tmp_path, HEAD + line + "\n")
    assert found[0].startswith("p.yaml:2: ")
    assert words in found[0]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2022-02-30", "2022-02-30 is not a day of the calendar"),
        ("02.05.2022", "'02.05.2022' is not a date; write it as 2022-05-02"),
        ("20220502", "20220502 is not a date; write it as 2022-05-02"),
    ],
)
def test_it_explains_dates(tmp_path: Path, value: str, words: str) -> None:
    found = said(tmp_path, f"programme:\n  key: x\n  first_week: {value}\n")
    assert found == [f"p.yaml:3: programme.first_week: {words}"]


def test_it_finds_everything_at_once_in_the_order_it_was_met(tmp_path: Path) -> None:
    text = (
        "programme: {key: x, first_week: 2022-02-30}\nproducts:\n"
        "  - {key: 0442}\n  - {key: a b}\n  - {key: x, hours: {opens: 123456}}\nconections: []\n"
    )
    lines = {found.split(":")[1] for found in said(tmp_path, text)}
    assert lines == {"1", "3", "4", "5", "6"}


def test_it_never_shows_a_value_that_must_not_be_read(tmp_path: Path) -> None:
    found = said(tmp_path, f"{HEAD}products: [{{key: x, password: hunter2hunter2}}]\n")
    assert found == ["p.yaml:2: products.password: cannot be used"]


def test_it_never_shows_a_value_from_the_environment(tmp_path: Path) -> None:
    found = said(tmp_path, f"{HEAD}products: [{{key: x, kind: '${{PASSWORD}}'}}]\n")
    assert "much-too-long" not in found[0]
    assert "${PASSWORD}" in found[0]


def test_it_wants_a_programme(tmp_path: Path) -> None:
    assert said(tmp_path, "products: []\n") == [
        "p.yaml:1: there is no `programme:`; all the rest belongs to it"
    ]


def test_it_takes_an_empty_section_as_an_empty_list(tmp_path: Path) -> None:
    assert said(tmp_path, f"{HEAD}products:\n") == []


def test_it_reads_a_section_without_form_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(f"{HEAD}boards: [{{anything: [1]}}]\n")
    document = read_document(tmp_path / "p.yaml", {})
    assert check(document, ALL, tmp_path)["boards"] == [{"anything": [1]}]


def test_it_knows_which_keys_this_version_reads_over(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(f"{HEAD}monitors: []\nlevers: []\n")
    document = read_document(tmp_path / "p.yaml", {})
    check(document, ALL, tmp_path)
    assert document.problems == []
    assert unused(document, ALL) == ["monitors", "levers"]


def test_it_knows_every_key_of_the_contract() -> None:
    assert len(TOP_LEVEL) == 25
