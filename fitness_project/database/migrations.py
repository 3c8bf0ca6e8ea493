"""Migrates the database before anything is written: writing to a collection also creates it."""

from contextlib import suppress
from typing import Any, TextIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django_mongodb_backend.schema import DatabaseSchemaEditor
from pymongo.database import Database
from pymongo.errors import CollectionInvalid

MISSING = (
    "The database isn't migrated. Start the service, or run `.venv/bin/python manage.py migrate`."
)


def describe_database() -> str:
    if settings.MONGODB_URI:
        return f"{settings.MONGODB_NAME} at MONGODB_URI"
    return f"embedded, in {settings.VAR_DIR}"


def migrate(stdout: OutputWrapper | TextIO) -> None:
    """Also completes a migration that was killed after its last record was written."""
    if not is_migrated():
        stdout.write("Migrating the database\n")
    call_command("migrate", verbosity=0, interactive=False, stdout=stdout)


def require_migrated() -> None:
    """Raises CommandError, for commands that leave migrating to `serve` and `migrate`."""
    if not is_migrated():
        raise CommandError(MISSING)


def is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


class ResumingSchemaEditor(DatabaseSchemaEditor):
    """Goes on after a migration that was killed: what exists already is no error.

    MongoDB has no transactions for migrations, so a killed one leaves collections behind without
    its record. Indexes need no such care: creating one again changes nothing.
    """

    def get_database(self) -> "_TolerantDatabase":
        return _TolerantDatabase(super().get_database())


class _TolerantDatabase:
    def __init__(self, database: Database[Any]) -> None:
        self._database = database

    def create_collection(self, name: str) -> None:
        with suppress(CollectionInvalid):
            self._database.create_collection(name)
