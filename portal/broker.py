"""The local broker: kombu's folders of messages, made to bear `kill -9` and readers who are early.

kombu writes a message in the file its readers already see, and an exchange's table over the old
one. A writer killed half-way leaves a file that ends every worker reading it, a table for good.
Here a file appears whole, by a rename, and one that cannot be read is told and passed over: a bell
that was lost is rung again by the next tick (docs/adr/0002).
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

PART = ".part"
log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Messages as files `<time>_<id>.<queue>.msg`; tables of exchanges as `<exchange>.exchange`."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        name = f"{time_ns()}_{uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, payload)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message of `queue`; whoever removes its file has it. Raises Empty."""
        for file in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            try:
                text = file.read_text("utf-8", errors="replace")
                file.unlink()
            except FileNotFoundError:
                continue  # another worker has taken it
            try:
                return loads(text)
            except ValueError:
                log.warning("broker: %s cannot be read and was dropped", file.name)
        raise Empty

    def _table_file(self, exchange: str) -> Path:
        return Path(self.control_folder) / f"{exchange}.exchange"

    def get_table(self, exchange: str) -> list[Any]:
        file = self._table_file(exchange)
        try:
            rows = loads(file.read_text("utf-8", errors="replace"))
        except FileNotFoundError:
            return []
        except ValueError:
            log.warning("broker: the table %s cannot be read; it is made anew", file.name)
            return []
        return [filesystem.exchange_queue_t(*row) for row in rows]

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str
    ) -> None:
        """Add a queue to the exchange's table: one process at a time, the new table at once."""
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        folder = Path(self.control_folder)
        folder.mkdir(exist_ok=True)
        with _alone(folder / "lock"):
            table = self.get_table(exchange)
            if row not in table:
                _write_whole(self._table_file(exchange), [row, *table])


class Transport(filesystem.Transport):
    Channel = Channel


def _write_whole(file: Path, content: Any) -> None:
    part = file.with_name(f"{uuid4()}{PART}")
    part.write_text(dumps(content), "utf-8")
    part.replace(file)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold `lock`; the system lets go of it when its holder dies."""
    with lock.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
