"""Cursors that answer sorted pages out of windows.

PyMongo hides a cursor's options and its sending: all private names of it that we use are here.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

from pymongo.cursor import Cursor

from .workarounds.pages import page
from .workarounds.questions import Question

PLAIN = {"$query", "$orderby"}


class EmbeddedCursor(Cursor[dict[str, Any]]):
    def _refresh(self) -> int:
        is_unasked = self._id is None and not self._killed and not self._data
        question = self._question() if is_unasked else None
        rows = page(question) if question else None
        if rows is None:
            return super()._refresh()
        self._data = deque(rows)
        self._retrieved = len(rows)
        self._id = 0
        self.close()
        return len(rows)

    def _question(self) -> Question | None:
        """What is asked, where it has a sort, a limit and no unusual option."""
        spec: Mapping[str, Any] = self._query_spec()
        options = (self._skip, self._batch_size, self._query_flags, self._collation)
        is_plain = spec.keys() == PLAIN and not any(options) and self._allow_disk_use is None
        if not self._limit or not is_plain:
            return None
        return Question(
            self.collection,
            spec["$query"],
            self._projection,
            tuple(spec["$orderby"].items()),
            abs(self._limit),
            self.session,
        )
