"""Django's command, which tells where the account goes, and migrates first."""

from django.contrib.auth.management.commands import createsuperuser

from fitness_project.database.migrations import describe_database, migrate


class Command(createsuperuser.Command):
    requires_migrations_checks = False

    def handle(self, *args, **options):
        self.stdout.write(f"Database: {describe_database()}")
        migrate(self.stdout)
        super().handle(*args, **options)
