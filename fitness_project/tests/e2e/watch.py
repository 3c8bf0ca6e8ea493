"""Clients that ask all the while, or all at once, and what each was answered."""

import re
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from socket import create_connection

from .service import Answer

RESET = 0
SUCCESS = {200, 201}
SESSION = {"date": "2026-11-21T18:30:00Z"}


@dataclass(frozen=True)
class Asked:
    path: str
    started: float
    ended: float
    answer: Answer | None

    @property
    def status(self):
        """RESET where there was no answer but an ended connection."""
        return self.answer.status if self.answer else RESET

    @property
    def seconds(self):
        return self.ended - self.started


class Watch:
    """One client for each kind of request, from entering until leaving."""

    CALM_SECONDS = 1.0

    def __init__(self, service):
        self.client = service.register("watch@example.com")
        entries = self.client.entries()
        calls = [
            ("GET", "/healthz", None),
            ("GET", "/readyz", None),
            ("GET", "/api/history", None),
            ("POST", "/api/history", {**SESSION, "exercises": entries}),
            ("POST", "/api/routines", {"name": "Push day", "exercises": entries}),
        ]
        self.asked = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=call) for call in calls]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        time.sleep(0.3)
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, method, path, body):
        while not self.over.wait(0.02):
            started = time.monotonic()
            try:
                answer = self.client.call(method, path, body, timeout=30)
            except ConnectionError:
                answer = None
            self.asked.append(Asked(path, started, time.monotonic(), answer))

    def is_calm(self):
        """For a while now every kind has been answered, and none refused."""
        since = time.monotonic() - self.CALM_SECONDS
        recent = [asked for asked in self.asked if asked.started > since]
        return (
            self.asked[0].started < since
            and {asked.path for asked in recent} == {asked.path for asked in self.asked}
            and {asked.status for asked in recent} <= SUCCESS
        )

    @property
    def statuses(self):
        return {asked.status for asked in self.asked}

    @property
    def refused(self):
        return [asked for asked in self.asked if asked.status not in SUCCESS]

    @property
    def longest(self):
        return max(asked.seconds for asked in self.asked)

    def of(self, path):
        return {asked.status for asked in self.asked if asked.path == path}

    def trouble_after(self, moment):
        """For how long, from that moment on, some were refused."""
        return max((asked.ended for asked in self.refused), default=moment) - moment

    def first_success_after(self, moment):
        """When the first who came later, and needed the database, was answered."""
        served = (asked for asked in self.asked if asked.status in SUCCESS)
        later = (asked for asked in served if asked.started > moment and asked.path != "/healthz")
        return min(asked.ended for asked in later) - moment


def ask_at_once(client, path, count, seconds) -> list[bytes]:
    """What `count` clients are answered who all ask at one time: nothing where that takes longer
    than `seconds`."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    request += f"Authorization: Bearer {client.token}\r\n\r\n"
    deadline = time.monotonic() + seconds
    answers = [b""] * count
    with ExitStack() as opened:
        connections = [opened.enter_context(opening(client.service)) for _ in range(count)]
        for connection in connections:
            connection.sendall(request.encode())
        for number, connection in enumerate(connections):
            with suppress(TimeoutError):
                answers[number] = received(connection, deadline)
    return answers


def opening(service):
    return create_connection(("127.0.0.1", service.port), timeout=10)


def received(connection, deadline) -> bytes:
    """All that comes until the service hangs up. Raises TimeoutError if it doesn't."""
    answer = b""
    with suppress(ConnectionResetError):
        while True:
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            part = connection.recv(65_536)
            if not part:
                break
            answer += part
    return answer


def statuses(answer: bytes) -> list[int]:
    """Of the answers that came over one connection."""
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]
