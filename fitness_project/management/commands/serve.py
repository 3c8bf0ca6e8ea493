"""`manage.py serve`: migrates, fills an empty catalogue, and serves until Ctrl-C."""

import os
import shlex
import signal
import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from pymongo.errors import PyMongoError

from fitness_project.database.migrations import describe_database, migrate
from fitness_project.database.outage import is_outage
from fitness_project.serving import server

WELCOME = """
Serving on {url} until Ctrl-C.

  {url}/api/docs     the API's documentation, to read and to try
  {url}/api/         the browsable API (sign in at {url}/sign-in/login/)
  {url}/admin/       where staff curate the exercises

Make a staff user in another terminal:
  {place}.venv/bin/python manage.py createsuperuser
"""


class Command(BaseCommand):
    help = "Migrates, fills an empty catalogue, and serves until Ctrl-C."

    def handle(self, **options: Any) -> None:
        # Until it serves, Ctrl-C ends it at once. (An exception could get lost in a callback.)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self._refuse_taken_port()
        self.stdout.write(f"Database: {describe_database()}")
        try:
            self._prepare()
        except (DatabaseError, PyMongoError) as error:
            if not is_outage(error):
                raise
            reason = str(error).partition(" (")[0]
            raise CommandError(f"The database can't be reached: {reason}") from None
        server.serve(settings.HOST, settings.PORT, settings.WORKERS, self._welcome)

    def _prepare(self) -> None:
        migrate(self.stdout)
        call_command("import_exercises", if_empty=True, stdout=self.stdout)
        connection.close_pool()  # Workers are forked: each opens its own.

    def _refuse_taken_port(self) -> None:
        """Workers share the port, and a second service would share it too."""
        try:
            family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Can't listen on {settings.HOST}:{settings.PORT}: {error.strerror or error}. "
                "Set HOST and PORT to others."
            ) from None

    def _welcome(self) -> None:
        host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        place = f"VAR_DIR={shlex.quote(given)} " if (given := os.environ.get("VAR_DIR")) else ""
        self.stdout.write(WELCOME.format(url=f"http://{host}:{settings.PORT}", place=place))
        self.stdout.flush()
