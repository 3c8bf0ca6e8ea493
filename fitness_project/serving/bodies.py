"""Receives the whole body of a request before any work on the request begins.

A client that sends its body slowly keeps a thread waiting for as long as it likes. (If a response
were sent during a read, granian would wait for that read and block all other threads.) So a worker
keeps some of its threads for requests without a body. It receives few long bodies at once, because
each occupies memory, and only from clients with a session, which Django checks later. No client can
take all the places for them.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock, Semaphore
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import RequestDataTooBig

from fitness_project.errors import Busy

from .addresses import address_in

Environ = dict[str, Any]

TOO_MANY = "The service is receiving too many requests. Try again shortly."

# How many of a worker's threads may wait for bodies.
MAX_WAITING = 48
# How many of those may wait for a body of a call in settings.LONG_BODIES.
MAX_LONG = 8
# How many of those for one client's.
MAX_LONG_OF_ONE = 2

_waiting = Semaphore(MAX_WAITING)
_waiting_for_long = Semaphore(MAX_LONG)
_lock = Lock()
_long_by_address: Counter[str] = Counter()


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def has_body(environ: Environ) -> bool:
    return bool(environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"))


def take_body(environ: Environ) -> None:
    """Replaces the stream with the whole body.

    A chunked body gets its length here, because Django takes a body without a Content-Length for
    empty. A body that is declared to be over the limit isn't read at all, so that its client is
    told at once.
    """
    declared = environ.get("CONTENT_LENGTH", "")
    try:
        body = _receive(environ, declared)
    except (Busy, RequestDataTooBig) as error:
        environ["wsgi.input"] = UnreadBody(error)
        environ["CONTENT_LENGTH"] = declared or "1"  # Otherwise Django would take it for empty.
        return
    if declared.isdecimal() and len(body) < int(declared):
        environ["wsgi.input"] = UnreadBody(OSError("The body ended before its Content-Length."))
        return
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _receive(environ: Environ, declared: str) -> bytes:
    """Raises Busy and RequestDataTooBig."""
    longest = _longest(environ)
    wanted = int(declared) if declared.isdecimal() else longest + 1
    if declared and wanted > longest:
        raise RequestDataTooBig
    body = _read(environ, wanted)
    if len(body) > longest:
        raise RequestDataTooBig
    return body


def _longest(environ: Environ) -> int:
    """How many bytes the body of a request may have. (Only a POST brings a file.)"""
    usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    cookies = environ.get("HTTP_COOKIE", "")
    if environ["REQUEST_METHOD"] != "POST" or f"{settings.SESSION_COOKIE_NAME}=" not in cookies:
        return usual
    return settings.LONG_BODIES.get(environ["PATH_INFO"], usual)


def _read(environ: Environ, size: int) -> bytes:
    """Raises Busy if too many threads are already waiting for bodies."""
    stream: Readable = environ["wsgi.input"]
    if size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1:
        with _place_of(address_in(environ)), _place(_waiting_for_long), _place(_waiting):
            return stream.read(size)
    with _place(_waiting):
        return stream.read(size)


@contextmanager
def _place(places: Semaphore) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise Busy(TOO_MANY)
    try:
        yield
    finally:
        places.release()


@contextmanager
def _place_of(address: str) -> Iterator[None]:
    """A client's place for a long body."""
    with _lock:
        if _long_by_address[address] >= MAX_LONG_OF_ONE:
            raise Busy(TOO_MANY)
        _long_by_address[address] += 1
    try:
        yield
    finally:
        with _lock:
            _long_by_address[address] -= 1
            if not _long_by_address[address]:
                del _long_by_address[address]


class UnreadBody(BytesIO):
    """A body that wasn't received in full: reading it raises `error`."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def read(self, *_: Any) -> bytes:
        raise self.error
