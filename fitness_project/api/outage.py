"""What a process knows of the database being away."""

from threading import Lock
from time import monotonic

# Between one try and the next, and what a try may take.
PAUSE_SECONDS = 1.0
TRY_SECONDS = 5.0


class Outage:
    """Whether the database is away, as this process found.

    While it is, one request at a time tries; the others are refused at once, for waiting they would
    take the threads of those that need no database.
    """

    def __init__(self):
        self._lock = Lock()
        self._next_try = None

    def is_on(self) -> bool:
        """Asked before a request's work: False means to go on and find out."""
        if self._next_try is None:
            return False
        with self._lock:
            if self._next_try is None or monotonic() >= self._next_try:
                self._next_try = self._next_try and monotonic() + TRY_SECONDS
                return False
        return True

    def found(self):
        with self._lock:
            self._next_try = monotonic() + PAUSE_SECONDS

    def over(self):
        if self._next_try is not None:
            with self._lock:
                self._next_try = None


outage = Outage()
