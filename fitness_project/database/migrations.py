"""Migrates the database before anything is written: writing to a collection also creates it."""

from typing import TextIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def describe_database() -> str:
    if settings.MONGODB_URI:
        return f"{settings.MONGODB_NAME} at MONGODB_URI"
    return f"embedded, in {settings.VAR_DIR}"


def migrate(stdout: OutputWrapper | TextIO) -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        stdout.write("Migrating the database")
        call_command("migrate", verbosity=0, interactive=False)
