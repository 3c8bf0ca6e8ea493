"""What a process has learned of where sorted pages lie. A wrong guess costs a find, never a row."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from pymongo.collection import Collection

from .directions import Direction

MAX_REMEMBERED = 10_000
MILLISECOND = timedelta(milliseconds=1)
# So long a missing index is taken to be missing still.
MISSING_SECONDS = 60.0


@dataclass(frozen=True)
class Guess:
    """Of the pages of one length that the same conditions let through, in one direction."""

    span: timedelta | None = None
    """The dates of a page lie as far apart as this."""
    first: tuple[datetime, datetime] | None = None
    """The nearest page is between these two bounds."""
    rest: datetime | None = None
    """Behind this bound there is no full page of dated documents any more."""

    def far_end(self, near: datetime, direction: Direction) -> datetime | None:
        """The bound of a window that holds a page, seen from the bound where the page begins."""
        ends = []
        if self.span is not None and near != direction.nearest:
            reach = 2 * self.span + MILLISECOND  # `near` is exclusive.
            ends.append(direction.just_past(direction.further(near, reach)))
        if self.first is not None and direction.reaches(self.first[0], near):
            ends.append(self.first[1])
        return direction.furthest(*ends) if ends else None

    def is_rest(self, near: datetime, direction: Direction) -> bool:
        return self.rest is not None and direction.reaches(near, self.rest)

    def after_full_page(
        self, near: datetime, dates: tuple[datetime, datetime], direction: Direction
    ) -> "Guess":
        """`dates` are those of the page's two ends."""
        is_first = self.first is None or direction.reaches(self.first[0], near)
        return Guess(
            span=abs(dates[1] - dates[0]),
            first=(near, direction.just_past(dates[1])) if is_first else self.first,
            rest=None if self.is_rest(near, direction) else self.rest,
        )

    def after_last_page(self, near: datetime, direction: Direction) -> "Guess":
        is_known = self.is_rest(near, direction)
        return self if is_known else replace(self, rest=near)


guesses: dict[Hashable, Guess] = {}
undated: set[tuple[str, str]] = set()
"""Names of collections and fields that hold something else than dates."""
_missing: dict[Hashable, float] = {}
_present: set[Hashable] = set()


def remember(key: Hashable, guess: Guess) -> None:
    if len(guesses) >= MAX_REMEMBERED and key not in guesses:
        guesses.clear()
    guesses[key] = guess


def has_index(collection: Collection, equalities: frozenset[str], field: str) -> bool:
    """Whether an index serves a range of the field beside conditions of equality: without one, the
    server reads the whole collection for the range, and the equalities alone may do better."""
    key = (collection.full_name, equalities, field)
    if key in _present:
        return True
    if _missing.get(key, 0.0) > monotonic():
        return False
    indexes = collection.index_information().values()
    if any(_serves([name for name, _ in index["key"]], equalities, field) for index in indexes):
        _present.add(key)
        return True
    _missing[key] = monotonic() + MISSING_SECONDS
    return False


def _serves(names: list[str], equalities: frozenset[str], field: str) -> bool:
    count = len(equalities)
    return frozenset(names[:count]) == equalities and names[count : count + 1] == [field]


def forget() -> None:
    """For tests."""
    for memory in (guesses, undated, _missing, _present):
        memory.clear()
