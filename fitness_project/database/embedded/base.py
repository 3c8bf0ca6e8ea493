"""Django's way to the embedded database: DATABASES["default"]["ENGINE"] names this package.

The settings give its folder as `VAR_DIR`, beside the usual `NAME` and `OPTIONS`.
"""

import os
from pathlib import Path

from django.db import connections
from django_mongodb_backend import base
from django_mongodb_backend.utils import OperationDebugWrapper

from . import lease
from .projections import MendedCollection


class DatabaseWrapper(base.DatabaseWrapper):
    _connection_pools = {}  # Apart from those of real MongoDBs: see below.

    def get_connection_params(self):
        """The first connection of a process takes its lease, which starts the server."""
        uri = lease.acquire(Path(self.settings_dict["VAR_DIR"]))
        return {**super().get_connection_params(), "host": uri}

    def get_collection(self, name, **kwargs):
        collection = MendedCollection(self.database, name, **kwargs)
        return OperationDebugWrapper(self, collection) if self.queries_logged else collection


# Kept, for closing them would speak for the parent, and dropping them warn of unclosed ones.
_parents_pools = []


def _forget_parents_connections() -> None:
    """A forked child has no lease. Without these it connects anew, and so takes one."""
    _parents_pools.append(DatabaseWrapper._connection_pools)
    DatabaseWrapper._connection_pools = {}
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, DatabaseWrapper):
            del connections[connection.alias]


os.register_at_fork(after_in_child=_forget_parents_connections)
