"""What is exported applies again without a change."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apps.rollouts.config import people, programme, schedule
from apps.rollouts.models import Programme
from tests.rollouts.files import WHOLE, apply
from tests.rollouts.test_config_people import ANA
from tests.rollouts.test_config_programme import MORE

pytestmark = pytest.mark.django_db
FILE = f"{WHOLE}{MORE}people: [{ANA}]\n".replace("wave: 7, planned", "wave: 7, scope: all, planned")
SECTIONS = [programme.PROGRAMME, programme.HOLIDAYS, schedule.WAVES, schedule.GO_LIVES]


def exported(capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    call_command("export")
    return capsys.readouterr().out


def test_it_reads_back_as_what_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    apply(tmp_path, FILE)
    text = exported(capsys)
    assert "correct-horse" not in text
    assert apply(tmp_path, text) == []


def test_it_writes_what_a_site_number_looks_like(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = FILE.replace("time_zone: UTC", "time_zone: UTC, site_number_pattern: '^[0-9]{3}$'", 1)
    apply(tmp_path, own)
    text = exported(capsys)
    assert "site_number_pattern: ^[0-9]{3}$" in text.replace("'", "")
    assert apply(tmp_path, text) == []


def test_it_writes_the_dates_of_the_file_not_the_shifted_ones(tmp_path: Path) -> None:
    apply(tmp_path, FILE, now=datetime(2023, 6, 28, tzinfo=UTC), shift_to_today=True)
    text = str([_exported(section) for section in SECTIONS])
    assert "2023" not in text
    assert text.count("datetime.date(2022, 6, 13)") == 2


def _exported(section: Any) -> Any:
    return section.export(Programme.objects.get())


def test_it_writes_no_password_but_its_variable(tmp_path: Path) -> None:
    apply(tmp_path, FILE)
    (entry,) = people.export_people(Programme.objects.get())
    assert entry["password"] == "ANA_PASSWORD"
    assert entry["handles"] == {"slack": "U0ANA"}
