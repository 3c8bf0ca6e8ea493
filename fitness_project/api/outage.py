"""What a process knows of the database being away."""

from threading import Lock
from time import monotonic

# Between one try and the next, and what a try may take.
PAUSE_SECONDS = 1.0
TRY_SECONDS = 5.0
# One request may wait in vain for a lock. If in that time nobody was answered, it is the database.
SILENCE_SECONDS = 3.0


class Outage:
    """Whether the database is away, as this process found.

    While it is, one request at a time tries; the others are refused at once, for waiting they would
    take the threads of those that need no database.
    """

    def __init__(self):
        self._lock = Lock()
        self._next_try = None
        self._last_answer = 0.0

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

    def suspected(self):
        """A request was not answered in time."""
        if monotonic() - self._last_answer >= SILENCE_SECONDS:
            self.found()

    def over(self):
        self._last_answer = monotonic()
        if self._next_try is not None:
            with self._lock:
                self._next_try = None


outage = Outage()
