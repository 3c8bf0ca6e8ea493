"""What counts as an outage of the database, and what this process knows of one."""

from threading import Lock
from time import monotonic

from django.db import DatabaseError, OperationalError, connection
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from .deadline import past_the_deadline

# Between one check and the next, and how long one may take.
PAUSE_SECONDS = 1.0
CHECK_SECONDS = 5.0


def is_outage(error: BaseException | None) -> bool:
    """Whether the database is to blame for the error, not the request or the code."""
    if isinstance(error, OperationalError):
        return True
    if isinstance(error, DatabaseError):
        error = error.__cause__
    return isinstance(error, ConnectionFailure | ExecutionTimeout) or (
        isinstance(error, PyMongoError) and (error.timeout or _is_transient(error))
    )


def _is_transient(error: PyMongoError) -> bool:
    """A lost race or a changing replica set, even after the retries."""
    labels = ("TransientTransactionError", "RetryableWriteError")
    return any(map(error.has_error_label, labels))


def _means_no_server(error: BaseException | None) -> bool:
    """A lost race or a broken connection doesn't mean that there is no server."""
    if isinstance(error, AutoReconnect):
        return isinstance(error, ServerSelectionTimeoutError)
    return isinstance(error, ConnectionFailure)


class Outage:
    """Whether the database is away, as far as this process knows.

    While it is, requests are refused at once: waiting, they would take the threads of requests that
    need no database. Now and then, one of them checks whether the database is back.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._next_check: float | None = None

    def is_on(self) -> bool:
        """To be asked before a request's work begins."""
        if self._next_check is None:
            return False
        with self._lock:
            if self._next_check is None:
                return False
            if monotonic() < self._next_check:
                return True
            self._next_check = monotonic() + CHECK_SECONDS
        return not self._is_over()

    def learn_from(self, error: BaseException) -> None:
        """What an error for which the database is to blame says about the next requests."""
        cause = error.__cause__ if isinstance(error, DatabaseError) else error
        if _means_no_server(cause):
            self.found()
        elif isinstance(cause, PyMongoError) and cause.timeout and not database_responds():
            self.found()  # A request that is late may only have waited for another one.

    def found(self) -> None:
        with self._lock:
            self._next_check = monotonic() + PAUSE_SECONDS

    def _is_over(self) -> bool:
        is_back = database_responds()
        with self._lock:
            self._next_check = None if is_back else monotonic() + PAUSE_SECONDS
        return is_back


def database_responds() -> bool:
    """Whether it does so within a second."""
    try:
        past_the_deadline(read_something)
    except (PyMongoError, DatabaseError):
        return False
    return True


def read_something() -> None:
    """From the database's storage, which a ping would not touch."""
    connection.ensure_connection()
    connection.database["django_migrations"].find_one()


outage = Outage()
