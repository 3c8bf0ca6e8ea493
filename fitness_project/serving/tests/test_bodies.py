"""Bodies that don't come: they are not waited for by all."""

import threading
from contextlib import contextmanager
from io import BytesIO

import pytest

from fitness_project.errors import Busy
from fitness_project.serving import bodies

BODY = b'{"email": "ann@example.com", "password": "correct horse 9"}'


class Silence:
    """The stream of a client that stops sending."""

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


def taken(stream) -> dict:
    environ = {"CONTENT_LENGTH": str(len(BODY)), "wsgi.input": stream}
    bodies.take_body(environ)
    return environ


@contextmanager
def all_readers_waiting(silence):
    threads = [threading.Thread(target=taken, args=[silence]) for _ in range(bodies.MAX_WAITING)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert silence.readers.acquire(timeout=10)
    yield
    silence.over.set()
    for thread in threads:
        thread.join()


def test_one_more_than_may_wait_is_told_to_come_back(silence):
    with all_readers_waiting(silence), pytest.raises(Busy):
        taken(BytesIO(BODY))["wsgi.input"].read()

    assert taken(BytesIO(BODY))["wsgi.input"].read() == BODY
