"""What gunicorn is told besides its command line: streams end at once when a worker stops."""

import importlib
import signal
import threading
from types import FrameType
from typing import Any

ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)


def post_worker_init(worker: Any) -> None:
    """Wrap the worker's own handlers: open streams would hold it until its grace is over."""
    hub = importlib.import_module("apps.ledger.hub").hub  # only now is Django set up
    for number in ENDS:
        _wrap(number, signal.getsignal(number), hub)


def _wrap(number: signal.Signals, handler: Any, hub: Any) -> None:
    def end(received: int, frame: FrameType | None) -> None:
        threading.Thread(target=hub.stop, daemon=True).start()  # a handler must not wait for locks
        if callable(handler):
            handler(received, frame)

    signal.signal(number, end)
