"""Django's command, but it says in which database it creates the account."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from fitness_project.database.migrations import describe_database, require_migrated


class Command(createsuperuser.Command):
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Database: {describe_database()}")
        require_migrated()
        super().handle(*args, **options)
