"""Sends a given number of requests from one thread, over connections that stay open.

It does as little as it can per request, since it shares the machine with what is measured.
"""

import json
import selectors
import socket
import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from service import WORKERS, Service

SECONDS = 30
PIECE = 262_144
ATTEMPTS = 8
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
# These responses have no body, and no Content-Length.
BODILESS = (204, 304)

Script = Generator[bytes, bytes, None]
"""Yields requests, and is sent the body of each response."""


def rendered(
    method: str, path: str, body: object = None, token: str | None = None, **headers: str
) -> bytes:
    """The bytes of a request."""
    headers = {"Host": "127.0.0.1", "Accept": "application/json", **headers}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    content = b"" if body is None else json.dumps(body).encode()
    if body is not None:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = self.socket.getsockname()[1]
        self.sent_at = 0.0
        self._request = self._received = b""

    def send(self, request: bytes) -> None:
        self._request = request
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self, status: int) -> bytes | None:
        """The response's body, or None while it isn't complete.

        Ends the run if the status isn't the expected one.
        """
        piece = self.socket.recv(PIECE)
        if not piece:
            raise SystemExit(f"{self.request_line}: the service hung up")
        self._received += piece
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return None
        found = int(head[9:12])
        if len(body) < (0 if found in BODILESS else self._length(head)):
            return None
        if found != status:
            raise SystemExit(
                f"{self.request_line}: {found} instead of {status}: {body.decode()[:1_000]}"
            )
        self._received = b""
        return body

    def ask(self, request: bytes, status: int) -> bytes:
        self.send(request)
        while (body := self.receive(status)) is None:
            pass
        return body

    @property
    def request_line(self) -> str:
        return self._request.partition(b" HTTP/")[0].decode()

    def _length(self, head: bytes) -> int:
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                return int(line[15:])
        raise SystemExit(
            f"{self.request_line}: a response without a Content-Length: {head.decode()}"
        )


def connections(service: Service, count: int) -> list[Connection]:
    """Connections that are spread evenly over the workers, as far as possible.

    The kernel assigns them at random, and the CPU time per request depends on how many connections
    a worker has.
    """
    found: dict[int, list[Connection]] = defaultdict(list)
    share = -(-count // WORKERS)
    for _ in range(ATTEMPTS):
        fresh = [Connection(service.port) for _ in range(2 * count)]
        for connection in fresh:
            connection.ask(HEALTH, 200)
        owners = service.owners()
        for connection in fresh:
            found[owners.get(connection.port, 0)].append(connection)
        if sum(len(one[:share]) for one in found.values()) >= count:
            break
    inside = [connection for _, one in sorted(found.items()) for connection in one[:share]]
    outside = [connection for one in found.values() for connection in one[share:]]
    chosen = [*inside, *outside]
    for connection in chosen[count:]:
        connection.socket.close()
    return chosen[:count]


@dataclass
class Load:
    """How long it took in all, and each response by itself, in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)


@dataclass
class Client:
    """A script, and how many of its requests are left."""

    connection: Connection
    script: Script
    left: int


def load(opened: Sequence[Connection], scripts: Sequence[Script], each: int, status: int) -> Load:
    """Sends `each` requests of every script, one after another on its own connection."""
    result, start = Load(), time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for connection, script in zip(opened, scripts, strict=True):
            connection.send(next(script))
            client = Client(connection, script, each)
            selector.register(connection.socket, selectors.EVENT_READ, client)
        while selector.get_map():
            for key, _ in _ready(selector):
                if not _goes_on(key.data, status, result.latencies):
                    selector.unregister(key.fileobj)
    result.seconds = time.perf_counter() - start
    return result


def _ready(selector: selectors.BaseSelector) -> list[tuple[selectors.SelectorKey, int]]:
    if not (ready := selector.select(SECONDS)):
        waiting = [key.data.connection.request_line for key in selector.get_map().values()]
        raise SystemExit(f"{waiting[0]}: no response for {SECONDS} seconds")
    return ready


def _goes_on(client: Client, status: int, latencies: list[float]) -> bool:
    """Reads what has come, and sends the next request after a complete response.

    Returns False after the script's last response.
    """
    body = client.connection.receive(status)
    if body is None:
        return True
    latencies.append(time.perf_counter() - client.connection.sent_at)
    client.left -= 1
    if client.left:
        client.connection.send(client.script.send(body))
    return client.left > 0
