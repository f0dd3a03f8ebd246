"""A YAML file as plain values that know their lines."""

from pathlib import Path

import pytest

from apps.core.config.document import Document, read_document
from apps.core.config.nodes import MOST_VALUES
from apps.core.config.problems import Refused

ENVIRONMENT = {"SNOW_PASSWORD": "correct horse"}


def read(tmp_path: Path, text: str) -> Document:
    file = tmp_path / "programme.yaml"
    file.write_text(text, encoding="utf-8")
    return read_document(file, ENVIRONMENT)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(Refused) as refused:
        read(tmp_path, text)
    return str(refused.value)


def problems(tmp_path: Path, text: str) -> list[str]:
    return [str(problem) for problem in read(tmp_path, text).problems]


def test_it_reads_plain_values(tmp_path: Path) -> None:
    document = read(tmp_path, "a: {b: [1, two, 3.5, null, yes]}\n442: '0442'\n")
    assert document.values == {"a": {"b": [1, "two", 3.5, None, "yes"]}, "442": "0442"}
    assert document.problems == []


def test_it_knows_the_line_of_every_value(tmp_path: Path) -> None:
    document = read(tmp_path, "a:\n  - key: x\n\n    name: y\n  - key: z\n")
    assert document.place(("a", 0, "key")).line == 2
    assert document.place(("a", 0, "name")).line == 4
    assert document.place(("a", 1)).line == 5


def test_it_places_what_is_not_there_at_what_is_around_it(tmp_path: Path) -> None:
    document = read(tmp_path, "a:\n  - key: x\n")
    assert document.place(("a", 0, "name", "deeper")).line == 2
    assert document.place(("b",)).line == 1


def test_it_keeps_dates_as_text(tmp_path: Path) -> None:
    assert read(tmp_path, "on: 2022-05-02\n").values == {"on": "2022-05-02"}


def test_it_takes_values_from_the_environment(tmp_path: Path) -> None:
    document = read(tmp_path, "a: ${SNOW_PASSWORD}\nb: '${NOT_SET:-x}'\n")
    assert document.values == {"a": "correct horse", "b": "x"}


def test_it_names_a_missing_variable_with_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, "a: 1\nb: ${NOT_SET}\n") == [
        "programme.yaml:2: the environment has no NOT_SET"
    ]


def test_it_tells_to_quote_a_number_that_is_none(tmp_path: Path) -> None:
    assert problems(tmp_path, "a:\n  number: 0442\n") == [
        'programme.yaml:2: 0442 may be read as another number; put it in quotes: "0442"'
    ]


def test_it_refuses_a_key_twice_and_says_both_lines(tmp_path: Path) -> None:
    assert problems(tmp_path, "a: 1\nb: 2\na: 3\n") == [
        "programme.yaml:3: the key 'a' stands here again; first in line 1"
    ]


def test_it_finds_all_problems(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "a: 0442\nb: ${X}\nc: {d: 1, d: 2}\ne: !!set {x}\n")) == 4


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['true']", "!mine x", "!!binary eA==", "!!set {a}"]
)
def test_it_refuses_tags_that_make_objects(tmp_path: Path, tag: str) -> None:
    (problem,) = problems(tmp_path, f"a: {tag}\n")
    assert problem.startswith("programme.yaml:1: the tag ")
    assert problem.endswith(" is not allowed")


def test_it_follows_anchors_and_merges(tmp_path: Path) -> None:
    text = "a: &base {zone: UTC, tier: 1}\nb: {<<: *base, tier: 2}\nc: *base\n"
    values = read(tmp_path, text).values
    assert values["b"] == {"zone": "UTC", "tier": 2}
    assert values["c"] == {"zone": "UTC", "tier": 1}


def test_it_refuses_a_merge_of_something_else(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "a: {<<: 1}\n")
    assert "<< takes a mapping" in problem


def test_it_stops_anchors_that_explode(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "anchors repeat too much" in refusal(tmp_path, "\n".join(lines))
    assert MOST_VALUES < 10**9


def test_it_stops_an_anchor_that_holds_itself(tmp_path: Path) -> None:
    assert "nested too deeply" in refusal(tmp_path, "a: &a [*a]\n")


def test_it_stops_deep_nesting(tmp_path: Path) -> None:
    assert "nested too deeply" in refusal(tmp_path, "a: " + "[" * 5000 + "]" * 5000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1\n", "programme.yaml:2: this is not YAML: while parsing a flow sequence"),
        ("a: 1\n---\nb: 2\n", "programme.yaml:2: this is not YAML: expected a single document"),
        ("a: {b: ${X}}\n", 'in braces a variable needs quotes: "${NAME}"'),
        ("a: *nobody\n", "programme.yaml:1: this is not YAML: found undefined alias 'nobody'"),
        ("a: \x01\n", "programme.yaml: unacceptable character #x0001"),
        ("- a\n", "programme.yaml:1: is not a mapping"),
        ("", "programme.yaml:1: is not a mapping"),
        ("# nothing\n", "programme.yaml:1: is not a mapping"),
    ],
)
def test_it_says_why_a_file_cannot_be_read(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(tmp_path, text)


def test_it_says_which_files_there_are_when_this_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").touch()
    with pytest.raises(Refused, match=r"programm\.yaml: there is no such file; beside it: other"):
        read_document(tmp_path / "programm.yaml", {})


def test_it_refuses_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Is a directory"):
        read_document(tmp_path, {})


def test_it_refuses_other_encodings(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("a: é\n".encode("latin-1"))
    with pytest.raises(Refused, match=r"is not UTF-8 text \(byte 3\)"):
        read_document(tmp_path / "a.yaml", {})


def test_it_refuses_a_file_that_is_too_large(tmp_path: Path) -> None:
    assert "larger than 1 MiB" in refusal(tmp_path, "a: " + "x" * 1024 * 1024)


def test_it_hides_values_from_outside_in_complaints(tmp_path: Path) -> None:
    document = read(tmp_path, "a: ${SNOW_PASSWORD}\n")
    document.complain(("a",), "'correct horse' is no number")
    assert str(document.problems[0]) == "programme.yaml:1: '${SNOW_PASSWORD}' is no number"


def test_it_complains_once_about_one_value(tmp_path: Path) -> None:
    document = read(tmp_path, "a: {b: '${X}'}\n")
    document.complain(("a", "b"), "is empty")
    document.complain(("a", "b", "c"), "is empty")
    assert len(document.problems) == 1
