"""What reached a fake and what it did about it: append-only, the truth of fault tests."""

import copy
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

Kind = Literal["request", "effect"]
Clock = Callable[[], float]


class LedgerDamaged(Exception):
    """A kept line, other than a torn last one, cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request received, or one effect it had.

    `at` is an instant in UTC as ISO text. `what` names an effect ("incident.created"), "" for a
    request. `status` is what was answered; 0 for an effect and where nothing was answered.
    An effect carries the method and path of its request, "" when it came from inside the fake.
    """

    sequence: int
    at: str
    kind: Kind
    what: str
    method: str
    path: str
    status: int
    payload: Any


class Ledger:
    """Entries in memory and, with a file, as JSON lines; safe for any number of threads.

    A line is with the operating system before `add` returns, so killing the process loses none.
    """

    def __init__(self, file: Path | None = None, clock: Clock = time.time) -> None:
        """Reads what the file holds. Raises LedgerDamaged."""
        self._clock = clock
        self._changed = threading.Condition()
        self._entries: list[Entry] = []
        self._file: BinaryIO | None = None
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            self._entries = _kept(file)
            self._file = file.open("ab")

    @property
    def entries(self) -> list[Entry]:
        """All entries, oldest first."""
        with self._changed:
            return list(self._entries)

    def requests(self, method: str = "", path: str = "") -> list[Entry]:
        """The requests of this method whose path contains `path`."""
        found = (each for each in self.entries if each.kind == "request")
        return [each for each in found if method in ("", each.method) and path in each.path]

    def effects(self, what: str = "") -> list[Entry]:
        """The effects of this name, or all."""
        return [each for each in self.entries if each.kind == "effect" and what in ("", each.what)]

    def note_request(self, method: str, path: str, status: int, payload: Any) -> Entry:
        return self._add("request", "", method, path, status, payload)

    def note_effect(self, what: str, payload: Any, method: str = "", path: str = "") -> Entry:
        return self._add("effect", what, method, path, 0, payload)

    def wait_for(self, is_it: Callable[[Entry], bool], within: float = 10.0) -> Entry | None:
        """The first entry, old or new, for which `is_it` holds; None after `within` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: any(map(is_it, self._entries)), within)
            return next(filter(is_it, self._entries), None)

    def close(self) -> None:
        with self._changed:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _add(
        self, kind: Kind, what: str, method: str, path: str, status: int, payload: Any
    ) -> Entry:
        with self._changed:
            entry = Entry(
                sequence=self._entries[-1].sequence + 1 if self._entries else 1,
                at=datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="microseconds"),
                kind=kind,
                what=what,
                method=method,
                path=path,
                status=status,
                payload=copy.deepcopy(payload),  # the caller goes on changing its own
            )
            if self._file is not None:
                self._file.write(json.dumps(asdict(entry)).encode() + b"\n")
                self._file.flush()
            self._entries.append(entry)
            self._changed.notify_all()
            return entry


def _kept(file: Path) -> list[Entry]:
    """The entries of a file; a last line torn by a kill is cut off, so that more can follow."""
    whole, _, torn = file.read_bytes().rpartition(b"\n")
    if torn:
        os.truncate(file, len(whole) + 1 if whole else 0)
    return [_entry(line, number) for number, line in enumerate(whole.splitlines(), start=1)]


def _entry(line: bytes, number: int) -> Entry:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise LedgerDamaged(f"line {number} of the ledger is not an entry") from error
