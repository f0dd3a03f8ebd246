"""programme.yaml: rotas applied, shifted, refused with the line, exported."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from apps.core.config.problems import Refused
from apps.core.config.run import Request, apply_file
from apps.core.config.writing import export_text
from apps.oncall.config import ROTAS
from apps.oncall.models import Rota, RotaVersion
from apps.oncall.rules import final_schedule
from apps.rollouts.config.programme import PROGRAMME
from apps.rollouts.models import Programme
from tests.oncall.facts import local

pytestmark = pytest.mark.django_db
SECTIONS = ("apps.rollouts.config.programme.PROGRAMME", "apps.rollouts.config.people.PEOPLE",
            "apps.oncall.config.ROTAS")  # fmt: skip
NOW = datetime(2022, 4, 1, 12, tzinfo=UTC)
HEAD = """\
programme: {key: check-in, name: Check-in, first_week: 2022-05-02, last_week: 2022-08-22, \
time_zone: America/New_York}
people:
  - {username: ana, name: Ana Ortiz, role: engineer}
  - {username: ben, name: Ben Boyd, role: engineer}
rotas:
"""
ROTA = """\
  - {key: support, name: Roll-out support, time_zone: America/New_York, unit: week, \
hand_off: "mon 08:00", starts_on: 2022-05-02, windows: {mon-fri: "08:00-20:00"},
     duties: {primary: [ana, ben], backup: [ben, ana]}}
