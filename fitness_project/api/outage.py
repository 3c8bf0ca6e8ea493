"""What a process knows of the database being away."""

from threading import Lock
from time import monotonic

from django.db import DatabaseError, connection
from pymongo.errors import PyMongoError

from fitness_project.database.deadline import past_the_deadline

# Between one look and the next, and what a look may take.
PAUSE_SECONDS = 1.0
LOOK_SECONDS = 5.0


class Outage:
    """Whether the database is away, as this process found.

    While it is, requests are refused at once, for waiting they would take the threads of those that
    need no database; one of them looks now and again whether it is back.
    """

    def __init__(self):
        self._lock = Lock()
        self._next_look = None

    def is_on(self) -> bool:
        """Asked before a request's work."""
        if self._next_look is None:
            return False
        with self._lock:
            if self._next_look is None:
                return False
            if monotonic() < self._next_look:
                return True
            self._next_look = monotonic() + LOOK_SECONDS
        return not self._is_over()

    def found(self):
        with self._lock:
            self._next_look = monotonic() + PAUSE_SECONDS

    def suspected(self):
        """A request was not answered in time: perhaps it only waited for another."""
        if not database_answers():
            self.found()

    def _is_over(self):
        is_back = database_answers()
        with self._lock:
            self._next_look = None if is_back else monotonic() + PAUSE_SECONDS
        return is_back


def database_answers() -> bool:
    """Within a second."""
    try:
        past_the_deadline(read_something)
    except (PyMongoError, DatabaseError):
        return False
    return True


def read_something() -> None:
    """From the database's storage: a ping would not ask that of it."""
    connection.get_collection("django_migrations").find_one()


outage = Outage()
