"""Answers that are kept, ready to be sent.

Reading stored documents and writing them as JSON is the dear part of a list, and mostly they are
the same documents as the last time. An answer is kept under all that it is made of (a stored
document's own bytes, say), so none is ever stale: what changed is another key.
"""


class ReadyAnswers:
    """What was made for each key: at most `max_bytes` of it, then they are all forgotten."""

    def __init__(self, max_bytes: int):
        self._max_bytes = self._room = max_bytes
        self._kept = {}

    def get(self, key, make, size=len):
        """What `make()` gave for this key; `size` tells how much room it takes."""
        found = self._kept.get(key)
        if found is None:
            found = make()
            self._keep(key, found, size(found))
        return found

    def _keep(self, key, answer, size):
        if size > self._max_bytes:
            return
        if size > self._room:
            self._kept, self._room = {}, self._max_bytes
        self._kept[key] = answer
        self._room -= size
