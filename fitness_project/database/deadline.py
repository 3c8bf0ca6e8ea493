"""The time that one request may spend on the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from time import monotonic
from typing import ParamSpec, TypeVar

import pymongo

SECONDS = 3.0
CLEANING_SECONDS = 0.8

P = ParamSpec("P")
Result = TypeVar("Result")


class Deadline:
    """A time limit inside a `with` block, for PyMongo too.

    The block may be left and entered again: the time in between doesn't count.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds_left = SECONDS if seconds is None else seconds

    def __enter__(self) -> "Deadline":
        self._entered = monotonic()
        self._timeout = pymongo.timeout(max(self.seconds_left, 0.001))
        self._timeout.__enter__()
        self._token = _deadline.set(self)
        return self

    def __exit__(self, *error: object) -> None:
        _deadline.reset(self._token)
        self._timeout.__exit__(None, None, None)
        self.seconds_left = self.remaining_seconds()

    def remaining_seconds(self) -> float:
        return self.seconds_left - (monotonic() - self._entered)


_deadline: ContextVar[Deadline | None] = ContextVar("database_deadline", default=None)


def remaining_seconds(most: float) -> float:
    """Returns what is left of the request's time, up to `most`; outside a request, `most`."""
    deadline = _deadline.get()
    return most if deadline is None else min(most, max(deadline.remaining_seconds(), 0.0))


@contextmanager
def paused() -> Iterator[None]:
    """Stops the clock during slow work that doesn't use the database."""
    deadline = _deadline.get()
    if deadline is None:
        yield
        return
    deadline.__exit__(None, None, None)
    try:
        yield
    finally:
        deadline.__enter__()


def past_the_deadline(work: Callable[P, Result], *args: P.args, **options: P.kwargs) -> Result:
    """Runs work that must be done even if the request's time is up, with its own time limit."""
    return within(CLEANING_SECONDS, work, *args, **options)


def within(seconds: float, work: Callable[P, Result], *args: P.args, **options: P.kwargs) -> Result:
    """Runs work with a time limit of its own, however much time the request has left."""

    def run() -> Result:
        with Deadline(seconds):
            return work(*args, **options)

    return Context().run(run)
