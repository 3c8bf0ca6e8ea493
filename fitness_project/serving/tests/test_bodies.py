"""Slow bodies can't occupy all threads, and long ones not all memory."""

import threading
from contextlib import contextmanager
from io import BytesIO

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client

from fitness_project.errors import Busy
from fitness_project.serving import bodies

BODY = b'{"email": "ann@example.com", "password": "correct horse 9"}'


IMPORT = "/admin/exercises/exercise/import/"
LENGTH = len(BODY)
LONG = bytes(2 * 1024 * 1024)
TOO_LONG = 17 * 1024 * 1024 + 1


class Silence:
    """The stream of a client that has stopped sending."""

    def __init__(self):
        self.over = threading.Event()
        self.readers = threading.Semaphore(0)

    def read(self, _):
        self.readers.release()
        self.over.wait(10)
        return b""


@pytest.fixture
def silence():
    stream = Silence()
    yield stream
    stream.over.set()


def environ_after_taking(
    stream,
    path="/api/history",
    length=LENGTH,
    method="POST",
    address="192.0.2.1",
    cookie="theme=dark; sessionid=0123",
) -> dict:
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": stream}
    environ |= {"REMOTE_ADDR": address, "HTTP_COOKIE": cookie}
    environ |= {"CONTENT_LENGTH": str(length)} if length else {"HTTP_TRANSFER_ENCODING": "chunked"}
    bodies.take_body(environ)
    return environ


@contextmanager
def all_readers_waiting(silence, *request, count=bodies.MAX_WAITING, address="192.0.2.{}"):
    threads = [
        threading.Thread(
            target=environ_after_taking,
            args=[silence, *request],
            kwargs={"address": address.format(number)},
        )
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert silence.readers.acquire(timeout=10)
    yield
    silence.over.set()
    for thread in threads:
        thread.join()


def test_a_body_is_refused_while_too_many_threads_wait_for_bodies(silence):
    with all_readers_waiting(silence), pytest.raises(Busy):
        environ_after_taking(BytesIO(BODY))["wsgi.input"].read()

    assert environ_after_taking(BytesIO(BODY))["wsgi.input"].read() == BODY


@pytest.mark.parametrize("length", [len(LONG), None], ids=["declared", "chunked"])
def test_the_import_of_exercises_takes_a_long_body(length):
    environ = environ_after_taking(BytesIO(LONG), IMPORT, length)

    assert environ["wsgi.input"].read() == LONG


@pytest.mark.parametrize("length", [len(LONG), None], ids=["declared", "chunked"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", f"{IMPORT}0/"), ("POST", "/api/exercises"), ("PUT", IMPORT)]
)
def test_nothing_else_takes_a_long_body(method, path, length):
    environ = environ_after_taking(BytesIO(LONG), path, length, method)

    with pytest.raises(RequestDataTooBig):
        environ["wsgi.input"].read()


@pytest.mark.parametrize("length", [TOO_LONG, None], ids=["declared", "chunked"])
def test_a_long_body_has_a_limit_too(length):
    environ = environ_after_taking(BytesIO(bytes(TOO_LONG)), IMPORT, length)

    with pytest.raises(RequestDataTooBig):
        environ["wsgi.input"].read()


def test_few_long_bodies_are_received_at_once(silence):
    with all_readers_waiting(silence, IMPORT, len(LONG), count=bodies.MAX_LONG):
        with pytest.raises(Busy):
            environ_after_taking(BytesIO(LONG), IMPORT, len(LONG))["wsgi.input"].read()
        assert environ_after_taking(BytesIO(BODY), IMPORT)["wsgi.input"].read() == BODY


def test_one_client_does_not_take_all_places_for_long_bodies(silence):
    of_one, count = "198.51.100.1", bodies.MAX_LONG_OF_ONE
    with all_readers_waiting(silence, IMPORT, len(LONG), count=count, address=of_one):
        with pytest.raises(Busy):
            environ_after_taking(BytesIO(LONG), IMPORT, len(LONG), address=of_one)[
                "wsgi.input"
            ].read()
        assert environ_after_taking(BytesIO(LONG), IMPORT, len(LONG))["wsgi.input"].read() == LONG

    again = environ_after_taking(BytesIO(LONG), IMPORT, len(LONG), address=of_one)
    assert again["wsgi.input"].read() == LONG


@pytest.mark.parametrize("length", [len(LONG), None], ids=["declared", "chunked"])
def test_without_a_session_nobody_sends_a_long_body(length):
    environ = environ_after_taking(BytesIO(LONG), IMPORT, length, cookie="theme=dark")

    with pytest.raises(RequestDataTooBig):
        environ["wsgi.input"].read()


def test_a_body_for_which_there_is_no_place_is_refused_without_a_traceback(caplog):
    unread = bodies.UnreadBody(Busy("Try again."))
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)

    response = browser.post(IMPORT, {"text": "name"}, **{"wsgi.input": unread})

    assert (response.status_code, response.json()["code"]) == (503, "busy")
    assert not any(record.exc_info for record in caplog.records)
