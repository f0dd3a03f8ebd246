"""`python -m apps.simulator.fakes`: the fakes in one foreground process, until SIGTERM or Ctrl-C.

SNOW_PASSWORD and SLACK_BOT_TOKEN in the environment are what clients have to send; without them
any password and token will do. Any user name and any OAuth client is accepted.
"""

import argparse
import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from apps.simulator.fakes.ledger import LedgerDamaged
from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack
from apps.simulator.fakes.system import FakeSystem

PR_SET_PDEATHSIG = 1
LOOK = 1.0  # seconds between looks at the parent, where the system cannot tell us


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 after a signal, 1 with words when a fake cannot start."""
    options = _options(arguments)
    stop = threading.Event()
    parent = os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _die_with_parent()
    with ExitStack() as stack:
        try:
            for fake in (_servicenow(options), _slack(options)):
                stack.enter_context(fake)
                _say(f"{fake.name:<10} {fake.url}")
        except (OSError, LedgerDamaged) as problem:
            sys.stderr.write(f"the fakes cannot start: {problem}\n")
            return 1
        while not stop.wait(LOOK) and os.getppid() == parent:
            pass
    return 0


def _servicenow(options: argparse.Namespace) -> FakeSystem:
    return FakeServiceNow(
        port=options.port_servicenow,
        folder=options.ledger,
        username="",
        password=os.environ.get("SNOW_PASSWORD", ""),
        client_id="",
        client_secret="",
        clock=_clock(),
    )


def _slack(options: argparse.Namespace) -> FakeSystem:
    token = os.environ.get("SLACK_BOT_TOKEN", "")
    return FakeSlack(port=options.port_slack, folder=options.ledger, token=token, clock=_clock())


def _clock() -> Callable[[], float]:
    """The portal's clock (unix seconds): a demonstration may live at another hour than we do."""
    offset = int(os.environ.get("CLOCK_OFFSET_SECONDS", "0"))
    return lambda: time.time() + offset


def _options(arguments: list[str] | None) -> Any:
    parser = argparse.ArgumentParser(prog="python -m apps.simulator.fakes", description=__doc__)
    parser.add_argument("--port-servicenow", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-slack", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--ledger", type=Path, help="folder that keeps what reached the fakes")
    return parser.parse_args(arguments)


def _die_with_parent() -> None:
    """Have the system send us SIGTERM when our parent has died, where it can (Linux)."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
