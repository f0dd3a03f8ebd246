"""The vendored assets are those that were looked at: no source maps, no addresses to fetch from."""

import hashlib
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "apps/core/static/rollcall/vendor"
LINES = (FOLDER / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
SUMS = {name: digest for digest, name in (line.split(maxsplit=1) for line in LINES)}


@pytest.mark.parametrize("name", sorted(SUMS))
def test_a_file_is_the_one_that_was_vendored(name: str) -> None:
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == SUMS[name]


def test_every_file_is_listed() -> None:
    assert {path.name for path in FOLDER.iterdir()} - {"SHA256SUMS"} == set(SUMS)


@pytest.mark.parametrize("name", [one for one in sorted(SUMS) if one.endswith((".js", ".css"))])
def test_no_source_map_is_asked_for(name: str) -> None:
    assert b"sourceMappingURL" not in (FOLDER / name).read_bytes()


def test_the_lock_names_every_version_and_no_registry() -> None:
    folder = Path(__file__).resolve().parents[2] / "scripts/vendor"
    lock = (folder / "package-lock.json").read_text(encoding="utf-8")
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    locked = json.loads(lock)["packages"]
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        entry = locked[f"node_modules/{name}"]
        assert (entry["version"], entry["integrity"].startswith("sha512-")) == (version, True)
    assert '"resolved"' not in lock
