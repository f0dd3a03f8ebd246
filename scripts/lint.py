"""`make lint`: style, types, import contracts, migrations, production settings, API schema.

Two checks run at a time; each is told in a line, its output only when it fails.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FOLDERS = [
    name
    for name in ("apps", "portal", "scripts", "benchmarks", "tests")
    if any((ROOT / name).rglob("*.py"))
]
AT_ONCE = 2


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)


def checks(var_dir: str) -> list[Check]:
    """All checks, the longest first; `var_dir` is a folder for what settings keep."""
    here = {"VAR_DIR": var_dir, "ENV_FILE": os.devnull}
    production = {"VAR_DIR": var_dir, "ENV_FILE": str(ROOT / "deploy" / "rollcall.env.example")}
    return [
        Check("types", [_tool("mypy"), "--explicit-package-bases", *FOLDERS, "manage.py"], here),
        Check("style", [_tool("ruff"), "check", "."]),
        Check("format", [_tool("ruff"), "format", "--check", "."]),
        Check("imports", [_tool("lint-imports")]),
        Check("security", [_tool("bandit"), "-q", "-ll", "-r", "apps", "portal", "manage.py"]),
        Check("migrations", _manage("makemigrations", "--check", "--dry-run"), here),
        Check("settings", _manage("check", "--deploy", "--fail-level", "WARNING"), production),
        Check(
            "API schema",
            _manage("spectacular", "--validate", "--fail-on-warn", "--file", os.devnull),
            here,
        ),
    ]


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="rollcall-lint-") as var_dir,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        passed = list(pool.map(_run, checks(var_dir)))
    return 0 if all(passed) else 1


def _run(check: Check) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        env={**os.environ, **check.environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    ok = done.returncode == 0
    words = f"{'ok    ' if ok else 'FAILED'} {check.name} ({time.monotonic() - started:.0f} s)\n"
    sys.stdout.write(words if ok else f"{words}{done.stdout}\n")
    sys.stdout.flush()
    return ok


def _tool(name: str) -> str:
    return str(BIN / name)


def _manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


if __name__ == "__main__":
    sys.exit(main())
