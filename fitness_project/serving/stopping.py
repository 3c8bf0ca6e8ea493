"""Stops a worker without refusing a request that has been accepted.

When granian stops, it closes its listening socket and every idle connection at once. Connections
that the kernel has accepted, but granian hasn't, would be reset; and so would a request that a
client sends on an idle connection at that moment. So a worker first serves on for a moment, and
asks its clients to send their next request on a new connection. Then it lets no new connection in,
takes those that wait, and only then tells granian to stop.

HTTP leaves one gap: a client may send a request on a connection that has been idle for all that
time, at the very moment when it is closed.
"""

import ctypes
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

from django.conf import settings

# How long clients are told to use another connection, before idle connections are closed.
NOTICE_SECONDS = 1.0
# How long it takes at most to accept the connections that wait in the kernel.
LAST_SECONDS = 0.2
SO_ATTACH_FILTER = 26
# Drops every packet with the flag SYN, the first one of a connection, and lets others pass: (code,
# jump if true, jump if false, value) of each instruction. Offsets are those in the TCP header.
NO_NEW_CONNECTIONS = (
    (0x30, 0, 0, 13),  # Load the byte with the flags.
    (0x45, 0, 1, 0x02),  # Is SYN set?
    (0x06, 0, 0, 0),  # Drop the packet.
    (0x06, 0, 0, 0xFFFF),  # Accept it.
)

Handler = Callable[[int, FrameType | None], Any]
StartResponse = Callable[..., Any]

_stopping = threading.Event()
is_stopping = _stopping.is_set


def closing(start_response: StartResponse) -> StartResponse:
    """Adds to a response that its connection will be closed."""

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("Connection", "close")], *rest)

    return start


def gently(stop: Handler) -> Handler:
    """Wraps the signal handler that makes granian stop."""

    def handle(number: int, frame: FrameType | None) -> None:
        if not _stopping.is_set():
            _stopping.set()
            threading.Thread(target=_give_notice, args=[stop, number], daemon=True).start()

    return handle


def _give_notice(stop: Handler, number: int) -> None:
    time.sleep(NOTICE_SECONDS)
    if sys.platform == "linux":
        for listener in _listeners():
            _let_nobody_in(listener)
        time.sleep(LAST_SECONDS)
    stop(number, None)


def _listeners() -> Iterator[socket.socket]:
    """The sockets on which this process accepts connections. granian doesn't tell them."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError), socket.socket(fileno=os.dup(int(name))) as found:
            listens = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            if listens and found.getsockname()[1] == settings.PORT:
                yield found


def _let_nobody_in(listener: socket.socket) -> None:
    """Clients that try to connect try again a second later, and are refused by then."""
    program = b"".join(struct.pack("HBBI", *step) for step in NO_NEW_CONNECTIONS)
    code = ctypes.create_string_buffer(program)
    description = struct.pack("HP", len(NO_NEW_CONNECTIONS), ctypes.addressof(code))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, description)
