"""Sorted pages, for each of which the embedded server reads all that the conditions let through.

MongoDB reads a page from an index and stops. The embedded server takes no sort from an index:
`find({userId}).sort(date, -1).limit(20)` reads and sorts all of a user's documents. With a range on
the date it reads that range alone. So a page is looked for in a window of dates: a full page out of
a window is the page, and what isn't full is looked for in a larger one, and in the end asked as it
was written. Where windows must end is learned from the pages found.

The tie-break of a page that goes on behind a document, `$nor: [{date, _id: {$gte}}]`, makes the
server read the whole collection. A few more documents are read instead, and it is applied here.

This holds for a field of dates: had a collection values there that sort above all dates, such as
`Timestamp`, descending windows would miss them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from .directions import utc
from .learned import Guess, guesses, remember, undated
from .questions import Question
from .shapes import Shape, shape_of

# Where nothing is known, a page is looked for in so much time, one after another.
SPANS = tuple(timedelta(days=days) for days in (28, 224, 5 * 365, 40 * 365, 400 * 365))
# Documents of one instant that an earlier page had: with more of them it is asked as written.
TIES = 4


def page(question: Question) -> list[Any] | None:
    """The answer, or None where the question isn't one for windows."""
    shape = shape_of(question)
    return None if shape is None else Search(question, shape).rows()


class Search:
    def __init__(self, question: Question, shape: Shape) -> None:
        self.question = question
        self.shape = shape
        self.direction = shape.direction
        self.read_limit = question.limit + (TIES if shape.tie else 0)
        name, equalities = question.collection.full_name, frozenset(shape.equalities.items())
        self.key = (name, equalities, shape.field, shape.direction, question.limit)
        self.guess = guesses.get(self.key)
        self.is_rest = False

    def rows(self) -> list[Any]:
        for far in self._far_ends():
            rows = self._rows_until(far)
            if rows is not None:
                break
        else:
            rows = self.question.ask()
        self._learn(rows)
        return rows

    def _far_ends(self) -> Iterator[datetime | None]:
        """Bounds where the window may end; None for no other than the question's own."""
        known = self.guess or Guess()
        if not known.is_rest(self.shape.near, self.direction):
            if end := known.far_end(self.shape.near, self.direction):
                yield end
            yield from self._probed_end()
        yield None

    def _probed_end(self) -> Iterator[datetime]:
        """A bound before which there are enough documents, if there is one.

        Dates in any order cost the server a tenth of sorted documents; and a window that ends
        with the furthest of them holds at least these.
        """
        near = self.shape.near
        start = datetime.now(UTC).replace(tzinfo=None) if near == self.direction.nearest else near
        for span in SPANS:
            end = self.direction.further(start, span)
            if self._is_beyond(end):
                return
            projection = {self.shape.field: 1}
            found = self.question.ask(
                filter=self._window(end), projection=projection, sort=(), limit=self.read_limit
            )
            if len(found) == self.read_limit:
                if dates := self._dates(found):
                    yield self.direction.just_past(self.direction.furthest(*dates))
                return

    def _rows_until(self, end: datetime | None) -> list[Any] | None:
        """The page, or None where it isn't sure to be the page."""
        is_all = end is None or self._is_beyond(end)
        window = self._window(None if is_all else end)
        read = self.question.ask(filter=window, limit=self.read_limit)
        rows = self._without_ties(read)
        if rows is None:
            return None
        is_whole = self.is_rest = is_all and len(read) < self.read_limit
        is_full = len(rows) >= self.question.limit
        return rows[: self.question.limit] if is_full or is_whole else None

    def _is_beyond(self, end: datetime) -> bool:
        return self.shape.far is not None and self.direction.reaches(end, self.shape.far)

    def _window(self, end: datetime | None) -> dict[str, Any]:
        query = {name: value for name, value in self.question.filter.items() if name != "$nor"}
        if end is not None:
            operator = self.direction.far_operator
            query[self.shape.field] = {**query.get(self.shape.field, {}), operator: end}
        return query

    def _without_ties(self, rows: list[Any]) -> list[Any] | None:
        tie = self.shape.tie
        if tie is None:
            return rows
        dates = self._dates(rows)
        if dates is None:
            return None
        dated = zip(rows, dates, strict=True)
        return [row for row, date in dated if not tie.leaves_out(date, row["_id"])]

    def _dates(self, rows: list[Any]) -> list[datetime] | None:
        """None where something else is among them."""
        values = [row.get(self.shape.field) for row in rows]
        if all(isinstance(value, datetime) for value in values):
            return [utc(value) for value in values]
        return None

    def _learn(self, rows: list[Any]) -> None:
        known, near = self.guess or Guess(), self.shape.near
        dates = self._dates([*rows[:1], *rows[-1:]])
        if self.is_rest and self.shape.far is None:
            remember(self.key, known.after_last_page(near, self.direction))
        elif dates and len(rows) == self.question.limit:
            ends = (dates[0], dates[-1])
            remember(self.key, known.after_full_page(near, ends, self.direction))
        if rows and not isinstance(rows[0].get(self.shape.field), datetime | None):
            undated.add((self.question.collection.full_name, self.shape.field))
