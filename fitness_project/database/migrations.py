"""What is done before anything is written: a collection that was written to can't be created."""

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def describe_database() -> str:
    if settings.MONGODB_URI:
        return f"{settings.MONGODB_NAME} at MONGODB_URI"
    return f"embedded, in {settings.VAR_DIR}"


def migrate(stdout) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        stdout.write("Migrating the database")
        call_command("migrate", verbosity=0, interactive=False)
