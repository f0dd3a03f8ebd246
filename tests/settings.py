"""Settings of a test run: its own VAR_DIR, quick hashing, the database of TEST_DATABASE_URL.

Without TEST_DATABASE_URL the tests run on a SQLite *file*, so that threads and forked children see
the same rows, and with the local broker, as on one box; with it, and with TEST_REDIS_URL, on Redis.
Nothing of the developer's own environment or `.env` reaches the tests.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_OWNER = os.getpid()
_FOLDER = Path(tempfile.mkdtemp(prefix="rollcall-tests-"))


def _remove_folder() -> None:
    if os.getpid() == _OWNER:  # a forked child must not take it away from its parent
        shutil.rmtree(_FOLDER, ignore_errors=True)


def _broker() -> str:
    """The Redis of this run, one of its databases for each worker of xdist."""
    url = os.environ.get("TEST_REDIS_URL", "")
    if not url or not os.environ.get("TEST_DATABASE_URL"):
        return ""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{url.rpartition('/')[0]}/{worker}"


atexit.register(_remove_folder)
os.environ.update(
    {
        "ENV_FILE": str(_FOLDER / "no.env"),
        "VAR_DIR": str(_FOLDER),
        "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
        "REDIS_URL": _broker(),
        "SECRET_KEY": "only-for-tests-" + "x" * 40,
        "FIELD_KEYS": "cm9sbGNhbGwtdGVzdHMtZmllbGQta2V5LTAwMDAwMDE=",
        "BASE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "EMAIL_URL": "memorymail://",
        "LOG_LEVEL": "WARNING",
        "DEBUG": "0",
        "DEMO": "0",
    }
)

from portal.settings import *  # noqa: E402, F403 - the environment above has to stand first
from portal.settings import DATABASES, SQLITE_OPTIONS  # noqa: E402 - as above

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"] == "apps.core.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
    # A killed process loses nothing without fsync, only a power cut would: FULL buys tests nothing.
    SQLITE_OPTIONS["init_command"] = SQLITE_OPTIONS["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )
WHITENOISE_AUTOREFRESH = True  # else each test client of its own looks at every file there is
