"""Transactions that the ORM and plain PyMongo calls share."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from bson import ObjectId
from django.db import DatabaseError, connections
from django_mongodb_backend.base import DatabaseWrapper
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import ConnectionFailure, PyMongoError

from .deadline import past_the_deadline, remaining_seconds
from .outage import INTERNAL_ERROR

# PyMongo needs this much of a request's time to abort a transaction.
ABORT_SECONDS = 0.5

P = ParamSpec("P")
Result = TypeVar("Result")

_cleaner = ThreadPoolExecutor(1, "end of transactions")


def _renew_cleaner() -> None:
    """For a forked child, which has none of its parent's threads."""
    global _cleaner
    _cleaner = ThreadPoolExecutor(1, "end of transactions")


os.register_at_fork(after_in_child=_renew_cleaner)


def transactional(work: Callable[P, Result]) -> Callable[P, Result]:
    """Runs `work` in a transaction, and runs it again after a write conflict.

    PyMongo's `with_transaction` retries after every transient error, with growing delays, until the
    request's deadline. So `work` must have no effect outside the database. Inside another
    transaction it becomes part of that one.
    """

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> Result:
        connection: DatabaseWrapper = connections["default"]
        if connection.session is not None:
            return work(*args, **kwargs)
        connection.ensure_connection()
        made: list[ObjectId] = []
        return in_transaction(
            connection.connection,
            lambda session: _with_session(connection, session, made, lambda: work(*args, **kwargs)),
        )

    return run


def new_id() -> ObjectId:
    """A new id. In a transaction that is run again, it is the same one as before.

    So a run whose commit succeeded, although the reply was lost, creates nothing twice.
    """
    ids = _ids.get()
    return ObjectId() if ids is None else next(ids)


_ids: ContextVar[Iterator[ObjectId] | None] = ContextVar("ids of the transaction", default=None)


def _same_ids(made: list[ObjectId]) -> Iterator[ObjectId]:
    """The ids that earlier runs of a transaction made, in their order, and then new ones."""
    yield from tuple(made)
    while True:
        made.append(ObjectId())
        yield made[-1]


def in_transaction(client: MongoClient[Any], work: Callable[[ClientSession], Result]) -> Result:
    """Runs `work(session)` in a new transaction, and runs it again after a write conflict."""
    session = client.start_session()
    try:
        result = session.with_transaction(work)
    except BaseException as error:
        if _may_be_open(error):
            _cleaner.submit(past_the_deadline, _kill, client, session)
        else:
            session.end_session()
        raise
    session.end_session()
    return result


def _may_be_open(error: BaseException) -> bool:
    """Whether the transaction that has failed may not have been aborted.

    If the server refused a command, it was there to receive PyMongo's abort, too. But a commit that
    failed in the server isn't followed by an abort.
    """
    is_lost = isinstance(error, PyMongoError) and (
        error.timeout
        or isinstance(error, ConnectionFailure)
        or getattr(error, "code", None) == INTERNAL_ERROR
    )
    return is_lost or remaining_seconds(1.0) < ABORT_SECONDS


def _kill(client: MongoClient[Any], session: ClientSession) -> None:
    """Ends a transaction that may still be open: PyMongo sends no abort past the deadline, and
    other writers to the same documents would wait.

    A thread does this, since a database that doesn't respond must not delay the response. The
    session goes back to PyMongo's pool only afterwards.
    """
    with session, suppress(PyMongoError):
        client.admin.command("killSessions", [session.session_id])


def _with_session(
    connection: DatabaseWrapper,
    session: ClientSession,
    made: list[ObjectId],
    work: Callable[[], Result],
) -> Result:
    """The ORM uses the connection's session in all its commands, and wraps PyMongo's errors."""
    connection.session = session
    connection.in_atomic_block_mongo = True
    token = _ids.set(_same_ids(made))
    try:
        return work()
    except DatabaseError as error:
        if isinstance(error.__cause__, PyMongoError):
            raise error.__cause__ from error
        raise
    finally:
        _ids.reset(token)
        connection.session = None
        connection.in_atomic_block_mongo = False
