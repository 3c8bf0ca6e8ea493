"""Cursors that read sorted pages through `workarounds.sorted_pages`.

PyMongo doesn't publish a cursor's options or the method that sends it. All private names that this
takes are used here.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

from pymongo.cursor import Cursor

from .workarounds.sorted_pages import Find, read_page

SORTED = {"$query", "$orderby"}
# A page comes in one reply, which may have 16 MB.
LONGEST_PAGE = 200


class EmbeddedCursor(Cursor[Any]):
    def _refresh(self) -> int:
        is_unsent = self._id is None and not self._killed and not self._data
        find = self._page_find() if is_unsent else None
        documents = read_page(find) if find else None
        if documents is None:
            return super()._refresh()
        self._data = deque(documents)
        self._retrieved = len(documents)
        self._id = 0
        self.close()
        return len(documents)

    def _page_find(self) -> Find | None:
        """Returns None if this find has no sort or limit, or has other options."""
        spec: Mapping[str, Any] = self._query_spec()
        options = (self._skip, self._batch_size, self._query_flags, self._collation)
        is_plain = spec.keys() == SORTED and not any(options) and self._allow_disk_use is None
        if not 0 < abs(self._limit) <= LONGEST_PAGE or not is_plain:
            return None
        return Find(
            self.collection,
            spec["$query"],
            self._projection,
            tuple(spec["$orderby"].items()),
            abs(self._limit),
            self.session,
        )
