"""Runs a command that does not outlive its parent: `python -m …leash PARENT-PID COMMAND…`.

Where the kernel offers it (Linux), the command is killed the moment its parent is gone, even after
`kill -9`. Nothing is lost by that: work is rows.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Become `command`, unless the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == parent:
        os.execv(command[0], command)  # noqa: S606 - no shell on purpose, the command is our own


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
