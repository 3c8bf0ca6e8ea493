"""The time that one request may spend waiting for the database."""

from contextlib import contextmanager
from contextvars import Context, ContextVar
from time import monotonic

import pymongo

SECONDS = 3.0
CLEANING_SECONDS = 0.8


class Deadline:
    """For PyMongo too, from entering until leaving. It may be left and entered again: what is
    between isn't counted."""

    def __init__(self, seconds=None):
        self.seconds_left = SECONDS if seconds is None else seconds

    def __enter__(self):
        self._entered = monotonic()
        self._timeout = pymongo.timeout(max(self.seconds_left, 0.001))
        self._timeout.__enter__()
        self._token = _deadline.set(self)
        return self

    def __exit__(self, *error):
        _deadline.reset(self._token)
        self._timeout.__exit__(*error)
        self.seconds_left = self.remaining_seconds()

    def remaining_seconds(self) -> float:
        return self.seconds_left - (monotonic() - self._entered)


_deadline: ContextVar[Deadline | None] = ContextVar("database_deadline", default=None)


def remaining_seconds(most: float) -> float:
    """What is left of the request's time; `most` where there is no request."""
    deadline = _deadline.get()
    return most if deadline is None else min(most, max(deadline.remaining_seconds(), 0.0))


@contextmanager
def paused():
    """Around what takes long and asks nothing of the database."""
    deadline = _deadline.get()
    if deadline is None:
        yield
        return
    deadline.__exit__(None, None, None)
    try:
        yield
    finally:
        deadline.__enter__()


def past_the_deadline(work, *args):
    """Runs what must be done though the request's time is over, in a time of its own."""

    def run():
        with Deadline(CLEANING_SECONDS):
            return work(*args)

    return Context().run(run)
