"""The history's pages, out of a window of dates that holds one.

MongoDB reads a page from the index and stops. The embedded database takes no sort from an index:
asked plainly, it reads and sorts all of a user's sessions for every page (100 ms at 10,000). With a
range on `date` it reads that range alone. So a page is looked for in a window; what the window
holds is a page only if it is full, and else the plain question is asked. Where the window must
begin is learned from the pages that were found, for each user, in each process: a wrong guess costs
a query, never a row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fitness_project.api.documents import Boundary, Documents, Order, narrowed, now, since, until

# Where nothing is known, pages are looked for in so much of the past, one after another.
SPANS = (timedelta(days=28), timedelta(days=5 * 365), timedelta(days=400 * 365))
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
        for start in self._starts(boundary, limit):
            rows = self._since(start, order, boundary, limit)
            if len(rows) == limit:
                break
        else:
            rows = self.sessions.fetch(order, boundary, limit)
        self._learn(rows, limit, is_first=boundary is None)
        return rows

    def _starts(self, boundary, limit):
        """Dates at which the page's window may begin: first as was learned, then as is found."""
        guess = guesses.get(self.sessions.filter["userId"])
        if guess is not None and boundary is not None:
            yield _before(boundary.key[0], 2 * guess.span)
        elif guess is not None and guess.start is not None:
            yield guess.start
        elif guess is not None:
            return
        if (start := self._start_of(boundary, limit)) is not None:
            yield start

    def _start_of(self, boundary, limit):
        """A date since which there are enough sessions, or None.

        Rows in any order cost the embedded database a fifth of sorted ones; and a window that
        begins with the oldest of them holds at least these.
        """
        end = now().replace(tzinfo=None) if boundary is None else boundary.key[0]
        count = limit if boundary is None else limit + TIES
        for span in SPANS:
            window = self.sessions.where(date=_window(_before(end, span), boundary))
            rows = window.collection.find(window.filter, {"date": 1}, limit=count).to_list()
            if len(rows) == count:
                return min(row["date"] for row in rows)
        return None

    def _since(self, start, order, boundary, limit):
        """The page, or less where it doesn't begin and end in the window."""
        window = self.sessions.where(date=_window(start, boundary))
        if boundary is None:
            return window.fetch(order, None, limit)
        rows = window.fetch(order, None, limit + TIES)
        return [row for row in rows if order.key(row) < boundary.key][:limit]

    def _learn(self, rows, limit, is_first):
        user_id = self.sessions.filter["userId"]
        known = guesses.get(user_id)
        if len(guesses) >= MAX_REMEMBERED:
            guesses.clear()
        if len(rows) == limit:
            newest, oldest = rows[0]["date"], rows[-1]["date"]
            start = oldest if is_first or known is None else known.start
            guesses[user_id] = Guess(start, newest - oldest)
        elif is_first:
            guesses[user_id] = Guess(None, SPANS[0])


def _window(start, boundary):
    return since(start) if boundary is None else narrowed(until(boundary.key[0]), since(start))


def _before(date, span):
    try:
        return date - span
    except OverflowError:
        return datetime.min
