"""Bare connections to the service, for requests that no client library would send."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from socket import SHUT_WR, create_connection, socket
from typing import NamedTuple

from fitness_project.tests.processes import PATIENCE_SECONDS

from .client import Client
from .service import Service

PIECE = 65_536
# A client that sends this header learns when the service begins to read the body.
EXPECT_CONTINUE = b"Expect: 100-continue"


def opening(to: Service | Client) -> socket:
    return create_connection(("127.0.0.1", to.port), timeout=PATIENCE_SECONDS)


def received(connection: socket, seconds: float = PATIENCE_SECONDS) -> bytes:
    """All that comes until the service hangs up. Raises TimeoutError if it doesn't in time."""
    deadline = time.monotonic() + seconds
    response = b""
    with suppress(ConnectionResetError):
        while True:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            piece = connection.recv(PIECE)
            if not piece:
                break
            response += piece
    return response


def statuses(response: bytes) -> list[int]:
    """Of all responses on one connection, the interim ones included."""
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", response)]


def exchange(service: Service, *parts: bytes, ends: bool = False) -> list[int]:
    """The statuses of all responses until the service hangs up.

    If `ends`, the client says after the last part that it sends no more.
    """
    with opening(service) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # The service may have read enough.
            for part in parts:
                connection.sendall(part)
            if ends:
                connection.shutdown(SHUT_WR)
        return statuses(received(connection))


def begin(connection: socket, head: bytes) -> None:
    """Sends a head with EXPECT_CONTINUE, and waits until the service reads the body."""
    connection.sendall(head)
    assert statuses(connection.recv(PIECE)) == [100]


class Asked(NamedTuple):
    """A request that was sent, and when."""

    connection: socket
    sent_at: float

    def response(self, seconds: float) -> bytes:
        """What came within so many seconds of sending: nothing if it isn't complete by then."""
        with suppress(TimeoutError):
            return received(self.connection, self.sent_at + seconds - time.monotonic())
        return b""


@contextmanager
def crowd(client: Client, path: str, count: int) -> Iterator[list[Asked]]:
    """`count` connections that have all sent the same request when the block begins."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    request += f"Authorization: Bearer {client.token}\r\n\r\n"
    with ExitStack() as opened:
        connections = [opened.enter_context(opening(client)) for _ in range(count)]
        asked = []
        for connection in connections:
            asked.append(Asked(connection, time.monotonic()))
            connection.sendall(request.encode())
        yield asked


def ask_at_once(
    client: Client, path: str, count: int, seconds: float = PATIENCE_SECONDS
) -> list[bytes]:
    """The responses to a crowd, each b"" where it took longer than `seconds`."""
    with crowd(client, path, count) as asked:
        return responses(asked, seconds)


def responses(asked: list[Asked], seconds: float) -> list[bytes]:
    return [one.response(seconds) for one in asked]
