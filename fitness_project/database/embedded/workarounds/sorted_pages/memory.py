"""What a process remembers of sorted pages. A wrong guess costs a find, but loses no document."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Any

from pymongo.collection import Collection

MAX_REMEMBERED = 10_000
# How long a missing index is assumed to be missing still.
MISSING_SECONDS = 60.0


@dataclass(frozen=True)
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


guesses: dict[Hashable, Guess] = {}
_served: set[tuple[str, frozenset[str], str]] = set()
"""The collections, equalities and fields that an index serves."""
_missing_until: dict[tuple[str, frozenset[str], str], float] = {}


def remember(key: Hashable, guess: Guess) -> None:
    if len(guesses) >= MAX_REMEMBERED and key not in guesses:
        guesses.clear()
    guesses[key] = guess


def has_index(collection: Collection[Any], equalities: frozenset[str], field: str) -> bool:
    """Whether an index serves a range on the field next to equalities on the other fields.

    Without one, the range makes the server read the whole collection, and the equalities alone may
    be faster.
    """
    key = collection.full_name, equalities, field
    if key in _served:
        return True
    if _missing_until.get(key, 0.0) > monotonic():
        return False
    indexes = collection.index_information().values()
    if any(_serves([name for name, _ in index["key"]], equalities, field) for index in indexes):
        _served.add(key)
        return True
    _missing_until[key] = monotonic() + MISSING_SECONDS
    return False


def _serves(fields: list[str], equalities: frozenset[str], field: str) -> bool:
    count = len(equalities)
    return frozenset(fields[:count]) == equalities and fields[count : count + 1] == [field]


def forget() -> None:
    """For tests."""
    for memory in (guesses, _served, _missing_until):
        memory.clear()
