"""Django's database engine: DATABASES["default"]["ENGINE"] names this package.

DATABASES["default"] also has the database's directory as `VAR_DIR`, beside `NAME` and `OPTIONS`.
"""

import os
from typing import Any

from django.db import connections
from django.utils.asyncio import async_unsafe
from django_mongodb_backend import base
from django_mongodb_backend.utils import OperationDebugWrapper

from .client import LeasedClient
from .collection import EmbeddedCollection


class DatabaseWrapper(base.DatabaseWrapper):
    # The base class's pool belongs to connections to real MongoDBs.
    _connection_pools: dict[str, LeasedClient] = {}

    def get_connection_params(self) -> dict[str, Any]:
        return {"var_dir": self.settings_dict["VAR_DIR"], **self.settings_dict["OPTIONS"]}

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> LeasedClient:
        """A process's first connection acquires its lease, which starts the server."""
        if self.alias not in self._connection_pools:
            client = LeasedClient(**conn_params, driver=self._driver_info())
            self._connection_pools.setdefault(self.alias, client)
        return self._connection_pools[self.alias]

    def get_collection(
        self, name: str, **options: Any
    ) -> EmbeddedCollection | OperationDebugWrapper:
        collection = self.database.get_collection(name, **options)
        return OperationDebugWrapper(self, collection) if self.queries_logged else collection


# A forked child can't close its parent's clients, and dropping them would warn that they are open.
_parents_pools: list[dict[str, LeasedClient]] = []


def _forget_parents_connections() -> None:
    """A forked child has no lease. It connects again, and so acquires one."""
    _parents_pools.append(DatabaseWrapper._connection_pools)
    DatabaseWrapper._connection_pools = {}
    for connection in connections.all(initialized_only=True):
        if isinstance(connection, DatabaseWrapper):
            del connections[connection.alias]


os.register_at_fork(after_in_child=_forget_parents_connections)
