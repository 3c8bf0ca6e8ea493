"""Django's command, but one at a time on each database, and able to resume a killed migration."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from fitness_project.database.migrations import ResumingSchemaEditor
from fitness_project.database.start_lease import start_lease


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connections[options["database"]].SchemaEditorClass = ResumingSchemaEditor
        with start_lease(self.stdout):
            super().handle(*args, **options)
