"""Clients that send requests all the while, and what each of them gets."""

import http.client
import threading
import time
from typing import NamedTuple

from fitness_project.tests.processes import wait_until

from .client import Response
from .service import Service

RESET = 0
SUCCESS = {200, 201}
SESSION = {"date": "2026-11-21T18:30:00Z"}
PAUSE_SECONDS = 0.05
CALM = 5


class Call(NamedTuple):
    method: str
    path: str
    body: dict | None = None


class Asked(NamedTuple):
    call: Call
    started: float
    ended: float
    response: Response | None

    @property
    def status(self) -> int:
        """RESET if the connection ended without a response."""
        return self.response.status if self.response else RESET

    @property
    def is_success(self) -> bool:
        return self.status in SUCCESS

    @property
    def seconds(self) -> float:
        return self.ended - self.started


class Watch:
    """One client for each kind of request, from the beginning of a `with` block to its end."""

    def __init__(self, service: Service) -> None:
        self.client = service.register("watch@example.com")
        entries = self.client.entries()
        self.calls = [
            Call("GET", "/healthz"),
            Call("GET", "/readyz"),
            Call("GET", "/api/history"),
            Call("POST", "/api/history", {**SESSION, "exercises": entries}),
            Call("POST", "/api/routines", {"name": "Push day", "exercises": entries}),
        ]
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=[call]) for call in self.calls]

    def __enter__(self) -> "Watch":
        for thread in self.threads:
            thread.start()
        try:
            self.wait_for_calm()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, call: Call) -> None:
        while not self.over.wait(PAUSE_SECONDS):
            started = time.monotonic()
            try:
                response = self.client.call(*call)
            except (ConnectionError, http.client.HTTPException):
                response = None
            self.asked.append(Asked(call, started, time.monotonic(), response))

    def wait_for_calm(self) -> None:
        """Until the last few requests of every kind, all sent from now on, have succeeded."""
        now = time.monotonic()
        wait_until(lambda: all(self._is_calm(call, now) for call in self.calls))

    def _is_calm(self, call: Call, since: float) -> bool:
        recent = [one for one in self.asked if one.call is call and one.started > since][-CALM:]
        return len(recent) == CALM and all(one.is_success for one in recent)

    @property
    def statuses(self) -> set[int]:
        return {one.status for one in self.asked}

    @property
    def refused(self) -> list[Asked]:
        return [one for one in self.asked if not one.is_success]

    @property
    def longest(self) -> float:
        return max(one.seconds for one in self.asked)

    def statuses_of(self, path: str) -> set[int]:
        return {one.status for one in self.asked if one.call.path == path}

    def trouble_after(self, moment: float) -> float:
        """For how many seconds, from that moment on, requests were refused."""
        return max((one.ended for one in self.refused), default=moment) - moment
