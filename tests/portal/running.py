"""Starts `manage.py up` as a user would, on a folder and a port of its own."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0  # a guard against hanging for ever, not a promise


class Up:
    """A running `manage.py up`; everything it printed is in `lines`."""

    def __init__(self, environment: Mapping[str, str], *arguments: str) -> None:
        self.environment = environment
        self.var_dir = environment["VAR_DIR"]
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGTERM)
        self.process.wait()
        self._reader.join()

    def wait_for(self, words: str) -> str:
        """The first line with these words; fails with all that was printed when none comes."""
        wait_until(lambda: self._found(words) != "" or self.process.poll() is not None)
        found = self._found(words)
        assert found, f"no {words!r} in: {self.lines}"
        return found

    def stop(self, number: signal.Signals) -> int:
        """Send a signal; returns the exit status once the process has ended."""
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)

    def get(self, path: str) -> tuple[int, bytes]:
        with closing(
            http.client.HTTPConnection("127.0.0.1", int(self.environment["PORT"]), timeout=10)
        ) as wire:
            wire.request("GET", path)
            answer = wire.getresponse()
            return answer.status, answer.read()

    def processes(self) -> dict[int, str]:
        """Command lines, by process id, of everything alive that was started with our VAR_DIR."""
        return processes_with(f"VAR_DIR={self.var_dir}")

    def _found(self, words: str) -> str:
        return next((line for line in self.lines if words in line), "")

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            self.lines.extend(line.rstrip("\n") for line in output)


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """What a command of `manage.py` prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def processes_with(setting: str) -> dict[int, str]:
    """Command lines of the living processes that have `setting` in their environment."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            settings = (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it ended meanwhile, or is none of ours
        if setting.encode() in settings and command:
            found[int(folder.name)] = command
    return found


def wait_until(is_so: Callable[[], bool]) -> bool:
    """Wait until something is so; False when it was not within PATIENCE."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
