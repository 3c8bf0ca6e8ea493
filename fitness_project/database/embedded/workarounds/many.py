"""Writes of many documents, which may wait for ever on the embedded server.

Outside a transaction, `updateMany` and `deleteMany` hold the lock on their collection while they
wait for a transaction to release a document. If that transaction has another write to do in the
collection, both wait for ever, and soon everybody else with them. In a transaction of its own such
a write waits for nobody: it loses the race and is run again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from fitness_project.database.transactions import in_transaction


def never_alone(write: Callable[..., Any]) -> Callable[..., Any]:
    """The same method of a collection, in a transaction of its own where there is none."""

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
