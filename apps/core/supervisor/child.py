"""One supervised process: started on a leash, its output prefixed, its crashes counted."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

RESTARTS = 5
PER_SECONDS = 60.0
LEASH = "apps.core.supervisor.leash"
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one process of the portal is called and how it is started."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class Child:
    """A running part. Start it from the main thread only: a leash is tied to a thread."""

    def __init__(self, part: Part, say: Say) -> None:
        self.name = part.name
        self._part = part
        self._say = say
        self._crashes: deque[float] = deque()
        self._process: subprocess.Popen[str] | None = None
        self._output: threading.Thread | None = None

    def start(self) -> None:
        leash = [sys.executable, "-m", LEASH, str(os.getpid()), *self._part.command]
        self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            leash,
            env={**os.environ, **self._part.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            bufsize=1,
            process_group=0,  # Ctrl-C reaches the supervisor alone, which stops all in order
        )
        self._output = threading.Thread(target=self._repeat_output, daemon=True)
        self._output.start()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def ended_with(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._process.poll() if self._process else None

    def may_restart(self) -> bool:
        """Count a crash; False when it was one too many within a minute."""
        now = time.monotonic()
        self._crashes.append(now)
        while now - self._crashes[0] > PER_SECONDS:
            self._crashes.popleft()
        return len(self._crashes) <= RESTARTS

    def terminate(self) -> None:
        """Ask it to end."""
        if self._process and self.ended_with is None:
            self._process.terminate()

    def kill(self) -> None:
        """End it and whatever it started; also after it has ended by itself."""
        if self._process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._output:
            self._output.join(timeout=1)

    def _repeat_output(self) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                self._say(f"{self.name:<6} | {line.rstrip()}")
