"""How many requests of one process are worked on at a time.

Threads that all want Python's lock cost each other CPU: with sixteen clients a page of routines
took 1.5 to 1.7 ms of CPU without turns, and 1.3 with two. So of the threads there are, two work,
and the others wait their turn. A turn that doesn't come soon (those two wait for a slow database,
say) isn't waited for: nobody is kept from answering by somebody who is kept waiting.
"""

from contextlib import contextmanager
from threading import BoundedSemaphore, local

AT_A_TIME = 2
PATIENCE_SECONDS = 0.05

_turns = BoundedSemaphore(AT_A_TIME)
_mine = local()


@contextmanager
def turn():
    """Around the work on one request."""
    _take()
    try:
        yield
    finally:
        _give()


@contextmanager
def pause():
    """Around what works without Python's lock for long: others have the turn meanwhile."""
    had = getattr(_mine, "turn", False)
    _give()
    try:
        yield
    finally:
        if had:
            _take()


def _take():
    _mine.turn = _turns.acquire(timeout=PATIENCE_SECONDS)


def _give():
    if getattr(_mine, "turn", False):
        _mine.turn = False
        _turns.release()
