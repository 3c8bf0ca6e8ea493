"""What keeps the server from outliving its keeper, or from taking the machine's memory."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

# The server's allocator reserves 1 GiB at once. With 240 busy connections it took 1.9 GiB in
# all; a runaway query passed 9 GiB. Out of memory it aborts at once, and is started again.
MEMORY_BYTES = 3 * 2**30
# It holds two descriptors a connection, and many systems' default is 1,024 in all.
DESCRIPTORS = 8192
PR_SET_PDEATHSIG = 1


def confinement(keeper: int) -> Callable[[], None]:
    """What the server's process does before it becomes the server."""
    libc = ctypes.CDLL(None)

    def confine() -> None:
        _limit(resource.RLIMIT_DATA, MEMORY_BYTES)
        _limit(resource.RLIMIT_NOFILE, DESCRIPTORS)
        if sys.platform == "linux":
            # Killed, not asked to stop: the next keeper needs port and storage at once.
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != keeper:
                os._exit(1)  # The keeper died before it could be watched.

    return confine


def _limit(kind: int, wanted: int) -> None:
    """As far as the system knows this limit and lets us set it."""
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(kind)
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (soft, hard))


def kill_orphan(pid: int | None, storage: Path) -> None:
    """Where the kernel doesn't end a server with its keeper, one may have outlived it."""
    if pid is None or sys.platform == "linux":
        return
    ps = ["ps", "-o", "command=", "-p", str(pid)]
    found = subprocess.run(ps, capture_output=True, text=True, check=False)  # noqa: S603
    if f"--storage-path {storage} " in found.stdout:
        os.kill(pid, signal.SIGKILL)
