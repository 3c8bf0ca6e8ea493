"""Transactions that the ORM and plain PyMongo calls share."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial, wraps

from django.db import DatabaseError, connections
from pymongo.errors import PyMongoError

from .deadline import past_the_deadline, remaining_seconds

ABORT_SECONDS = 0.5

_endings = ThreadPoolExecutor(1, "end of transactions")


def transactional(work):
    """Runs `work` in a transaction, and all of it again when the database lost a race.

    PyMongo's `with_transaction` repeats what failed for a transient reason, waiting longer each
    time, until the request's deadline. So `work` must have no effect outside the database.
    Within another transaction it is part of that one.
    """

    @wraps(work)
    def run(*args, **kwargs):
        connection = connections["default"]
        if connection.session is not None:
            return work(*args, **kwargs)
        connection.ensure_connection()
        return in_transaction(
            connection.connection, lambda session: _joined(connection, session, work, args, kwargs)
        )

    return run


def in_transaction(client, work):
    """`work(session)` in a transaction of its own, repeated as long as it loses races."""
    session = client.start_session()
    end = session.end_session
    try:
        return session.with_transaction(work)
    except BaseException as error:
        # Otherwise PyMongo had the time to end it.
        if isinstance(error, PyMongoError) or remaining_seconds(1.0) < ABORT_SECONDS:
            end = partial(_endings.submit, past_the_deadline, _end, client, session)
        raise
    finally:
        end()


def _end(client, session):
    """Ends what is left of a transaction: past the request's deadline PyMongo sends no abort, and
    whoever writes to the same documents would wait. The answer doesn't wait for it, for the
    database may be silent; and nobody else is given the session before."""
    with session, suppress(PyMongoError):
        client.admin.command("killSessions", [session.session_id])


def _joined(connection, session, work, args, kwargs):
    """The ORM sends a connection's session with all it does, and hides PyMongo's errors."""
    connection.session = session
    connection.in_atomic_block_mongo = True
    try:
        return work(*args, **kwargs)
    except DatabaseError as error:
        if isinstance(error.__cause__, PyMongoError):
            raise error.__cause__ from error
        raise
    finally:
        connection.session = None
        connection.in_atomic_block_mongo = False
