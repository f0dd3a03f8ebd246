"""Settings from outside: what is taken, and the one line that a bad value costs."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POSTGRESQL = "postgres://rollcall:x@127.0.0.1:5432/rollcall"


def start(var_dir: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Start Django's own `diffsettings` with nothing but these settings."""
    clean = {"PATH": os.environ["PATH"], "VAR_DIR": str(var_dir), "ENV_FILE": os.devnull}
    return subprocess.run(
        [sys.executable, "manage.py", "diffsettings"],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("BASE_URL", "rollcall.example.gov"),
        ("DATABASE_URL", "mysql://127.0.0.1/rollcall"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("FIELD_KEYS", "short"),
        ("LOG_LEVEL", "LOUD"),
        ("VAR_DIR", "/dev/null/var"),
        ("SITE_NUMBER_PATTERN", "[0-9"),
        ("STREAMS", "many"),
        ("STREAMS", "-1"),
    ],
)
def test_it_stops_with_one_line_naming_the_bad_value(tmp_path: Path, name: str, value: str) -> None:
    done = start(tmp_path, **{name: value})
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"{name}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS"])
def test_it_makes_no_secrets_of_its_own_beside_postgresql(tmp_path: Path, name: str) -> None:
    secrets = {"SECRET_KEY": "x" * 50, "FIELD_KEYS": "cm9sbGNhbGwtdGVzdHMtZmllbGQta2V5LTAwMDAwMDE="}
    del secrets[name]
    done = start(tmp_path, DATABASE_URL=POSTGRESQL, **secrets)
    assert done.returncode == 1
    assert done.stderr == f"{name}: must be set when DATABASE_URL is PostgreSQL\n"


def test_it_names_a_misspelt_setting_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "my.env"
    file.write_text("SECERT_KEY=abc\n", encoding="utf-8")
    done = start(tmp_path, ENV_FILE=str(file))
    assert done.returncode == 1
    assert done.stderr == "SECERT_KEY: no such setting in my.env; did you mean SECRET_KEY?\n"


def test_it_reads_the_file_and_lets_the_environment_win(tmp_path: Path) -> None:
    file = tmp_path / "my.env"
    file.write_text("LOG_LEVEL=ERROR\nBASE_URL=https://a.example.gov\n", encoding="utf-8")
    done = start(tmp_path, ENV_FILE=str(file), LOG_LEVEL="DEBUG")
    assert "LOG_LEVEL = 'DEBUG'" in done.stdout
    assert "BASE_URL = 'https://a.example.gov'" in done.stdout


def test_it_makes_the_secrets_of_one_box_once_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = start(tmp_path), start(tmp_path)
    assert first.returncode == second.returncode == 0
    lines = [line for line in first.stdout.splitlines() if line.startswith(("SECRET_", "FIELD_"))]
    assert len(lines) == 2
    assert all(line in second.stdout for line in lines)
    for name in ("secret-key", "field-keys"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_it_describes_every_setting_in_the_example_file() -> None:
    names = (ROOT / "portal" / "environment.py").read_text(encoding="utf-8")
    known = names.partition("NAMES = (")[2].partition(")")[0].replace('"', "").replace(",", "")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    missing = [name for name in known.split() if f"\n#{name}=" not in example]
    assert missing == []
