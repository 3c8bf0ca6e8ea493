"""Sorted pages, for each of which the embedded server reads everything that its query matches.

MongoDB reads a page from an index and stops. The embedded server never uses an index to sort:
`find({userId}).sort(date, -1).limit(20)` reads and sorts all of a user's documents. With a range on
`date` it reads only that range. So a page is read from a window of dates. If a window holds a full
page, that is the page; if not, a wider window is tried, and in the end the find as it was written.
The process remembers where windows ended, so that most pages take one find.

The tie-break of a page that continues after a document, `$nor: [{date, _id: {$gte}}]`, makes the
server read the whole collection. It is left out of the query; a few more documents are read
instead, and the tie-break is applied to them here. If too many have the same date, a second
`$match` applies it.

Conditions on fields that aren't in the index (`{userId, routineId, date}`) make the server read the
whole collection too. They go into a second `$match`, which sees only what the index has found.

This is right for a field that holds dates. A descending window would miss values that sort above
all dates, such as `Timestamp`.
"""

from typing import Any

from .find import Find, Sort
from .page import page_of
from .search import Search

__all__ = ["Find", "Sort", "read_page"]


def read_page(find: Find) -> list[Any] | None:
    """Returns the find's documents, or None if it isn't a page that windows can serve."""
    page = page_of(find)
    return None if page is None else Search(*page).documents()
