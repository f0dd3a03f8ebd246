"""The demonstration's own values: made once, kept in VAR_DIR/demo.env (0600), read by settings.

A port of the fakes that somebody else has taken meanwhile is replaced, and the configuration
applied again. Nothing here is a secret of anybody: the other side of each is our own fake.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from apps.core.supervisor.places import free_port, is_free

URLS = {"SNOW_URL": "http://127.0.0.1:{}", "SLACK_URL": "http://127.0.0.1:{}/api/"}
SECRETS: dict[str, Callable[[], str]] = {
    "SNOW_PASSWORD": lambda: secrets.token_urlsafe(18),
    "SLACK_SIGNING_SECRET": lambda: secrets.token_hex(16),
    "SLACK_BOT_TOKEN": lambda: f"xoxb-demo-{secrets.token_hex(12)}",
    "DEMO_PASSWORD": lambda: secrets.token_urlsafe(12),
}
ADDRESS = "BASE_URL"  # where the portal was started last; other commands find it there


class Demo:
    """The values of the demonstration in one VAR_DIR."""

    def __init__(self, var_dir: Path) -> None:
        self._file = var_dir / "demo.env"
        self._applied = var_dir / "demo.applied"
        self.values = _read(self._file)

    @property
    def servicenow_port(self) -> int:
        return urlsplit(self.values["SNOW_URL"]).port or 0

    @property
    def slack_port(self) -> int:
        return urlsplit(self.values["SLACK_URL"]).port or 0

    @property
    def password(self) -> str:
        """The one password of everybody in the demonstration."""
        return self.values["DEMO_PASSWORD"]

    def prepare(self, base_url: str) -> None:
        """Fill in what is missing, move off taken ports, keep it, give it to this environment."""
        ours = self._not_set_by_hand()
        for name, make in SECRETS.items():
            self.values.setdefault(name, make())
        for name, form in URLS.items():
            port = urlsplit(self.values.get(name, "")).port
            if port is None or not is_free(port):
                self.values[name] = form.format(free_port())
        self.values[ADDRESS] = base_url
        _write(self._file, "".join(f"{name}={value}\n" for name, value in self.values.items()))
        os.environ.update({name: self.values[name] for name in ours})

    def _not_set_by_hand(self) -> list[str]:
        """Names whose value in the environment is none, or came from our own file."""
        names = [*SECRETS, *URLS, ADDRESS]
        return [name for name in names if os.environ.get(name) in {None, self.values.get(name)}]

    def needs_applying(self, example: Path) -> bool:
        """Whether these values and this example file are other than those applied last."""
        kept = self._applied.read_text(encoding="utf-8") if self._applied.exists() else ""
        return kept != self._fingerprint(example)

    def note_applied(self, example: Path) -> None:
        _write(self._applied, self._fingerprint(example))

    def _fingerprint(self, example: Path) -> str:
        values = sorted((name, value) for name, value in self.values.items() if name != ADDRESS)
        return hashlib.sha256(repr(values).encode() + example.read_bytes()).hexdigest()


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: value for name, mark, value in (line.partition("=") for line in lines) if mark}


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole; nobody else may read it."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.replace(path)
