"""Clients that send their requests as slowly as they can."""

import threading
from contextlib import ExitStack, suppress
from socket import socket

from fitness_project.tests.e2e.connections import PIECE, opening, statuses
from fitness_project.tests.e2e.service import Service
from fitness_project.tests.processes import wait_until

DRIP_SECONDS = 0.5


class SlowClients:
    """`count` clients that each send a head, and then a byte now and again until the block ends.

    When the block begins, the service has accepted all of them.
    """

    def __init__(self, service: Service, count: int, head: bytes) -> None:
        self._service = service
        self._count = count
        self._head = head
        self._connections: list[socket] = []
        self._responses: dict[socket, bytes] = {}
        self._over = threading.Event()
        self._dripping = threading.Thread(target=self._drip)
        self._opened = ExitStack()

    def __enter__(self) -> "SlowClients":
        try:
            self._open()
            wait_until(self._are_accepted)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def statuses(self) -> list[int]:
        """Of the responses so far."""
        self._receive()
        return [status for response in self._responses.values() for status in statuses(response)]

    def _open(self) -> None:
        for _ in range(self._count):
            connection = self._opened.enter_context(opening(self._service))
            connection.sendall(self._head)
            connection.setblocking(False)
            self._connections.append(connection)
        self._dripping.start()
        self._opened.callback(self._stop)

    def _are_accepted(self) -> bool:
        """Counts those that the service has hung up on meanwhile, too."""
        self._receive()
        open_ones = set(self._connections) - self._responses.keys()
        ports = {connection.getsockname()[1] for connection in open_ones}
        return ports <= self._service.accepted()

    def _receive(self) -> None:
        for connection in set(self._connections) - self._responses.keys():
            with suppress(BlockingIOError):
                self._responses[connection] = _piece(connection)

    def _drip(self) -> None:
        while not self._over.wait(DRIP_SECONDS):
            for connection in self._connections:
                with suppress(OSError):  # The service may have hung up.
                    connection.sendall(b"a")

    def _stop(self) -> None:
        self._over.set()
        self._dripping.join()


def _piece(connection: socket) -> bytes:
    try:
        return connection.recv(PIECE)
    except ConnectionResetError:
        return b""
