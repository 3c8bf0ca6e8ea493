"""The client that Django uses, whose transactions don't outlive its process."""

from pathlib import Path

from pymongo import MongoClient

from fitness_project.database.deadline import remaining_seconds

from . import lease


class LeasedClient(MongoClient):
    """Tells the keeper of each session that a transaction may run in.

    The server never ends the transaction of a client that was killed: whoever writes to the
    same documents would wait for ever. `killAllSessions` is no cure. It ends the transactions
    of the living too, and where it meets a command under way, it may leave a document locked
    until the server is started again. So the keeper ends those of the dead, by name.
    """

    def __init__(self, var_dir: Path, **options):
        super().__init__(lease.acquire(var_dir, remaining_seconds(lease.PATIENCE)), **options)
        self._var_dir = var_dir

    def start_session(self, *args, **kwargs):
        session = super().start_session(*args, **kwargs)
        lease.announce(self._var_dir, session.session_id["id"])
        return session
