"""Takes in the whole body of a request before any work on it begins.

A client that sends its body slowly keeps a thread waiting for as long as it likes. (If the response
were sent while a read is under way, granian would wait for that read and let no other thread work
meanwhile.) So some of a worker's threads never wait for bodies.
"""

from io import BytesIO
from threading import Semaphore
from typing import Any, Protocol

from django.conf import settings

from fitness_project.errors import Busy

Environ = dict[str, Any]

# Of a worker's threads; the others remain for requests that send no body.
MAX_WAITING = 48

_waiting = Semaphore(MAX_WAITING)


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def has_body(environ: Environ) -> bool:
    return bool(environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"))


def take_body(environ: Environ) -> None:
    """Replaces the stream with the whole body.

    Django takes a body without a Content-Length for an empty one, so a chunked body gets its length
    here. A body over the limit is cut one byte after it, and Django refuses it.
    """
    longest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
    declared = environ.get("CONTENT_LENGTH", "")
    wanted = min(int(declared), longest) if declared.isdigit() else longest
    try:
        body = _read(environ["wsgi.input"], wanted)
    except Busy as error:
        environ["wsgi.input"] = UnreadBody(error)
        environ["CONTENT_LENGTH"] = declared or "1"  # Django would take it for empty.
        return
    if declared.isdigit() and len(body) < wanted:
        environ["wsgi.input"] = UnreadBody(OSError("The body ended before its Content-Length."))
        return
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def _read(stream: Readable, size: int) -> bytes:
    """Raises Busy if too many threads wait for bodies already."""
    if not _waiting.acquire(blocking=False):
        raise Busy("Too many requests are being received at this moment. Try again shortly.")
    try:
        return stream.read(size)
    finally:
        _waiting.release()


class UnreadBody(BytesIO):
    """The body of a client that went away or declared a wrong length, or one body too many."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def read(self, *_: Any) -> bytes:
        raise self.error
