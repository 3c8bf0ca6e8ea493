"""Sends files that are made while they are received.

granian keeps a thread busy with such a response until the client has taken the last part, even if
the client reads slowly or not at all. So only a few of a worker's threads may send files.
"""

from collections.abc import Iterator
from threading import Semaphore
from weakref import finalize

from django.http import StreamingHttpResponse

from fitness_project.errors import Busy

# How many of a worker's threads may send files. `bodies.MAX_WAITING` leaves room for them.
MAX_SENDING = 8

_sending = Semaphore(MAX_SENDING)


class Parts(Iterator[bytes]):
    """The parts of a file, which occupy one of the places until they are closed or forgotten."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        """Raises Busy if too many threads are already sending files."""
        if not _sending.acquire(blocking=False):
            raise Busy("The service is sending too many files. Try again shortly.")
        self.close = finalize(self, _sending.release)
        self._parts = parts

    def __next__(self) -> bytes:
        return next(self._parts)


def download(parts: Iterator[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    """A response that browsers save under this name. Raises Busy."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(Parts(parts), content_type=content_type, headers=headers)
