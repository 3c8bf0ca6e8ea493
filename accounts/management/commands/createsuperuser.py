"""Django's command, but it says in which database it creates the account, and takes no password
that the service would refuse."""

import os
from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.models import User
from fitness_project.database.migrations import describe_database, require_migrated

PASSWORD = "DJANGO_SUPERUSER_PASSWORD"  # noqa: S105 - a variable's name


class Command(createsuperuser.Command):
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Database: {describe_database()}")
        require_migrated()
        if not options["interactive"] and PASSWORD in os.environ:
            self._validate(os.environ[PASSWORD], options.get("email"))
        super().handle(*args, **options)

    def _validate(self, password: str, email: str | None) -> None:
        """Django validates only what is typed in."""
        try:
            validate_password(password, User(email=email or ""))
        except ValidationError as error:
            raise CommandError(f"{PASSWORD}: {' '.join(error.messages)}") from None
