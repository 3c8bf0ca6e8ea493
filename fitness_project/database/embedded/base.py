"""Django's way to the embedded database: DATABASES["default"]["ENGINE"] names this package.

The settings give its folder as `VAR_DIR`, beside the usual `NAME` and `OPTIONS`.
"""

import os

from django.db import connections
from django.utils.asyncio import async_unsafe
from django_mongodb_backend import base
from django_mongodb_backend.utils import OperationDebugWrapper

from .client import LeasedClient


class DatabaseWrapper(base.DatabaseWrapper):
    _connection_pools = {}  # Apart from those of real MongoDBs: see below.

    def get_connection_params(self):
        return {"var_dir": self.settings_dict["VAR_DIR"], **self.settings_dict["OPTIONS"]}

    @async_unsafe
    def get_new_connection(self, conn_params):
        """The first connection of a process takes its lease, which starts the server."""
        if self.alias not in self._connection_pools:
            client = LeasedClient(**conn_params, driver=self._driver_info())
            self._connection_pools.setdefault(self.alias, client)
        return self._connection_pools[self.alias]

    def get_collection(self, name, **kwargs):
        collection = self.database.get_collection(name, **kwargs)
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
