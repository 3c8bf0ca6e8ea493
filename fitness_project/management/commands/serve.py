"""`manage.py serve`: migrates, fills an empty catalogue, and serves until Ctrl-C."""

import logging
import multiprocessing
import os
import resource
import shlex
import signal
import socket
import threading
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from pymongo.errors import PyMongoError

from fitness_project.api.problems import is_outage
from fitness_project.database.migrations import describe_database, migrate

# A thread waits while its request's body comes, for the database, and for password hashing. They
# are made when they are needed, and many, so that slow clients or a slow database leave some free.
THREADS = 64
# Who has asked nothing for so long is hung up on.
HEADER_SECONDS = 10
HEADER_BYTES = 32 * 1024
STOP_SECONDS = 3
# Of one worker; the next ones wait until one of these ends. Idle ones cost a few kilobytes each.
CONNECTIONS = 16_384
OTHER_DESCRIPTORS = 512

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

    def handle(self, **options):
        # Until it serves, Ctrl-C ends it there and then: an exception may be lost in a callback.
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
        self._serve()

    def _prepare(self):
        migrate(self.stdout)
        call_command("import_exercises", if_empty=True, stdout=self.stdout)
        connection.close_pool()  # Workers are forked: each opens its own.

    def _refuse_taken_port(self):
        """The server shares its port among workers, and so would with a second service."""
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

    def _serve(self):
        logging.getLogger("_granian").addFilter(_is_no_advice)
        server = Granian(
            "fitness_project.wsgi:application",
            address=settings.HOST,
            port=settings.PORT,
            interface=Interfaces.WSGI,
            workers=settings.WORKERS,
            blocking_threads=THREADS,
            backpressure=_allow_connections(),
            # Where it may be HTTP/2 too, the server waits for the first byte for ever.
            http=HTTPModes.http1,
            websockets=False,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=HEADER_BYTES
            ),
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
        )
        server.on_startup(self._welcome)
        server.serve(target_loader=load_application)

    def _welcome(self):
        host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        place = f"VAR_DIR={shlex.quote(given)} " if (given := os.environ.get("VAR_DIR")) else ""
        self.stdout.write(WELCOME.format(url=f"http://{host}:{settings.PORT}", place=place))
        self.stdout.flush()


def _is_no_advice(record):
    """That there are many THREADS is meant so."""
    return not record.msg.startswith("Configuration allows spawning")


def _allow_connections() -> int:
    """As many as the system lets us have: a worker out of descriptors accepts nobody any more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    descriptors = max(soft, min(CONNECTIONS + OTHER_DESCRIPTORS, hard))
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, hard))
    except (OSError, ValueError):  # On macOS the kernel's own limit may be lower than `hard`.
        descriptors = soft
    return max(1, min(CONNECTIONS, descriptors - OTHER_DESCRIPTORS))


def load_application(*_):
    """Runs in a worker: it ends with the process that started it, even if that is killed.

    A terminal's Ctrl-C is for that process alone: a worker that gets it, and the order to stop
    beside it, may hang.
    """
    os.setpgid(0, 0)
    threading.Thread(target=_follow_main_process, daemon=True).start()
    from fitness_project.wsgi import application

    return application


def _follow_main_process():
    """Even where its end came before this was called: another is the parent then."""
    main = multiprocessing.parent_process().pid
    while os.getppid() == main:
        time.sleep(1)
    os._exit(1)
