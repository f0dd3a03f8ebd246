"""The inbox page while messages pile up: server time and queries, beside the limit of the run."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

RUN = "from benchmarks.inbox_page import run; run()"


def measure(name: str, database_url: str) -> None:
    """Print the figures for one database; a process of its own holds Django's settings."""
    print(f"\nInbox page on {name}, in the process (no network)", flush=True)
    with tempfile.TemporaryDirectory(prefix="rollcall-bench-") as folder:
        environment = {**os.environ, **_environment(Path(folder), database_url)}
        for command in (["migrate", "--verbosity", "0"], ["shell", "--no-imports", "-c", RUN]):
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
