"""The server's port. It stays the same across restarts, since clients know no other."""

import random
import socket
import time

# Below the ports that kernels give to outgoing connections, so that no other program gets the
# server's port by chance during a restart.
RANGE = range(20_000, 32_000)
PATIENCE = 2.0


def choose_port(previous: int | None) -> int:
    """Returns the previous port if it becomes free in time, since clients may still use it."""
    deadline = time.monotonic() + PATIENCE
    while previous:
        if _is_free(previous):
            return previous
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    # At random, so that two databases that start at the same time choose different ports.
    return next(port for port in random.sample(RANGE, len(RANGE)) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
