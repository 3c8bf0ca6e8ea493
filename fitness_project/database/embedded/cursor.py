"""Cursors that read sorted pages and single documents through the workarounds.

PyMongo doesn't publish a cursor's options or the method that sends it. All private names that this
takes are used here.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any

from pymongo.cursor import Cursor

from .workarounds.first_matches import note_ids, read_some
from .workarounds.sorted_pages import Find, Sort, read_page

SORTED = {"$query", "$orderby"}
# A page comes in one reply, which may have 16 MB.
LONGEST_PAGE = 200


class EmbeddedCursor(Cursor[Any]):
    def _refresh(self) -> int:
        is_unsent = self._id is None and not self._killed and not self._data
        find = self._plain_find() if is_unsent else None
        documents = _read(find) if find else None
        if documents is None:
            return super()._refresh()
        self._data = deque(documents)
        self._retrieved = len(documents)
        self._id = 0
        self.close()
        return len(documents)

    def _plain_find(self) -> Find | None:
        """Returns None unless this find has a limit, and either a sort or nothing else."""
        options = (self._skip, self._batch_size, self._query_flags, self._collation)
        if any(options) or self._allow_disk_use is not None:
            return None
        spec: Mapping[str, Any] = self._query_spec()
        if spec.keys() == SORTED and 0 < abs(self._limit) <= LONGEST_PAGE:
            return self._find(spec["$query"], tuple(spec["$orderby"].items()))
        if spec is self._spec and self._limit and len(spec) == 1 and "_id" not in spec:
            return self._find(spec, ())
        return None

    def _find(self, query: Mapping[str, Any], sort: Sort) -> Find:
        limit = abs(self._limit)
        return Find(self.collection, query, self._projection, sort, limit, self.session)


def _read(find: Find) -> list[Any] | None:
    if not find.sort:
        return read_some(find)
    documents = read_page(find)
    if documents is not None:
        note_ids(find.collection, find.query)
    return documents
