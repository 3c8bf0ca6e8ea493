"""Reads a sorted page from windows of dates."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from typing import Any

import bson

from .find import Find
from .memory import Guess, guesses, remember
from .page import Page

# The lengths of the windows that are tried, one after another, if nothing is known about a page.
SPANS = tuple(days * 24 * 60 * 60 * 1000 for days in (28, 224, 5 * 365, 40 * 365, 400 * 365))
# How many documents of an earlier page are read again at most. If there are more of them at one
# instant, the server has to leave them out.
TIES = 4


class Search:
    def __init__(self, find: Find, page: Page) -> None:
        self.find = find
        self.page = page
        self.read_limit = find.limit + (TIES if page.tie else 0)
        self.key = _key(find, page)
        self.guess = guesses.get(self.key) or Guess()
        self.is_everything = False

    def documents(self) -> list[Any]:
        for end in self._window_ends():
            documents = self._documents_before(end)
            if documents is not None:
                break
        else:
            documents = self._after_ties.run(self.find.query, self.find.limit)
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
        query, limit = self._query(end), self.find.limit
        found = self.find.run(query, self.read_limit)
        documents, is_cut = self._without_ties(found), len(found) == self.read_limit
        if documents is None:
            return None
        if is_cut and len(documents) < limit:
            documents = self._after_ties.run(query, limit)
            is_cut = len(documents) == limit
        self.is_everything = end >= self.page.end and not is_cut
        is_enough = len(documents) >= limit or self.is_everything
        return documents[:limit] if is_enough else None

    @property
    def _after_ties(self) -> Find:
        """The find for which the server applies the tie-break, after it has used the index."""
        tie_break = self.page.tie.condition if self.page.tie else {}
        return replace(self.find, rest={**self.find.rest, **tie_break})

    def _query(self, end: float) -> dict[str, Any]:
        query = dict(self.find.query)
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
        elif self.page.is_open:
            remember(self.key, self.guess.after_last_page(start))


def _key(find: Find, page: Page) -> int:
    conditions = bson.encode(page.conditions, codec_options=find.collection.codec_options)
    return hash((find.collection.full_name, conditions, page.field, page.timeline, find.limit))
