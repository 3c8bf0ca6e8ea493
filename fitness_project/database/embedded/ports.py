"""The port that the server keeps for life: its clients know no other."""

import random
import socket
import time

# Below where kernels take ports for outgoing connections: nobody is given ours by chance while
# the server is being restarted.
RANGE = range(20_000, 32_000)
PATIENCE = 2.0


def choose_port(remembered: int | None) -> int:
    """The remembered one if it gets free: there may be clients that know no other."""
    deadline = time.monotonic() + PATIENCE
    while remembered:
        if _is_free(remembered):
            return remembered
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    # Not for secrecy: two databases made at once shouldn't choose alike.
    return next(port for port in random.sample(RANGE, len(RANGE)) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
