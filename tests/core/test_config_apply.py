"""`manage.py apply`: everything or nothing, and what is printed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from apps.core.config.problems import Refused
from apps.core.config.run import Request, apply_file
from apps.core.models import Heartbeat
from tests.core.config_sections import AT

pytestmark = pytest.mark.django_db
HEAD = "programme: {key: x, first_week: 2022-05-02}\n"


@pytest.fixture(autouse=True)
def _sections(settings: Settings) -> Iterator[None]:
    settings.CONFIG_SECTIONS = "tests.core.config_sections.SECTIONS"
    yield
    assert not Heartbeat.objects.filter(name="never").exists()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "p.yaml"


def applied(
    capsys: pytest.CaptureFixture[str], file: Path, text: str, *options: str
) -> tuple[str, str]:
    """What the command printed on standard output and on standard error."""
    file.write_text(text, encoding="utf-8")
    call_command("apply", str(file), *options)
    said = capsys.readouterr()
    return said.out, said.err


def refused(capsys: pytest.CaptureFixture[str], file: Path, text: str) -> tuple[str, str]:
    with pytest.raises(SystemExit) as stopped:
        applied(capsys, file, text)
    assert stopped.value.code == 1
    said = capsys.readouterr()
    return said.out, said.err


def test_it_prints_what_changed_and_the_sum(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    text = f"{HEAD}products: [{{key: a, name: First}}, {{key: b}}]\nmonitors: []\n"
    assert applied(capsys, file, text)[0].splitlines() == [
        "+ product a: First",
        "+ product b",
        "monitors: read, not used by this version",
        "2 added, 1 unchanged",
    ]


def test_it_changes_nothing_the_second_time(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    applied(capsys, file, f"{HEAD}products: [{{key: a}}]\n")
    out, _ = applied(capsys, file, f"{HEAD}products: [{{key: a}}]\n")
    assert out == "2 unchanged\n"


def test_it_prints_the_same_when_dry_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    dry, _ = applied(capsys, file, f"{HEAD}products: [{{key: never}}]\n", "--dry-run")
    assert dry == "+ product never\n1 added, 1 unchanged\nDry run: nothing was changed.\n"


def test_it_refuses_all_of_a_file_with_one_wrong_value(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    out, err = refused(capsys, file, f"{HEAD}products:\n  - {{key: never}}\n  - {{kye: b}}\n")
    assert out == ""
    assert err.splitlines() == [
        "p.yaml:4: products.key: is missing",
        "p.yaml:4: products: unknown key 'kye'; did you mean 'key'?",
        "Nothing was changed.",
    ]


def test_it_undoes_everything_when_a_section_finds_something_wrong(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    text = f"{HEAD}products:\n  - {{key: never}}\n  - {{key: later-wrong}}\n"
    _, err = refused(capsys, file, text)
    assert err.splitlines()[0] == "p.yaml:4: products.key: there is no queue 'x'"


def test_it_tells_everything_a_section_finds_wrong(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    text = f"{HEAD}products:\n  - {{key: refused-1}}\n  - {{key: refused-2}}\n"
    _, err = refused(capsys, file, text)
    assert [line.split(" ")[0] for line in err.splitlines()] == [
        "p.yaml:3:",
        "p.yaml:4:",
        "Nothing",
    ]
    assert not Heartbeat.objects.exists()


def test_it_shows_the_first_twenty_lines_of_a_section(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    sites = "".join(f"  - {{number: s{n}, name: S}}\n" for n in range(130))
    out, _ = applied(capsys, file, f"{HEAD}sites:\n{sites}")
    lines = out.splitlines()
    assert len(lines) == 22
    assert lines[20:] == ["  … and 110 more (--verbosity 2 shows all)", "130 added, 1 unchanged"]


def test_it_shows_all_lines_when_asked(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    sites = "".join(f"  - {{number: s{n}, name: S}}\n" for n in range(130))
    out, _ = applied(capsys, file, f"{HEAD}sites:\n{sites}", "--verbosity", "2")
    assert len(out.splitlines()) == 131


def test_it_hides_what_came_from_the_environment(
    capsys: pytest.CaptureFixture[str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_NAME", "correct horse")
    out, _ = applied(capsys, file, HEAD + "sites: [{number: '1', name: '${SITE_NAME}'}]\n")
    assert out.startswith("+ site 1 ${SITE_NAME}\n")


def test_it_says_when_there_is_no_such_file(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    with pytest.raises(SystemExit):
        call_command("apply", str(file))
    assert f"{file}: there is no such file" in capsys.readouterr().err


def test_it_moves_the_programme_when_asked(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text(HEAD)
    moved = apply_file(Request(path=file, now=AT, actor="system", shift_to_today=True))
    assert [note.detail for note in moved.notes] == ["2022-05-23"]


def test_it_hands_on_who_when_and_why(file: Path) -> None:
    file.write_text(f"{HEAD}boards: {{a: 1}}\n")
    outcome = apply_file(Request(path=file, now=AT, actor="ana", reason="because"))
    assert outcome.notes[1].detail == "{'a': 1} ana because 2022-05-02"
    assert [(note.section, note.verb) for note in outcome.notes] == [
        ("programme", "="),
        ("boards", "~"),
    ]


@pytest.mark.parametrize("text", ["products: [", "a: 0442"])
def test_a_refusal_has_a_line_for_each_problem(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(Refused) as refusal:
        apply_file(Request(path=file, now=AT, actor="system"))
    assert len(str(refusal.value).splitlines()) == len(refusal.value.problems) > 0
