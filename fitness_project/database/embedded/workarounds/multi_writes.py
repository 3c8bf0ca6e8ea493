"""Writes of many documents, which may wait for ever on the embedded server.

Outside a transaction, `updateMany` and `deleteMany` keep the lock on their collection while they
wait for a transaction to release a document. If that transaction then writes to the same
collection, both wait for ever, and soon every other writer waits too. In a transaction of its own,
such a write doesn't wait: it fails with a write conflict and is retried.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from fitness_project.database.transactions import in_transaction


def in_own_transaction(write: Callable[..., Any]) -> Callable[..., Any]:
    """Wraps a collection's method so that it runs in a transaction if it is given no session."""

    @wraps(write)
    def run(
        collection: Collection[Any],
        *args: Any,
        session: ClientSession | None = None,
        **options: Any,
    ) -> Any:
        def work(session: ClientSession) -> Any:
            return write(collection, *args, session=session, **options)

        if session is not None:
            return work(session)
        return in_transaction(collection.database.client, work)

    return run
