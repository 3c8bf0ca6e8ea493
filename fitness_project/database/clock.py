"""The database's clock, by which stored documents are stamped.

The change feed depends on the order of these stamps, and the clocks of machines differ. So no stamp
comes from a machine's own clock: a process asks the database for its time now and then, and counts
the seconds in between.
"""

import logging
import os
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock

from django.db import DatabaseError, connections
from django_mongodb_backend.base import DatabaseWrapper
from pymongo.errors import PyMongoError

from .deadline import past_the_deadline

CHECK_SECONDS = 30.0
RETRY_SECONDS = 1.0
TOLERANCE_SECONDS = 1.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Unlike `time.monotonic`, this counts the time that a machine spends asleep, too.
seconds = partial(time.clock_gettime, getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

log = logging.getLogger(__name__)


class DatabaseClock:
    def __init__(self) -> None:
        self._lock = Lock()
        self._offset: float | None = None
        """What must be added to `seconds()` to get the database's time."""
        self._next_check = 0.0
        self._differs = False

    def now(self) -> datetime:
        """Raises PyMongoError or DatabaseError if the database has never told its time."""
        if self._offset is None:
            self._ask_database()
        elif seconds() >= self._next_check:
            self._check()
        assert self._offset is not None  # noqa: S101 - it never becomes None again
        return EPOCH + timedelta(milliseconds=int((seconds() + self._offset) * 1000))

    def forget_lock(self) -> None:
        """For a forked child: another thread of the parent may have held it."""
        self._lock = Lock()

    def _check(self) -> None:
        """One thread asks. Meanwhile the others go on with what is known."""
        if self._lock.acquire(blocking=False):
            try:
                self._ask_database()
            finally:
                self._lock.release()

    def _ask_database(self) -> None:
        before = seconds()
        try:
            told = past_the_deadline(_database_time)
        except (PyMongoError, DatabaseError):
            if self._offset is None:
                raise
            self._next_check = seconds() + RETRY_SECONDS
            return
        after = seconds()
        # The reply was written halfway between the two, as far as anybody knows.
        self._offset = told - (before + after) / 2
        self._next_check = after + CHECK_SECONDS
        self._compare(time.time() - (after + self._offset))

    def _compare(self, difference: float) -> None:
        """Warns when this machine's clock starts to differ from the database's."""
        differed, self._differs = self._differs, abs(difference) > TOLERANCE_SECONDS
        if self._differs and not differed:
            word = "ahead of" if difference > 0 else "behind"
            message = "This machine's clock is %.1f s %s the database's. Synchronize it (NTP)."
            log.warning(message, abs(difference), word)


def _database_time() -> float:
    """In seconds since 1970."""
    connection: DatabaseWrapper = connections["default"]
    connection.ensure_connection()
    told: datetime = connection.connection.admin.command("hello")["localTime"]
    return told.replace(tzinfo=UTC).timestamp()


clock = DatabaseClock()
os.register_at_fork(after_in_child=clock.forget_lock)


def now() -> datetime:
    """The database's time in UTC, in whole milliseconds: the database stores no finer."""
    return clock.now()
