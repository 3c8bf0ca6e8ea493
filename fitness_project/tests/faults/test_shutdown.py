"""SIGTERM: requests in flight get their responses, new ones are refused, and soon all is over."""

import http.client
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest

from fitness_project.tests.e2e.client import JSON, PASSWORD
from fitness_project.tests.e2e.connections import (
    EXPECT_CONTINUE,
    begin,
    opening,
    received,
    statuses,
)
from fitness_project.tests.processes import PATIENCE_SECONDS, have_ended, wait_until

pytestmark = pytest.mark.timeout(300)

IN_FLIGHT = 3
# Much less than SHUTDOWN_SECONDS, on a loaded machine too.
STOPPED_SECONDS = 10
BODY = json.dumps({"email": "ann@example.com", "password": PASSWORD}).encode()
HEAD = (
    f"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    f"Content-Type: {JSON}\r\nContent-Length: {len(BODY)}\r\n"
).encode()


def test_requests_in_flight_are_answered_and_new_ones_refused(own_service):
    own_service.register("ann@example.com")
    left = own_service.pids() - {own_service.process.pid}
    begun, refusing = [Event() for _ in range(IN_FLIGHT)], Event()

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        asked = [pool.submit(log_in, own_service, one, refusing) for one in begun]
        assert all(one.wait(PATIENCE_SECONDS) for one in begun)
        own_service.terminate()
        at = time.monotonic()
        wait_until(lambda: is_refused(own_service))
        refusing.set()
        responses = [request.result() for request in asked]
    own_service.process.wait(PATIENCE_SECONDS)
    wait_until(lambda: have_ended(left))

    seconds = time.monotonic() - at
    sys.stdout.write(f"{len(responses)} in flight answered, all over after {seconds:.2f} s\n")
    assert [statuses(response) for response in responses] == [[200]] * IN_FLIGHT
    assert seconds < STOPPED_SECONDS
    assert own_service.process.returncode == 0


def log_in(service, begun, refusing) -> bytes:
    """Its body is being read when the service is told to stop, and complete only afterwards."""
    with opening(service) as connection:
        begin(connection, HEAD + EXPECT_CONTINUE + b"\r\n\r\n")
        connection.sendall(BODY[:10])
        begun.set()
        assert refusing.wait(PATIENCE_SECONDS)
        connection.sendall(BODY[10:])
        return received(connection)


def is_refused(service) -> bool:
    try:
        opening(service).close()
    except ConnectionRefusedError:
        return True
    return False


class Visitor(Thread):
    """Sends requests, on one connection as long as it may, until it can't connect any more."""

    def __init__(self, port, keeps):
        super().__init__()
        self.port = port
        self.keeps = keeps
        self.answered = 0
        self.lost = []

    def run(self):
        try:
            while True:
                self._use(http.client.HTTPConnection("127.0.0.1", self.port, PATIENCE_SECONDS))
        except ConnectionRefusedError:
            pass

    def _use(self, connection):
        connection.connect()
        try:
            while self._is_answered(connection):
                pass
        except (OSError, http.client.HTTPException) as error:
            self.lost.append(repr(error))
        connection.close()

    def _is_answered(self, connection) -> bool:
        """Whether the connection may be used again."""
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        response.read()
        assert response.status == 200
        self.answered += 1
        return self.keeps and response.getheader("Connection") != "close"


def test_no_request_is_lost_under_load(own_service):
    visitors = [Visitor(own_service.port, keeps) for keeps in (True, False) * 8]
    for visitor in visitors:
        visitor.start()
    wait_until(lambda: all(visitor.answered > 20 for visitor in visitors))

    own_service.terminate()
    own_service.process.wait(PATIENCE_SECONDS)
    for visitor in visitors:
        visitor.join()

    assert [visitor.lost for visitor in visitors] == [[]] * len(visitors)
    assert own_service.process.returncode == 0
    assert "gracefully" not in own_service.log.read_text()
