"""Responses that are kept ready to be sent.

Decoding stored documents and writing them as JSON is the expensive part of a list, and mostly they
are the same documents as last time. A response is kept under everything that it is made of (the
stored bytes of a document, for example), so it is never stale: what has changed has another key.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Response = TypeVar("Response")


class ReadyResponses(Generic[Response]):
    """Keeps at most `max_bytes`; beyond that, it forgets everything."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = self._room = max_bytes
        self._kept: dict[Hashable, Response] = {}

    def get(
        self, key: Hashable, make: Callable[[], Response], size: Callable[[Response], int]
    ) -> Response:
        """What `make()` returned for this key; `size` says how many bytes it takes."""
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
