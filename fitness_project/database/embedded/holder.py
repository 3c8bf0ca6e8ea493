"""The keeper's end of a lease: what the process that holds it says, and how it ends."""

import socket
from contextlib import suppress


class Holder:
    def __init__(self, connection: socket.socket):
        connection.setblocking(False)
        self.connection = connection
        self.sessions: set[bytes] = set()
        self.is_waiting = True
        self.is_gone = False
        self.said_bye = False
        self._heard = b""

    def hear(self) -> None:
        try:
            heard = self.connection.recv(4096)
        except OSError:
            heard = b""
        *lines, self._heard = (self._heard + heard).split(b"\n")
        for line in lines:
            self._understand(*line.partition(b" "))
        self.is_gone = self.said_bye or not heard

    def _understand(self, word: bytes, _: bytes, value: bytes) -> None:
        if word == b"bye":
            self.said_bye = True
        elif word == b"session":
            with suppress(ValueError):  # Anyone may connect by mistake.
                self.sessions.add(bytes.fromhex(value.decode()))

    def tell_ready(self, port: int) -> None:
        self.is_waiting = False
        with suppress(OSError):  # A broken connection's end will be heard of next.
            self.connection.sendall(b"ready %d\n" % port)

    def hang_up(self) -> None:
        self.connection.close()
