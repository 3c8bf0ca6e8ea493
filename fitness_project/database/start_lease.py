"""Lets one process at a time prepare the database: migrate it, and fill an empty catalogue.

The lease is a document that its holder renews. If the holder dies, it expires, and the next process
takes it over. Whatever is done under it may be done again from the beginning.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Any, TextIO

from bson import ObjectId
from django.core.management.base import OutputWrapper
from django.db import connections
from django_mongodb_backend.base import DatabaseWrapper
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError

from .clock import now

LIFETIME = timedelta(seconds=10)
RENEWAL_SECONDS = 3.0
POLL_SECONDS = 0.2
NAME = "start"

log = logging.getLogger(__name__)


class Lease:
    def __init__(self, leases: Collection[Any]) -> None:
        self._leases = leases
        self._mine = {"_id": NAME, "holder": ObjectId()}
        self._is_over = Event()

    def take(self) -> bool:
        """Returns False if another process holds it."""
        try:
            self._leases.insert_one({**self._mine, "until": now() + LIFETIME})
        except DuplicateKeyError:
            expired = {"_id": NAME, "until": {"$lt": now()}}
            taken = {"$set": {**self._mine, "until": now() + LIFETIME}}
            return self._leases.update_one(expired, taken).modified_count == 1
        return True

    def keep(self) -> None:
        """Renews it until `release` is called."""
        while not self._is_over.wait(RENEWAL_SECONDS):
            try:
                renewal = {"$set": {"until": now() + LIFETIME}}
                is_mine = self._leases.update_one(self._mine, renewal).matched_count > 0
            except PyMongoError as error:
                log.warning("The lease on starting wasn't renewed: %s", error)
                continue
            if not is_mine and not self._is_over.is_set():
                log.critical("Another process has taken over the preparation of the database.")
                os._exit(1)

    def release(self) -> None:
        self._is_over.set()
        self._leases.delete_one(self._mine)


@contextmanager
def start_lease(stdout: OutputWrapper | TextIO) -> Iterator[None]:
    """Waits until no other process prepares the database, and says so."""
    connection: DatabaseWrapper = connections["default"]
    connection.ensure_connection()
    lease = Lease(connection.database["leases"])
    if not lease.take():
        stdout.write("Another process is preparing the database. Waiting until it is done.\n")
        while not lease.take():
            time.sleep(POLL_SECONDS)
    Thread(target=lease.keep, name="start lease", daemon=True).start()
    try:
        yield
    finally:
        lease.release()
