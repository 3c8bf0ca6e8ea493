"""The catalogue's version, which every write to the catalogue increments in its transaction.

An exercise stores the version of its last change (`changedIn`), and so does the tombstone of a
deleted one. The change feed can therefore tell what is newer than a given version.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from time import monotonic, sleep
from typing import Any, Concatenate, ParamSpec, TypeVar

from pymongo import ReturnDocument

from fitness_project.database.deadline import SECONDS
from fitness_project.database.transactions import new_id, transactional
from fitness_project.documents.collection import Document
from fitness_project.documents.instants import now

from .catalogue import MAX_AGE, VERSION_ID, catalogue
from .models import CatalogueVersion

# For a moment, other processes may still use an older snapshot of the catalogue: what is left of
# the request that writes, then the age of the snapshots, then the time of requests that use them.
SETTLE = timedelta(seconds=SECONDS + MAX_AGE + SECONDS + 0.4)

# For each second of a transaction, how many others have the catalogue for themselves.
PAUSE = 0.5

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def catalogue_write(
    work: Callable[Concatenate[int, Arguments], Result],
) -> Callable[Arguments, Result]:
    """Runs `work` in a transaction, with the catalogue's new version as its first argument."""

    @wraps(work)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return transactional(lambda: work(_next_version(), *args, **kwargs))()
        finally:
            catalogue.forget()

    return run


def _next_version() -> int:
    """Increments the version. Of two simultaneous writers, one must therefore start again."""
    documents = CatalogueVersion.objects.documents
    updated: Any = documents.collection.find_one_and_update(
        {"_id": VERSION_ID},
        {"$inc": {"version": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=documents.session,
    )
    return updated["version"]  # An upsert always returns a document.


@contextmanager
def giving_way(*, is_last: bool = False) -> Iterator[None]:
    """For each of many transactions in a row: a pause after it, in which others get their turn.

    Of two simultaneous writers, one starts again, each time after a longer delay. Without pauses,
    it might find the catalogue free only after its request's time. Nobody waits after the last.
    """
    started = monotonic()
    yield
    if not is_last:
        sleep((monotonic() - started) * PAUSE)


def stamps(version: int) -> Document:
    """A transaction that is run again gives the same revision, by which it knows its own writes."""
    return {"updatedAt": now(), "revision": new_id(), "changedIn": version}


def settled() -> datetime:
    """The time from which no process uses the catalogue as it was before the current write, if its
    transaction takes no longer than a request may."""
    return now() + SETTLE
