"""The time that one request may spend waiting for the database."""

from contextvars import Context, ContextVar
from time import monotonic

import pymongo

SECONDS = 3.0
CLEANING_SECONDS = 1.0

_ends: ContextVar[float | None] = ContextVar("database_deadline", default=None)


def remaining_seconds(most: float) -> float:
    """What is left of the request's time; `most` where there is no request."""
    ends = _ends.get()
    return most if ends is None else min(most, max(ends - monotonic(), 0.0))


def past_the_deadline(work, *args):
    """Runs what must be done though the request's time is over, in a time of its own."""

    def run():
        with pymongo.timeout(CLEANING_SECONDS):
            return work(*args)

    return Context().run(run)


class DatabaseDeadlineMiddleware:
    """All that a request asks of the database is over after SECONDS: an outage is then a 503
    within five, and no thread waits for an answer that nobody expects any more."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = _ends.set(monotonic() + SECONDS)
        try:
            with pymongo.timeout(SECONDS):
                return self.get_response(request)
        finally:
            _ends.reset(token)
