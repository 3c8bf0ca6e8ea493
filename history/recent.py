"""The history's pages, out of a window of dates that is likely to hold one.

MongoDB reads a page from the index and stops. The embedded database takes no sort from an index:
asked plainly, it reads and sorts all of a user's sessions for every page (67 ms at 10,000). With a
range on `date` it reads that range alone. So a page is first looked for in a window; what the
window holds is a page only if it is full, and else the plain question is asked. How wide the window
must be is learned from the pages that were found, for each user, in each process: a wrong guess
costs a query, never a row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fitness_project.api.documents import Boundary, Documents, Order, narrowed, now, since, until

FIRST_GUESS = timedelta(days=28)
MAX_REMEMBERED = 10_000
# Sessions of one instant beside the page's boundary: more of them are asked for plainly.
TIES = 4


@dataclass(frozen=True)
class Guess:
    """`start` is where the first page's window begins (None: ask plainly, the history is short);
    `span` is the time that a page takes."""

    start: datetime | None
    span: timedelta


guesses: dict = {}


@dataclass(frozen=True)
class RecentFirst:
    """A user's sessions, newest first: `fetch` and `get` as Documents has them."""

    sessions: Documents

    def get(self, id):
        return self.sessions.get(id)

    def fetch(self, order: Order, boundary: Boundary | None, limit: int) -> list[dict]:
        if boundary is not None and boundary.backwards:
            return self.sessions.fetch(order, boundary, limit)
        user_id = self.sessions.filter["userId"]
        guess = guesses.get(user_id) or _first_guess()
        rows = self._in_window(order, boundary, limit, guess)
        if rows is None:
            rows = self.sessions.fetch(order, boundary, limit)
        _learn(user_id, guess, rows, limit, is_first=boundary is None)
        return rows

    def _in_window(self, order, boundary, limit, guess):
        """A full page, or None."""
        if boundary is None:
            if guess.start is None:
                return None
            window, extra = since(guess.start), 0
        else:
            date = boundary.key[0]
            window, extra = narrowed(until(date), since(_before(date, 2 * guess.span))), TIES
        rows = self.sessions.where(date=window).fetch(order, None, limit + extra)
        if boundary is not None:
            rows = [row for row in rows if order.key(row) < boundary.key]
        return rows[:limit] if len(rows) >= limit else None


def _first_guess():
    return Guess(now().replace(tzinfo=None) - FIRST_GUESS, FIRST_GUESS)


def _learn(user_id, guess, rows, limit, is_first):
    if len(guesses) >= MAX_REMEMBERED:
        guesses.clear()
    if len(rows) < limit:
        if is_first:
            guesses[user_id] = Guess(None, guess.span)
        return
    newest, oldest = rows[0]["date"], rows[-1]["date"]
    start = oldest if is_first else guess.start
    guesses[user_id] = Guess(start, newest - oldest)


def _before(date, span):
    try:
        return date - span
    except OverflowError:
        return datetime.min
