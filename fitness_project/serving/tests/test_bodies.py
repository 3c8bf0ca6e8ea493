"""Slow bodies can't occupy all threads."""

import threading
from contextlib import contextmanager
from io import BytesIO

import pytest

from fitness_project.errors import Busy
from fitness_project.serving import bodies

BODY = b'{"email": "ann@example.com", "password": "correct horse 9"}'


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


def environ_after_taking(stream) -> dict:
    environ = {"CONTENT_LENGTH": str(len(BODY)), "wsgi.input": stream}
    bodies.take_body(environ)
    return environ


@contextmanager
def all_readers_waiting(silence):
    threads = [
        threading.Thread(target=environ_after_taking, args=[silence])
        for _ in range(bodies.MAX_WAITING)
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
