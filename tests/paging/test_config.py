"""programme.yaml: escalations applied, refused with the line, exported."""

from pathlib import Path

import pytest
from pytest_django import Settings

from apps.core.config.problems import Refused
from apps.core.config.run import Request, apply_file
from apps.core.config.writing import export_text
from apps.ledger.models import Change
from apps.paging.config import ESCALATIONS
from apps.paging.models import EscalationPolicy
from apps.paging.services import ensure_policy
from apps.rollouts.config.programme import PROGRAMME
from apps.rollouts.models import Programme
from tests.paging.rows import NOW

pytestmark = pytest.mark.django_db
SECTIONS = ("apps.rollouts.config.programme.PROGRAMME", "apps.rollouts.config.people.PEOPLE",
            "apps.paging.config.ESCALATIONS")  # fmt: skip
HEAD = """\
programme: {key: check-in, name: Check-in, first_week: 2022-05-02, last_week: 2022-08-22, \
time_zone: America/New_York}
people:
  - {username: ana, name: Ana Ortiz, role: engineer}
escalations:
"""
LOUD = """\
  - {key: loud, name: Loud, causes: [severity_one],
     steps: [{wait: 0, tell: [duty primary, "channel dsva:C1"]}, {wait: 2.5, tell: [person ana]}],
     last_resort: [role dm], last_wait: 15, rounds: 2}
"""


@pytest.fixture(autouse=True)
def _sections(settings: Settings) -> None:
    settings.CONFIG_SECTIONS = "tests.paging.test_config.SECTIONS"


def apply(folder: Path, text: str) -> list[str]:
    path = folder / "programme.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    notes = apply_file(Request(path=path, now=NOW, actor="adi")).notes
    return [str(note) for note in notes if note.section == "escalations"]


def refused(folder: Path, text: str) -> str:
    with pytest.raises(Refused) as said:
        apply(folder, text)
    return str(said.value)


def test_a_policy_is_applied_once(tmp_path: Path) -> None:
    assert apply(tmp_path, LOUD) == ["+ escalation loud"]
    assert apply(tmp_path, LOUD) == ["= escalation loud"]
    row = EscalationPolicy.objects.get()
    steps = [(step.wait, step.targets) for step in row.steps.all()]
    assert steps == [(0, ["duty primary", "channel dsva:C1"]), (150, ["person ana"])]
    assert (row.last_wait, row.rounds, row.on_severity_one) == (900, 2, True)


def test_a_change_is_a_line_of_the_diff_and_of_the_ledger(tmp_path: Path) -> None:
    apply(tmp_path, LOUD)
    (line,) = apply(tmp_path, LOUD.replace("rounds: 2", "rounds: 3"))
    assert line == "~ escalation loud: rounds 2 → 3"
    told = Change.objects.filter(subject="escalation").latest("id")
    assert (told.verb, told.fields) == ("changed", {"rounds": [2, 3]})


def test_what_is_exported_is_no_change(tmp_path: Path) -> None:
    apply(tmp_path, LOUD)
    text = export_text(Programme.objects.get(), [PROGRAMME, ESCALATIONS])
    assert "wait: 2.5" in text
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    again = apply_file(Request(path=tmp_path / "again.yaml", now=NOW, actor="adi")).notes
    assert [str(one) for one in again if one.section == "escalations"] == ["= escalation loud"]


def test_the_default_may_give_a_cause_to_another(tmp_path: Path) -> None:
    apply(tmp_path, LOUD)
    EscalationPolicy.objects.all().delete()
    ensure_policy(Programme.objects.get(), now=NOW)
    default = """\
  - {key: default, name: Default, causes: [silence], steps: [], last_resort: [role dm]}
"""
    assert sorted(apply(tmp_path, LOUD + default))[0] == "+ escalation loud"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("person ana", "person anna", "nobody here is called 'anna'"),
        ("duty primary", "boss primary", "names nobody"),
        ("duty primary", "role dmm", "there is no role 'dmm'; there are engineer, pm, dm"),
        ("[severity_one]", "[severity_two]", "severity_two"),
        ("last_resort: [role dm]", "last_resort: []", "may not be empty"),
        ("last_resort: [role dm]", 'last_resort: ["channel dsva:C1"]', "a channel is nobody"),
        ("last_wait: 15", "last_wait: 0.5", "last_wait"),
        ("rounds: 2", "rounds: 10", "rounds"),
        ("wait: 0,", "wait: -1,", "wait"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    assert words in refused(tmp_path, LOUD.replace(before, after))
    assert not EscalationPolicy.objects.exists()


def test_two_policies_for_one_cause_are_refused(tmp_path: Path) -> None:
    other = LOUD.replace("key: loud", "key: other")
    assert "another policy answers" in refused(tmp_path, LOUD + other)
    assert "a second time" in refused(tmp_path, LOUD + LOUD)
