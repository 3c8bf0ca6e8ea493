"""Limits the server's memory, and makes sure that it doesn't outlive its keeper."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

# The server's allocator reserves 1 GiB at the start. With 240 busy connections the server used
# 1.9 GiB in all; a runaway query used more than 9 GiB. Without memory the server aborts
# immediately, and the keeper starts it again.
MEMORY_BYTES = 3 * 2**30
# The server uses two file descriptors per connection, and many systems allow 1,024 by default.
DESCRIPTORS = 8192
PR_SET_PDEATHSIG = 1


def confinement(keeper: int) -> Callable[[], None]:
    """Returns a function that the server's process calls before it becomes the server."""
    libc = ctypes.CDLL(None)

    def confine() -> None:
        _limit(resource.RLIMIT_DATA, MEMORY_BYTES)
        _limit(resource.RLIMIT_NOFILE, DESCRIPTORS)
        if sys.platform == "linux":
            # SIGKILL, because the next keeper needs the port and the storage immediately.
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != keeper:
                os._exit(1)  # The keeper died before the call above.

    return confine


def _limit(kind: int, wanted: int) -> None:
    """Sets a limit, if the system has it and allows it."""
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(kind)
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (soft, hard))


def kill_orphan(pid: int | None, storage: Path) -> None:
    """Kills a server that outlived its keeper, which can't happen on Linux."""
    if pid is None or sys.platform == "linux":
        return
    ps = ["ps", "-o", "command=", "-p", str(pid)]
    found = subprocess.run(ps, capture_output=True, text=True, check=False)  # noqa: S603
    if f"--storage-path {storage} " in found.stdout:
        os.kill(pid, signal.SIGKILL)
