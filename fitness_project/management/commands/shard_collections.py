from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from fitness_project.database.migrations import require_migrated
from fitness_project.documents import registry
from fitness_project.documents.owned import OwnedModel

KEY = {"userId": 1}


class Command(BaseCommand):
    help = (
        "Shards the collections of users' documents by user. Run it once, after `migrate`, on a "
        "sharded cluster. It may be run again."
    )

    def handle(self, **options: Any) -> None:
        connection.ensure_connection()
        client, name = connection.connection, connection.settings_dict["NAME"]
        if not client.is_mongos:
            raise CommandError(
                "This database isn't a sharded cluster, so there is nothing to shard. "
                "MONGODB_URI must name the cluster's mongos."
            )
        require_migrated()
        client.admin.command("enableSharding", name)
        for collection in self._collections():
            client.admin.command("shardCollection", f"{name}.{collection}", key=KEY)
            self.stdout.write(f"{collection} is sharded by userId.")

    def _collections(self) -> list[str]:
        models = [entry.documents.model for entry in registry.entries]
        return [model._meta.db_table for model in models if issubclass(model, OwnedModel)]
