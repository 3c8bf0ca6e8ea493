"""`manage.py serve`: prepares the database, and serves until Ctrl-C."""

import os
import shlex
import signal
import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from pymongo.errors import PyMongoError

from fitness_project import static_files
from fitness_project.database.migrations import describe_database, migrate, require_migrated
from fitness_project.database.outage import is_outage, reason_of
from fitness_project.database.start_lease import start_lease
from fitness_project.serving import server
from fitness_project.tasks.process import WorkerProcess

WELCOME = """
Serving on {url} until Ctrl-C.

  {url}/             the start page, where you can sign up and try out every call
  {url}/api/docs     the documentation for client developers
  {url}/admin/       where staff curate the exercises

Create a staff user in another terminal:
  {place}.venv/bin/python manage.py createsuperuser
"""


class Command(BaseCommand):
    help = "Migrates, fills an empty catalogue, and serves until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-migrate",
            action="store_true",
            help="Don't start unless `manage.py migrate` has been run, and fill no catalogue.",
        )

    def handle(self, *, no_migrate: bool, **options: Any) -> None:
        # Ctrl-C ends the start-up at once. (Inside a callback, KeyboardInterrupt could get lost.)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self._refuse_taken_port()
        self.stdout.write(f"Database: {describe_database()}")
        try:
            if no_migrate:
                require_migrated()
            else:
                self._prepare_database()
        except (DatabaseError, PyMongoError) as error:
            if not is_outage(error):
                raise
            raise CommandError(f"The database can't be reached: {reason_of(error)}.") from None
        self._collect_static_files()
        # Workers are forked, and each opens its own connections.
        connection.close_pool()  # type: ignore[attr-defined]  # MongoDB's backend has it.
        with WorkerProcess():
            server.serve(settings.HOST, settings.PORT, settings.WORKERS, self._welcome)

    def _prepare_database(self) -> None:
        migrate(self.stdout)
        with start_lease(self.stdout):
            call_command("import_exercises", if_empty=True, stdout=self.stdout)

    def _collect_static_files(self) -> None:
        try:
            static_files.collect()
        except OSError as error:
            self.stdout.write(f"Scripts and styles are served as they are, uncompressed: {error}")

    def _refuse_taken_port(self) -> None:
        """Raises CommandError. Workers share the port, so a second service could start too."""
        try:
            family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Can't listen on {settings.HOST}:{settings.PORT}: {error.strerror or error}. "
                "Set HOST and PORT to an address that is free."
            ) from None

    def _welcome(self) -> None:
        host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        place = f"VAR_DIR={shlex.quote(given)} " if (given := os.environ.get("VAR_DIR")) else ""
        self.stdout.write(WELCOME.format(url=f"http://{host}:{settings.PORT}", place=place))
        self.stdout.flush()
