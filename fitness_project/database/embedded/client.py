"""The client that Django uses: it holds a lease, and names its sessions to the keeper."""

from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.client_session import ClientSession

from fitness_project.database.deadline import remaining_seconds

from . import lease
from .database import EmbeddedDatabase


class LeasedClient(MongoClient[Any]):
    """Tells the keeper about each session, since a transaction may run in it.

    The server never ends the transaction of a client that was killed: every later write to the
    same documents would wait for ever. `killAllSessions` doesn't help. It also ends the
    transactions of living clients, and if it interrupts a command, it may leave a document locked
    until the server restarts. So the keeper ends the sessions of killed processes one by one.
    """

    def __init__(self, var_dir: Path, **options: Any) -> None:
        super().__init__(lease.acquire(var_dir, remaining_seconds(lease.PATIENCE)), **options)
        self.var_dir = var_dir

    def start_session(self, *args: Any, **options: Any) -> ClientSession:
        session = super().start_session(*args, **options)
        lease.announce(self.var_dir, session.session_id["id"])
        return session

    def __getitem__(self, name: str) -> EmbeddedDatabase:
        return EmbeddedDatabase(self, name)

    def get_database(self, *args: Any, **options: Any) -> EmbeddedDatabase:
        return EmbeddedDatabase.like(super().get_database(*args, **options))

    def get_default_database(self, *args: Any, **options: Any) -> EmbeddedDatabase:
        return EmbeddedDatabase.like(super().get_default_database(*args, **options))
