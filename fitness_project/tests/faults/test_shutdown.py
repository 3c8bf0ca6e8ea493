"""SIGTERM: who has asked is answered, who comes now is refused, and soon all is over."""

import json
import signal
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from fitness_project.database.tests.conftest import is_alive, wait_until
from fitness_project.tests.e2e.service import JSON, PASSWORD
from fitness_project.tests.e2e.watch import opening, received, statuses

LOGINS = 2
SLOW = 2
PARTS = 10
PART_SECONDS = 0.15
BODY = json.dumps({"email": "ann@example.com", "password": PASSWORD}).encode()
HEAD = (
    f"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    f"Content-Type: {JSON}\r\nContent-Length: {len(BODY)}\r\n\r\n"
).encode()


def test_requests_in_flight_are_answered_and_new_ones_refused(own_service):
    own_service.register("ann@example.com")
    left = own_service.pids()

    with ThreadPoolExecutor(LOGINS + SLOW) as pool:
        asked = [pool.submit(log_in, own_service) for _ in range(LOGINS)]
        asked += [pool.submit(log_in, own_service, PARTS) for _ in range(SLOW)]
        time.sleep(0.5)
        own_service.process.send_signal(signal.SIGTERM)
        at = time.monotonic()
        wait_until(lambda: is_refused(own_service), seconds=1)
        answers = [request.result() for request in asked]
    wait_until(lambda: not any(is_alive(pid) for pid in left - {own_service.process.pid}))
    own_service.process.wait(5)

    seconds = time.monotonic() - at
    sys.stdout.write(f"{len(answers)} in flight answered, all over after {seconds:.2f} s\n")
    assert [statuses(answer) for answer in answers] == [[200]] * (LOGINS + SLOW)
    assert seconds < 5
    assert own_service.process.returncode == 0


def log_in(service, parts=1) -> bytes:
    """Sends its body in parts, slowly; answers what comes back."""
    size = -(-len(BODY) // parts)
    with opening(service) as connection:
        connection.sendall(HEAD)
        for start in range(0, len(BODY), size):
            connection.sendall(BODY[start : start + size])
            time.sleep(PART_SECONDS if parts > 1 else 0)
        return received(connection, time.monotonic() + 10)


def is_refused(service):
    try:
        socket.create_connection(("127.0.0.1", service.port), 1).close()
    except ConnectionRefusedError:
        return True
    return False
