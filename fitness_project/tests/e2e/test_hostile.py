"""Malformed requests: none is a 5xx, holds up other clients or leaves a traceback in the log."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from fitness_project.serving.server import THREADS
from fitness_project.tests.processes import wait_until

from .client import PASSWORD
from .connections import EXPECT_CONTINUE, begin, exchange, opening, received, statuses

pytestmark = pytest.mark.timeout(300)

LIMIT = 2**20
HOST = b"Host: 127.0.0.1"
JSON = b"Content-Type: application/json"
CLOSE = b"Connection: close"
CHUNKED = b"Transfer-Encoding: chunked"
LOGIN = b'{"email": "hostile@example.com", "password": "%s"}' % PASSWORD.encode()


def message(first_line, *headers, body=b""):
    return b"\r\n".join([first_line, *headers, b"", body])


def get(path, *headers):
    return message(b"GET %s HTTP/1.1" % path, HOST, CLOSE, *headers)


def login(*headers, body=LOGIN):
    return message(b"POST /api/auth/login HTTP/1.1", HOST, CLOSE, JSON, *headers, body=body)


def length(number):
    return b"Content-Length: %d" % number


def chunks(body, size=1000):
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def too_large():
    return b'{"email": "%s"}' % (b"a" * LIMIT)


HOSTILE = {
    "path: escaped bytes that are not UTF-8": get(b"/api/exercises/%ff%fe"),
    "path: bytes that are not UTF-8": get(b"/api/exercises/\xff\xfe"),
    "path: a lone surrogate": get(b"/api/exercises/%ed%a0%80"),
    "path: an escaped NUL": get(b"/api/exercises/%00"),
    "path: a NUL": get(b"/api/exercises/\0"),
    "path: an escaped line break": get(b"/api/exercises/%0d%0aSet-Cookie:%20a=b"),
    "path: upwards": get(b"/static/../../../../etc/passwd"),
    "path: static, escaped bytes": get(b"/static/%ff%00"),
    "path: of the admin, a NUL": get(b"/admin/%00/"),
    "path: a star": get(b"*"),
    "path: of another host": get(b"http://example.com/healthz"),
    "path: 70,000 bytes": get(b"/api/exercises/" + b"a" * 70_000),
    "query: escaped bytes that are not UTF-8": get(b"/api/schema?search=%ff%fe"),
    "query: bytes that are not UTF-8": get(b"/api/schema?search=\xff\xfe"),
    "query: an escaped NUL": get(b"/api/schema?search=%00"),
    "query: 50,000 parameters": get(b"/api/schema?" + b"a&" * 50_000),
    "header: of 64 KiB": get(b"/api/history", b"X-Long: " + b"a" * 65_536),
    "header: of 1 MiB": get(b"/api/history", b"X-Long: " + b"a" * LIMIT),
    "header: 2,000 of them": get(b"/api/history", *(b"X-%d: a" % n for n in range(2_000))),
    "header: a NUL": get(b"/api/history", b"X-Nul: a\0b"),
    "header: folded": get(b"/api/history", b"X-Folded: a\r\n b"),
    "header: X-Request-Id in bytes": get(b"/api/history", b"X-Request-Id: \xff\xfe"),
    "header: a token in bytes": get(b"/api/history", b"Authorization: Bearer \xff\xfe"),
    "header: a token of 64 KiB": get(b"/api/history", b"Authorization: Bearer " + b"a" * 65_536),
    "header: a cookie in bytes": get(b"/api/history", b"Cookie: sessionid=\xff\0\xfe"),
    "header: Accept in bytes": get(b"/api/history", b"Accept: \xff/\xff;q=x"),
    "header: no host": message(b"GET /healthz HTTP/1.1", CLOSE),
    "header: another host": message(b"GET /healthz HTTP/1.1", b"Host: example.com", CLOSE),
    "header: a host in bytes": message(b"GET /healthz HTTP/1.1", b"Host: \xff", CLOSE),
    "method: unknown": message(b"FIND /api/history HTTP/1.1", HOST, CLOSE),
    "method: TRACE": message(b"TRACE /api/history HTTP/1.1", HOST, CLOSE),
    "method: CONNECT": message(b"CONNECT example.com:80 HTTP/1.1", HOST, CLOSE),
    "version: 0.9": b"GET /healthz\r\n\r\n",
    "version: 3.0": message(b"GET /healthz HTTP/3.0", HOST),
    "not HTTP: bytes": b"\0\xff\xfe\r\n\r\n",
    "not HTTP: TLS": bytes.fromhex("16030100a5010000a10303") + b"a" * 160,
    "length: too short": login(length(5)),
    "length: negative": login(b"Content-Length: -1"),
    "length: no number": login(b"Content-Length: many"),
    "length: past 64 bits": login(length(10**20)),
    "length: two of them": login(length(5), length(6)),
    "length: none": login(),
    "length: and chunks": login(length(5), CHUNKED, body=chunks(LOGIN)),
    "chunks: a size that is none": login(CHUNKED, body=b"size\r\nabc\r\n0\r\n\r\n"),
    "chunks: a size past 64 bits": login(CHUNKED, body=b"f" * 20 + b"\r\nabc\r\n0\r\n\r\n"),
    "chunks: of an unknown coding": login(b"Transfer-Encoding: rot13", body=LOGIN),
    "content type: none known": login(b"Content-Type: ;;\xff", length(len(LOGIN))),
    "content type: a form without boundary": message(
        *(b"POST /sign-in/ HTTP/1.1", HOST, CLOSE, length(3)),
        *(b"Content-Type: multipart/form-data",),
        body=b"a=b",
    ),
}
UNFINISHED = {
    "a length with less": login(length(500)),
    "chunks with the last one missing": login(CHUNKED, body=b"10\r\nabc"),
    "headers": b"GET /healthz HTTP/1.1\r\nHo",
}


@pytest.fixture(scope="module")
def target(service):
    """The service, with a user to sign in as."""
    service.register("hostile@example.com")
    return service


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_is_no_fault_of_the_service(target, name):
    found = exchange(target, HOSTILE[name])

    assert all(200 <= status < 500 for status in found)
    assert target.call("GET", "/healthz").status == 200


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_request_that_ends_too_early_is_no_fault_of_the_service(target, name):
    found = exchange(target, UNFINISHED[name], ends=True)

    assert all(400 <= status < 500 for status in found)


def test_a_chunked_body_is_read(target):
    assert exchange(target, login(CHUNKED, body=chunks(LOGIN, size=7))) == [200]


def test_a_body_above_the_limit_is_a_413(target):
    body = too_large()

    assert exchange(target, login(length(len(body)), body=body)) == [413]
    assert exchange(target, login(CHUNKED, body=chunks(body, size=60_000))) == [413]


def test_a_body_that_is_declared_too_large_is_refused_before_it_is_sent(target):
    with opening(target) as connection:
        connection.sendall(login(length(len(too_large())), body=b""))

        response = received(connection)

    assert statuses(response) == [413]
    assert b"content-type: application/problem+json" in response
    assert b"x-request-id: " in response


def test_a_client_may_wait_for_100_continue_before_it_sends_the_body(target):
    with opening(target) as connection:
        begin(connection, login(length(len(LOGIN)), EXPECT_CONTINUE, body=b""))
        connection.sendall(LOGIN)

        assert statuses(received(connection)) == [200]


def test_http_1_0_is_answered(target):
    got = message(b"GET /healthz HTTP/1.0", HOST)
    posted = message(b"POST /api/auth/login HTTP/1.0", HOST, JSON, length(len(LOGIN)), body=LOGIN)

    assert exchange(target, got) == exchange(target, posted) == [200]


def test_pipelined_requests_are_answered_in_order(target):
    kept = message(b"GET /healthz HTTP/1.1", HOST)
    missing = message(b"GET /nowhere HTTP/1.1", HOST)
    signed_in = login(length(len(LOGIN))).replace(CLOSE, b"Connection: keep-alive")

    assert exchange(target, kept + missing + signed_in + get(b"/healthz")) == [200, 404, 200, 200]


def test_clients_that_stop_sending_hold_up_nobody(target):
    """As long as they are fewer than the threads: each keeps one waiting for its body.

    One call may have to wait for the next: granian's pool adds a thread if more requests wait than
    it has idle threads, and it counts as idle those that are about to take a request.
    """
    with unfinished_requests(target), ThreadPoolExecutor() as pool:
        called = [pool.submit(target.call, "GET", "/healthz") for _ in range(5)]
        wait_until(lambda: sum(call.done() for call in called) >= 4)

    assert [call.result().status for call in called] == [200] * 5


@contextmanager
def unfinished_requests(target):
    """All of them stay until the block ends."""
    with ExitStack() as opened:
        for _ in range(THREADS // 2):
            for unfinished in UNFINISHED.values():
                opened.enter_context(opening(target)).sendall(unfinished)
        bodies = (len(UNFINISHED) - 1) * (THREADS // 2)
        wait_until(lambda: target.threads() >= bodies)
        yield


def test_hostile_requests_leave_no_traceback_in_the_log(target):
    for request in HOSTILE.values():
        exchange(target, request)

    assert "Traceback" not in target.log.read_text()
