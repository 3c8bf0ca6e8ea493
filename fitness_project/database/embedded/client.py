"""The client that Django uses, whose databases are ours and whose transactions don't outlive it."""

from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.client_session import ClientSession

from fitness_project.database.deadline import remaining_seconds

from . import lease
from .collection import Document
from .database import EmbeddedDatabase


class LeasedClient(MongoClient[Document]):
    """Tells the keeper of each session that a transaction may run in.

    The server never ends the transaction of a client that was killed: whoever writes to the
    same documents would wait for ever. `killAllSessions` is no cure. It ends the transactions
    of the living too, and where it meets a command under way, it may leave a document locked
    until the server is started again. So the keeper ends those of the dead, by name.
    """

    def __init__(self, var_dir: Path, **options: Any) -> None:
        super().__init__(lease.acquire(var_dir, remaining_seconds(lease.PATIENCE)), **options)
        self._var_dir = var_dir

    def start_session(self, *args: Any, **options: Any) -> ClientSession:
        session = super().start_session(*args, **options)
        lease.announce(self._var_dir, session.session_id["id"])
        return session

    def __getitem__(self, name: str) -> EmbeddedDatabase:
        return EmbeddedDatabase(self, name)

    def get_database(self, *args: Any, **options: Any) -> EmbeddedDatabase:
        return EmbeddedDatabase.like(super().get_database(*args, **options))

    def get_default_database(self, *args: Any, **options: Any) -> EmbeddedDatabase:
        return EmbeddedDatabase.like(super().get_default_database(*args, **options))
