"""Receives the whole body of a request before any work on the request begins.

A client that sends its body slowly keeps a thread waiting for as long as it likes. (If a response
were sent during a read, granian would wait for that read and block all other threads.) So a worker
keeps some of its threads for requests without a body.
"""

from io import BytesIO
from threading import Semaphore
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import RequestDataTooBig

from fitness_project.errors import Busy

Environ = dict[str, Any]

# How many of a worker's threads may wait for bodies.
MAX_WAITING = 48

_waiting = Semaphore(MAX_WAITING)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def has_body(environ: Environ) -> bool:
    return bool(environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"))


def take_body(environ: Environ) -> None:
    """Replaces the stream with the whole body.

    A chunked body gets its length here, because Django takes a body without a Content-Length for
    empty. One over the limit is cut off one byte beyond it, so that Django refuses it. A body that
    is declared to be over the limit isn't read at all, so that its client is told at once.
    """
    longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    declared = environ.get("CONTENT_LENGTH", "")
    wanted = int(declared) if declared.isdecimal() else longest + 1
    if wanted > longest and declared:
        environ["wsgi.input"] = UnreadBody(RequestDataTooBig())
        return
    try:
        body = _read(environ["wsgi.input"], wanted)
    except Busy as error:
        environ["wsgi.input"] = UnreadBody(error)
        environ["CONTENT_LENGTH"] = declared or "1"  # Otherwise Django would take it for empty.
        return
    if declared.isdecimal() and len(body) < wanted:
        environ["wsgi.input"] = UnreadBody(OSError("The body ended before its Content-Length."))
        return
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _read(stream: Readable, size: int) -> bytes:
    """Raises Busy if too many threads are already waiting for bodies."""
    if not _waiting.acquire(blocking=False):
        raise Busy("The service is receiving too many requests. Try again shortly.")
    try:
        return stream.read(size)
    finally:
        _waiting.release()


class UnreadBody(BytesIO):
    """A body that wasn't received in full: reading it raises `error`."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def read(self, *_: Any) -> bytes:
        raise self.error
