"""The keeper's end of a lease: the connection to a process that uses the database."""

import socket
from contextlib import suppress


class LeaseConnection:
    def __init__(self, connection: socket.socket):
        connection.setblocking(False)
        self.socket = connection
        self.sessions: set[bytes] = set()
        self.is_waiting = True
        """Whether the process still waits for the server to be ready."""
        self.is_over = False
        self.is_released = False
        """Whether the process has released the lease, rather than died."""
        self._received = b""

    def receive(self) -> None:
        try:
            received = self.socket.recv(4096)
        except OSError:
            received = b""
        *lines, self._received = (self._received + received).split(b"\n")
        for line in lines:
            self._handle(*line.partition(b" "))
        self.is_over = self.is_released or not received

    def _handle(self, word: bytes, _: bytes, value: bytes) -> None:
        if word == b"bye":
            self.is_released = True
        elif word == b"session":
            with suppress(ValueError):  # Any program may connect by mistake.
                self.sessions.add(bytes.fromhex(value.decode()))

    def send_ready(self, port: int) -> None:
        self.is_waiting = False
        with suppress(OSError):  # If the connection is broken, `receive` will notice.
            self.socket.sendall(b"ready %d\n" % port)

    def close(self) -> None:
        self.socket.close()
