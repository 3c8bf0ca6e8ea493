"""Detects outages of the database, and remembers whether there is one."""

import re
from threading import Lock
from time import monotonic

from django.db import DatabaseError, OperationalError, connections
from django_mongodb_backend.base import DatabaseWrapper
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from .deadline import CLEANING_SECONDS, within

# The pause between two checks, and the longest that one check may take.
PAUSE_SECONDS = 1.0
CHECK_SECONDS = 5.0
INTERNAL_ERROR, LOCK_TIMEOUT, WRITE_CONFLICT = 1, 24, 112


def is_outage(error: BaseException | None) -> bool:
    """Whether the database caused the error, rather than the request or the code."""
    if isinstance(error, OperationalError):
        return True
    if isinstance(error, DatabaseError):
        error = error.__cause__
    if isinstance(error, OperationFailure) and error.code == INTERNAL_ERROR:
        return True  # Its storage has failed, for example on a full disk.
    return isinstance(error, ConnectionFailure | ExecutionTimeout) or (
        isinstance(error, PyMongoError) and (error.timeout or _is_transient(error))
    )


def is_conflict(error: BaseException | None) -> bool:
    """Whether others changed the same data for longer than the write could be repeated."""
    while error is not None:
        if isinstance(error, OperationFailure) and error.code in (WRITE_CONFLICT, LOCK_TIMEOUT):
            return True
        error = error.__cause__
    return False


def reason_of(error: BaseException) -> str:
    """The error's text without what PyMongo adds for developers."""
    text = re.split(r" \(|, Timeout: ", str(error), maxsplit=1)[0]
    if named := re.search('replica set name "(.*)"', text):
        return f"no server there belongs to the replica set {named[1]!r}, which MONGODB_URI names"
    return text


def _is_transient(error: PyMongoError) -> bool:
    """A write conflict or an election in a replica set can outlast all retries."""
    labels = ("TransientTransactionError", "RetryableWriteError")
    return any(map(error.has_error_label, labels))


def _means_no_server(error: BaseException | None) -> bool:
    """Unlike a failed server selection, a broken connection doesn't mean that no server runs."""
    if isinstance(error, AutoReconnect):
        return isinstance(error, ServerSelectionTimeoutError)
    return isinstance(error, ConnectionFailure)


class Outage:
    """Whether the database is unreachable, as far as this process knows.

    During an outage, requests are refused immediately: if they waited, they would occupy the
    threads of requests that don't need the database. Once per pause, one request checks whether the
    database is back.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._next_check: float | None = None

    def is_on(self) -> bool:
        """Call this before a request's work begins."""
        if self._next_check is None:
            return False
        with self._lock:
            if self._next_check is None:
                return False
            if monotonic() < self._next_check:
                return True
            self._next_check = monotonic() + CHECK_SECONDS
        return not self._is_over()

    def learn_from(self, error: BaseException) -> bool:
        """Whether an error that the database caused means that it can't be reached.

        If not, a request took too long only because there is too much to do.
        """
        cause = error.__cause__ if isinstance(error, DatabaseError) else error
        is_late = isinstance(cause, PyMongoError) and cause.timeout
        if is_late and not _means_no_server(cause) and database_responds():
            return False
        if is_late or _means_no_server(cause):
            self.found()
        return True

    def found(self) -> None:
        with self._lock:
            self._next_check = monotonic() + PAUSE_SECONDS

    def _is_over(self) -> bool:
        is_back = database_responds()
        with self._lock:
            self._next_check = None if is_back else monotonic() + PAUSE_SECONDS
        return is_back


def database_responds(seconds: float = CLEANING_SECONDS) -> bool:
    """Whether the database responds in time.

    PyMongo may notice half a second late that the time is up: while it looks for a server, it
    checks the time twice a second.
    """
    try:
        within(seconds, read_something)
    except (PyMongoError, DatabaseError):
        return False
    return True


def read_something() -> None:
    """Reads from the database's storage, which a ping wouldn't do."""
    connection: DatabaseWrapper = connections["default"]
    connection.ensure_connection()
    connection.database["django_migrations"].find_one()


outage = Outage()
