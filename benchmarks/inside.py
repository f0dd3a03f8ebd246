"""Runs a benchmark inside Django: a process of its own on an empty, migrated database."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

MODULES = {
    "Inbox page": "benchmarks.inbox_page",
    "Tickets": "benchmarks.tickets_page",
    "Console and boards": "benchmarks.desk_pages",
    "Schedule": "benchmarks.schedule_page",
    "Import of 10,000 go-lives": "benchmarks.imports",
    "On call": "benchmarks.oncall_rules",
}


def measure(name: str, database_url: str) -> None:
    """Print the figures of every page for one database."""
    for title, module in MODULES.items():
        print(f"\n{title} on {name}, in the process (no network)", flush=True)
        with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder:
            environment = {**os.environ, **_environment(Path(folder), database_url)}
            run = f"from {module} import run; run()"
            for command in (["migrate", "--verbosity", "0"], ["flush", "--no-input"],
                            ["shell", "--no-imports", "-c", run]):  # fmt: skip
                subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True)


def _environment(var: Path, database_url: str) -> dict[str, str]:
    return {
        "VAR_DIR": str(var),
        "ENV_FILE": os.devnull,
        "DATABASE_URL": database_url,
        "SECRET_KEY": "bench",
        "FIELD_KEYS": "cm9sbGNhbGwtdGVzdHMtZmllbGQta2V5LTAwMDAwMDE=",
        "LOG_LEVEL": "WARNING",
        "ALLOWED_HOSTS": "testserver",
    }
