"""Responses that are kept ready to send.

Decoding stored documents and encoding them as JSON is the expensive part of a list, and most of the
documents haven't changed since they were last read. The key of a response includes all that it is
made from, such as the stored bytes of a document. A response is therefore never stale: a changed
document has another key.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Response = TypeVar("Response")


class ReadyResponses(Generic[Response]):
    """Keeps at most `max_bytes` of responses, and drops them all when the next one doesn't fit."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = self._room = max_bytes
        self._kept: dict[Hashable, Response] = {}

    def get(
        self, key: Hashable, make: Callable[[], Response], size: Callable[[Response], int]
    ) -> Response:
        """The response for this key, created by `make()` the first time.

        `size` returns the number of bytes that a response takes.
        """
        found = self._kept.get(key)
        if found is None:
            found = make()
            self._keep(key, found, size(found))
        return found

    def _keep(self, key: Hashable, response: Response, size: int) -> None:
        if size > self._max_bytes:
            return
        if size > self._room:
            self._kept, self._room = {}, self._max_bytes
        self._kept[key] = response
        self._room -= size
