"""What a process remembers of sorted pages. A wrong guess costs a find, but loses no document."""

from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Any

from pymongo.collection import Collection

MAX_BYTES = 3_000_000
"""In each process, for the pages of ten thousand users: little beside the 60 MB of a process."""
BYTES_EACH = 300
"""Of a guess with its numbers and its place in the dictionary, measured with tracemalloc."""
MAX_REMEMBERED = MAX_BYTES // BYTES_EACH
# How long a missing index is assumed to be missing still.
MISSING_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Guess:
    """Where the pages of one query, sort and length lie. Numbers are positions on a `Timeline`."""

    span: int | None = None
    """The distance between a page's first and last document."""
    first: tuple[float, float] | None = None
    """The bounds of the first page."""
    rest: float = inf
    """From this bound on, there is less than a full page of documents with dates."""

    def window_end(self, start: float) -> float | None:
        """The end of a window that probably holds a page, if the page begins after `start`."""
        # Both bounds are exclusive.
        ends = [] if self.span is None else [start + 2 * self.span + 2]
        if self.first is not None and start <= self.first[0]:
            ends.append(self.first[1])
        end = max(ends, default=start)
        return end if end > start else None

    def after_full_page(self, start: float, first: int, last: int) -> "Guess":
        """`first` and `last` are the positions of the page's first and last document."""
        is_first = self.first is None or start <= self.first[0]
        return Guess(
            span=last - first,
            first=(start, last + 1) if is_first else self.first,
            rest=inf if start >= self.rest else self.rest,
        )

    def after_last_page(self, start: float) -> "Guess":
        return replace(self, rest=min(start, self.rest))


guesses: dict[int, Guess] = {}
"""By the hash of a page's query. Should two queries share one, each costs a find more."""
_served: dict[tuple[str, frozenset[str], str], frozenset[str]] = {}
"""For a collection, equalities and a sorted field: those equalities that an index serves."""
_missing_until: dict[tuple[str, frozenset[str], str], float] = {}


def remember(key: int, guess: Guess) -> None:
    if len(guesses) >= MAX_REMEMBERED and key not in guesses:
        guesses.clear()
    guesses[key] = guess


def served_fields(
    collection: Collection[Any], equalities: frozenset[str], field: str
) -> frozenset[str] | None:
    """The equalities before `field` in the index that serves most of them.

    Returns None if no index serves a range on the field after any of them. Then the range would
    make the server read the whole collection, and the equalities alone may be faster. Without
    equalities, the index must begin with the field.
    """
    key = collection.full_name, equalities, field
    if (known := _served.get(key)) is not None:
        return known
    if _missing_until.get(key, 0.0) > monotonic():
        return None
    indexes = collection.index_information().values()
    keys = [[name for name, _ in index["key"]] for index in indexes]
    found = [frozenset(names[: names.index(field)]) for names in keys if field in names]
    served = max((fields for fields in found if fields <= equalities), key=len, default=None)
    if served is not None and bool(served) == bool(equalities):
        _served[key] = served
        return served
    _missing_until[key] = monotonic() + MISSING_SECONDS
    return None


def forget() -> None:
    """For tests."""
    for memory in (guesses, _served, _missing_until):
        memory.clear()
