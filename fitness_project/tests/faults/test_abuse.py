"""Clients that take more than their share: memory stays bounded, and other clients are served."""

import json
import resource
import socket
import sys
import time
from contextlib import ExitStack, contextmanager, suppress

import psutil
import pytest

from fitness_project.serving.server import HEADER_SECONDS
from fitness_project.tests.e2e.client import JSON, PASSWORD
from fitness_project.tests.e2e.connections import exchange
from fitness_project.tests.processes import wait_until

from .slow_clients import SlowClients

pytestmark = pytest.mark.timeout(600)

LIMIT = 2**20
IDLE = 10_000
SLOW = 300
GROWTH_MB = 150
HEAD = b"POST /api/history HTTP/1.1\r\nHost: localhost\r\n"
SESSION = {"date": "2026-11-21T18:30:00Z"}


@pytest.fixture(scope="module")
def ann(service):
    return service.register("abused@example.com")


@pytest.fixture(scope="module", autouse=True)
def _enough_descriptors():
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(IDLE + 1000, hard)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def memory(service) -> float:
    return sum(psutil.Process(pid).memory_info().rss for pid in service.pids()) / LIMIT


def slowest_response(client, times=10) -> float:
    """Of those that another client gets, which only reads."""
    seconds = []
    for path in ("/healthz", "/api/routines") * times:
        started = time.monotonic()
        assert client.call("GET", path).status == 200
        seconds.append(time.monotonic() - started)
    return max(seconds)


def tell(line):
    sys.stdout.write(f"{line}\n")


# Connections


@contextmanager
def idle_connections(service, count):
    with ExitStack() as opened:
        connections = [opened.enter_context(socket.socket()) for _ in range(count)]
        for number, connection in enumerate(connections):
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", service.port))
            if number % 100 == 0:
                time.sleep(0.01)  # No more at once than the kernel queues.
        yield connections


def test_ten_thousand_idle_connections_are_borne_and_then_ended(service, ann):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < IDLE + 1000:
        pytest.skip(f"a process may have no more than {most} descriptors here")
    before = memory(service)

    with idle_connections(service, IDLE) as connections:
        slowest, during = slowest_response(ann), memory(service)
        wait_until(lambda: all(is_ended(connection) for connection in connections))

    tell(f"{IDLE} idle: {during - before:.0f} MB, slowest response {slowest:.2f} s")
    # Nobody else had to wait until the idle ones were ended.
    assert slowest < HEADER_SECONDS
    assert during - before < GROWTH_MB


def is_ended(connection) -> bool:
    with suppress(BlockingIOError, OSError):
        return connection.recv(1) == b""
    return False


# Slow clients


SLOW_HEADS = {
    "headers": HEAD + b"%b\r\nX-Slow: ",
    "bodies": HEAD + b"%b\r\nContent-Length: 1000\r\n\r\n",
    "chunks": HEAD + b"%b\r\nTransfer-Encoding: chunked\r\n\r\n3E8\r\n",
}


@pytest.mark.parametrize("what", SLOW_HEADS)
def test_slow_clients_hold_up_nobody_who_reads(service, ann, what):
    before = memory(service)

    with SlowClients(service, SLOW, SLOW_HEADS[what] % json_of(ann)) as slow:
        slowest = slowest_response(ann)
        grown = memory(service) - before
        refused = slow.statuses()

    tell(f"{SLOW} slow {what}: {grown:.0f} MB, slowest response {slowest:.2f} s")
    # Nobody who reads had to wait until the slow ones were ended, or until the block was left.
    assert slowest < HEADER_SECONDS
    assert grown < GROWTH_MB
    assert len(refused) < SLOW
    # Once they are gone, the service reads others' bodies again.
    wait_until(lambda: is_read(ann))


@pytest.mark.parametrize("what", ["bodies", "chunks"])
def test_one_body_too_many_is_refused_with_a_503(service, ann, what):
    with SlowClients(service, SLOW, SLOW_HEADS[what] % json_of(ann)) as slow:
        wait_until(slow.statuses)
        refused = slow.statuses()

    wait_until(lambda: is_read(ann))
    assert set(refused) == {503}


def is_read(client) -> bool:
    return client.call("PATCH", "/api/auth/me", {"name": "Ann"}).status == 200


def json_of(client) -> bytes:
    """The headers with which a signed-in client sends JSON."""
    return f"Content-Type: {JSON}\r\nAuthorization: Bearer {client.token}".encode()


# Much at once


def padded(document, size) -> bytes:
    body = json.dumps(document).encode()
    return body + b" " * (size - len(body))


def test_a_body_of_one_mebibyte_is_accepted_and_one_byte_more_is_not(service, ann):
    session = {**SESSION, "exercises": ann.entries()}

    assert post(service, ann, padded(session, LIMIT)) == [201]
    assert post(service, ann, padded(session, LIMIT + 1)) == [413]


def post(service, client, body, *headers) -> list[int]:
    length = b"Content-Length: %d" % len(body)
    lines = [b"Connection: close", json_of(client), length, *headers, b"", b""]
    return exchange(service, HEAD + b"\r\n".join(lines) + body)


def test_headers_of_64_kib_are_refused(service, ann):
    body = json.dumps({**SESSION, "exercises": ann.entries()}).encode()

    assert post(service, ann, body, b"X-Long: " + b"a" * 65_536) == [431]
    assert post(service, ann, body, b"X-Long: " + b"a" * 8_192) == [201]


def test_the_501st_routine_is_refused_and_500_are_listed(service):
    bob = service.register("many@example.com")
    body = {"name": "Push day", "exercises": bob.entries()}
    created = [bob.call("POST", "/api/routines", body).status for _ in range(500)]

    refused = bob.call("POST", "/api/routines", body)

    assert set(created) == {201}
    assert (refused.status, refused.json["code"]) == (409, "limit")
    assert len(bob.everything("/api/routines")) == 500


def test_the_largest_sessions_are_stored_whole(service, ann):
    entry = {**ann.entries()[0], "sets": 100, "reps": 10_000, "weight": 1999.99}
    largest = {**SESSION, "exercises": [entry] * 100, "notes": "\U0001f3cb" * 2_000}
    carol = service.register("large@example.com")

    started = time.monotonic()
    created = [carol.call("POST", "/api/history", largest).json for _ in range(100)]
    page = carol.call("GET", "/api/history?pageSize=100")

    tell(f"100 sessions of 100 entries: {time.monotonic() - started:.1f} s, {len(page.body)} bytes")
    assert page.status == 200
    assert sorted(page.json["results"], key=by_id) == sorted(created, key=by_id)
    assert all(len(session["exercises"]) == 100 for session in created)
    assert all(session["notes"] == largest["notes"] for session in created)


def by_id(session):
    return session["id"]


def test_none_of_this_leaves_a_traceback(service):
    assert PASSWORD not in (log := service.log.read_text())
    assert "Traceback" not in log