"""


@pytest.fixture(autouse=True)
def _sections(settings: Settings) -> None:
    settings.CONFIG_SECTIONS = "tests.oncall.test_config.SECTIONS"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def apply(
    folder: Path, rotas: str, *, now: datetime = NOW, shift_to_today: bool = False
) -> list[str]:
    """Apply people and `rotas`; returns the lines of the diff about rotas."""
    path = folder / "programme.yaml"
    path.write_text(HEAD + rotas, encoding="utf-8")
    request = Request(path=path, now=now, actor="adi", shift_to_today=shift_to_today)
    notes = apply_file(request).notes
    return [str(note) for note in notes if note.section == "rotas"]


def refused(folder: Path, rotas: str, now: datetime = NOW) -> list[str]:
    with pytest.raises(Refused) as said:
        apply(folder, rotas, now=now)
    return str(said.value).splitlines()


def test_the_rota_of_the_contract_is_applied(folder: Path) -> None:
    assert apply(folder, ROTA) == ["+ rota support"]
    facts = Rota.objects.with_facts().get().facts()
    shifts = final_schedule(facts, local("2022-05-02T00:00"), local("2022-05-03T00:00"))
    assert [(one.duty, one.person_key) for one in shifts] == [("primary", "ana"), ("backup", "ben")]
    assert shifts[0].start == local("2022-05-02T08:00")


def test_applying_again_changes_nothing(folder: Path) -> None:
    apply(folder, ROTA)
    assert apply(folder, ROTA) == ["= rota support"]
    assert RotaVersion.objects.count() == 1


def test_an_edit_is_a_new_version_from_now(folder: Path) -> None:
    apply(folder, ROTA)
    wednesday = datetime(2022, 5, 11, 19, tzinfo=UTC)
    edited = ROTA.replace("mon 08:00", "tue 09:00")
    assert apply(folder, edited, now=wednesday) == [
        "~ rota support: hand_off 'mon 08:00' → 'tue 09:00'"
    ]
    assert [row.effective_from for row in RotaVersion.objects.all()] == [
        date(2022, 5, 2),
        date(2022, 5, 11),
    ]


def test_an_edit_may_name_its_day(folder: Path) -> None:
    apply(folder, ROTA)
    later = ROTA.replace("mon 08:00", "tue 09:00").replace(
        "starts_on", "effective_from: 2022-06-01, starts_on"
    )
    apply(folder, later)
    assert RotaVersion.objects.last().effective_from == date(2022, 6, 1)  # type: ignore[union-attr]  # two rows
    said = refused(folder, later.replace("09:00", "10:00"), datetime(2022, 6, 9, tzinfo=UTC))
    words = "2022-06-01 is past, and an edit leaves the past as it was"
    assert said == [f"programme.yaml:6: rotas.effective_from: {words}"]


def test_dates_move_with_the_programme(folder: Path) -> None:
    apply(folder, ROTA, now=datetime(2026, 7, 1, tzinfo=UTC), shift_to_today=True)
    weeks = Programme.objects.get().shift_weeks
    assert weeks
    version = RotaVersion.objects.get()
    assert (version.starts_on - date(2022, 5, 2)).days == 7 * weeks
    assert version.starts_on.weekday() == 0


def test_people_may_come_and_go(folder: Path) -> None:
    apply(folder, ROTA.replace("[ana, ben]", "[ana, {person: ben, ends_on: 2022-06-30}]"))
    last = Rota.objects.with_facts().get().facts().versions[0].duties[0].turns[1]
    assert (last.person, last.starts_on, last.ends_on) == ("ben", None, date(2022, 6, 30))


def test_windows_left_out_mean_always(folder: Path) -> None:
    apply(folder, ROTA.replace(', windows: {mon-fri: "08:00-20:00"}', ""))
    assert RotaVersion.objects.get().windows is None


def test_rotas_not_named_stay(folder: Path) -> None:
    apply(folder, ROTA)
    apply(folder, ROTA.replace("support,", "other,"))
    assert set(Rota.objects.values_list("key", flat=True)) == {"support", "other"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[ana, ben]", "[ana, bem]",
         "7: rotas.duties.primary: nobody here is called 'bem'; did you mean 'ben'?"),
        ("[ana, ben]", "[]", "7: rotas.duties.primary: this list may not be empty"),
        ("[ana, ben]", "[ana, 7]", "7: rotas.duties.primary: write a username, or "),
        ("[ana, ben]", "[{person: ana, until: 2022-06-01}]",
         "7: rotas.duties.primary: unknown key 'until'"),
        ("[ana, ben]", "[ana, ana]", "7: rotas.duties: primary names somebody twice"),
        ("08:00-20:00", "08:00-25:00", "6: rotas.windows: “25:00” is not a time of day"),
        ("mon-fri", "mon-fry", "6: rotas.windows: “fry” is not a weekday"),
        (' hand_off: "mon 08:00",', "", "6: rotas.hand_off: say when, such as mon 08:00"),
        ("mon 08:00", "08:00", "6: rotas.hand_off: a hand-off each week needs its weekday"),
        ("mon 08:00", "mon 8 o'clock", "6: rotas.hand_off: “o'clock” is not a time of day"),
        ("unit: week", "unit: weeks",
         "6: rotas.unit: 'weeks' is not one of shift, day, week, sprint; did you mean 'week'?"),
        ("America/New_York, unit", "America/New_Yrok, unit", "6: rotas.time_zone: "),
        ("hand_off", "handoff", "6: rotas: unknown key 'handoff'; did you mean 'hand_off'?"),
        ("2022-05-02, windows", "2022-02-30, windows",
         "6: rotas.starts_on: 2022-02-30 is not a day of the calendar"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_its_line(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    said = refused(folder, ROTA.replace(old, new))
    assert any(line.startswith(f"programme.yaml:{complaint}") for line in said), said
    assert not Rota.objects.exists()


def test_what_a_rota_mutes_is_applied_exported_and_stays_when_it_is_left_out(folder: Path) -> None:
    muting = ROTA.replace("unit: week", 'mute: "tag:service:check-in", unit: week')
    assert apply(folder, muting) == ["+ rota support"]
    assert apply(folder, muting) == ["= rota support"]
    assert Rota.objects.get().mute == "tag:service:check-in"
    text = export_text(Programme.objects.get(), [PROGRAMME, ROTAS])
    assert "mute: tag:service:check-in" in text.replace('"', "").replace("'", "")
    assert apply(folder, ROTA) == ["= rota support"]
    assert Rota.objects.get().mute == "tag:service:check-in"
    [line] = apply(folder, muting.replace("tag:service:check-in", "monitor:7"))
    assert "mute" in line
    assert Rota.objects.get().mute == "monitor:7"
    assert RotaVersion.objects.count() == 1


def test_everybody_unknown_is_named_at_once(folder: Path) -> None:
    assert len(refused(folder, ROTA.replace("ana", "anna").replace("ben", "benn"))) == 4


def test_somebody_who_left_is_unknown(folder: Path) -> None:
    apply(folder, ROTA)
    from_people = Rota.objects.with_facts().get().people()["ben"]
    from_people.is_active = False
    from_people.save()
    assert "nobody here is called 'ben'" in refused(folder, ROTA)[0]


def test_what_is_exported_applies_again_without_a_change(folder: Path) -> None:
    listed = ROTA.replace("[ana, ben]", "[ana, {person: ben, starts_on: 2022-05-09}]")
    at = datetime(2026, 7, 1, tzinfo=UTC)
    apply(folder, listed, now=at, shift_to_today=True)
    text = export_text(Programme.objects.get(), [PROGRAMME, ROTAS])
    assert "starts_on: 2022-05-02" in text
    (folder / "again.yaml").write_text(text, encoding="utf-8")
    outcome = apply_file(Request(path=folder / "again.yaml", now=at, actor="adi"))
    assert [str(one) for one in outcome.notes if one.section == "rotas"] == ["= rota support"]


def test_the_command_prints_the_rota(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "programme.yaml").write_text(HEAD + ROTA, encoding="utf-8")
    call_command("apply", str(folder / "programme.yaml"))
    assert "+ rota support" in capsys.readouterr().out
