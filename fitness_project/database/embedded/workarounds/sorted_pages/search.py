"""Reads a sorted page from windows of dates."""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import inf
from typing import Any

from .find import Find
from .memory import Guess, guesses, remember
from .page import Page

# The lengths of the windows that are tried, one after another, if nothing is known about a page.
SPANS = tuple(days * 24 * 60 * 60 * 1000 for days in (28, 224, 5 * 365, 40 * 365, 400 * 365))
# How many documents of an earlier page are read again at most. If there are more of them at one
# instant, the find is sent as it was written.
TIES = 4


class Search:
    def __init__(self, find: Find, page: Page) -> None:
        self.find = find
        self.page = page
        self.read_limit = find.limit + (TIES if page.tie else 0)
        equalities = frozenset(page.equalities.items())
        self.key = (find.collection.full_name, equalities, page.field, page.timeline, find.limit)
        self.guess = guesses.get(self.key) or Guess()
        self.is_everything = False

    def documents(self) -> list[Any]:
        for end in self._window_ends():
            documents = self._documents_before(end)
            if documents is not None:
                break
        else:
            documents = self.find.run(self.find.query, self.find.limit)
        self._learn(documents)
        return documents

    def _window_ends(self) -> Iterator[float]:
        """The positions where windows end, from the likeliest on. inf is the find's own end."""
        if self.page.start < self.guess.rest:
            if end := self.guess.window_end(self.page.start):
                yield end
            yield from self._probed_end()
        yield inf

    def _probed_end(self) -> Iterator[float]:
        """A position before which there are enough documents for a page, if there is one.

        The server finds documents in any order for a tenth of the cost of sorting them, and a
        window that ends after the last of them holds at least these.
        """
        start = self.page.start
        if start == -inf:
            start = self.page.timeline.position(datetime.now(UTC))
        for span in SPANS:
            if start + span >= self.page.end:
                return
            query = self._query(start + span)
            found = self.find.run(query, self.read_limit, only=self.page.field)
            if len(found) == self.read_limit:
                if positions := self._positions(found):
                    yield max(positions) + 1
                return

    def _documents_before(self, end: float) -> list[Any] | None:
        """Returns the page, or None if the window may not hold all of it."""
        found = self.find.run(self._query(end), self.read_limit)
        documents = self._without_ties(found)
        if documents is None:
            return None
        is_full = len(documents) >= self.find.limit
        self.is_everything = end >= self.page.end and len(found) < self.read_limit
        return documents[: self.find.limit] if is_full or self.is_everything else None

    def _query(self, end: float) -> dict[str, Any]:
        query = {name: value for name, value in self.find.query.items() if name != "$nor"}
        if end < self.page.end:
            bound = {self.page.timeline.before: self.page.timeline.date(end)}
            query[self.page.field] = {**query.get(self.page.field, {}), **bound}
        return query

    def _without_ties(self, documents: list[Any]) -> list[Any] | None:
        tie = self.page.tie
        if tie is None:
            return documents
        positions = self._positions(documents)
        if positions is None:
            return None
        dated = zip(documents, positions, strict=True)
        return [row for row, position in dated if not tie.leaves_out(position, row["_id"])]

    def _positions(self, documents: list[Any]) -> list[int] | None:
        """Returns None if a document has no date."""
        dates = [document.get(self.page.field) for document in documents]
        if all(isinstance(date, datetime) for date in dates):
            return [self.page.timeline.position(date) for date in dates]
        return None

    def _learn(self, documents: list[Any]) -> None:
        start = self.page.start
        ends = self._positions([*documents[:1], *documents[-1:]])
        is_full = len(documents) == self.find.limit and not self.is_everything
        if ends and is_full:
            remember(self.key, self.guess.after_full_page(start, *ends))
        elif self.page.end == inf:
            remember(self.key, self.guess.after_last_page(start))
