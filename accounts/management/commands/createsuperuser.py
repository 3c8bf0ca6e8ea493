"""Django's command, but it says in which database it creates the account, and migrates first."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from fitness_project.database.migrations import describe_database, migrate


class Command(createsuperuser.Command):
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Database: {describe_database()}")
        migrate(self.stdout)
        super().handle(*args, **options)
