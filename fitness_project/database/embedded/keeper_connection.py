"""Connects a process to the keeper, and starts one if none is running."""

import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

from pymongo.errors import ConnectionFailure

from .files import Files, describe_unusable, locked

POLL_SECONDS = 0.02
PROJECT = Path(__file__).resolve().parents[3]
KEEPER = "fitness_project.database.embedded.keeper"


class EmbeddedDatabaseError(ConnectionFailure):
    """The embedded database isn't available. The message is one line for users.

    Callers handle it like a MongoDB that doesn't respond.
    """


class KeeperConnection(NamedTuple):
    socket: socket.socket
    server_port: int


def connect(files: Files, patience: float) -> KeeperConnection:
    """Returns when the server is ready. Raises EmbeddedDatabaseError after `patience` seconds."""
    deadline = time.monotonic() + patience
    try:
        files.var_dir.mkdir(parents=True, exist_ok=True)
        if connection := _connect_to_running(files, deadline):
            return connection
        with locked(files.starting, deadline - time.monotonic()):
            return _connect_to_running(files, deadline) or _start_keeper(files, deadline)
    except TimeoutError:
        raise EmbeddedDatabaseError(describe_late(files)) from None
    except OSError as error:
        raise EmbeddedDatabaseError(describe_unusable(files.var_dir, error)) from None


def describe_late(files: Files) -> str:
    return f"The embedded database didn't start in time: see {files.log}."


def _connect_to_running(files: Files, deadline: float) -> KeeperConnection | None:
    """Returns None if no keeper runs, or if it stops before the server is ready."""
    state = files.running_state()
    if "lease_port" not in state:
        return None
    try:
        patience = max(deadline - time.monotonic(), POLL_SECONDS)
        connection = socket.create_connection(("127.0.0.1", state["lease_port"]), patience)
    except OSError:
        return None
    return _wait_until_ready(connection)


def _wait_until_ready(connection: socket.socket) -> KeeperConnection | None:
    try:
        with connection.makefile("rb") as lines:
            word, _, port = lines.readline().partition(b" ")
    except OSError:
        word = b""
    if word != b"ready":
        connection.close()
        return None
    connection.settimeout(None)
    return KeeperConnection(connection, int(port))


def _start_keeper(files: Files, deadline: float) -> KeeperConnection:
    if time.monotonic() >= deadline:
        raise TimeoutError
    keeper = _spawn(files)
    while time.monotonic() < deadline:
        if connection := _connect_to_running(files, deadline):
            _reap_later(keeper)
            return connection
        if keeper.poll() is not None:
            raise EmbeddedDatabaseError(_last_line(keeper))
        time.sleep(POLL_SECONDS)
    _reap_later(keeper)
    raise TimeoutError


def _spawn(files: Files) -> subprocess.Popen[str]:
    """Uses a new session, so that Ctrl-C in a terminal doesn't interrupt the keeper."""
    return subprocess.Popen(  # noqa: S603 - a fixed command line
        [sys.executable, "-m", KEEPER, str(files.var_dir)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _reap_later(keeper: subprocess.Popen[str]) -> None:
    """Waits in a thread for the keeper to end, so that it doesn't become a zombie."""
    threading.Thread(target=keeper.communicate, name="end of the keeper", daemon=True).start()


def _last_line(keeper: subprocess.Popen[str]) -> str:
    lines = keeper.communicate()[1].strip().splitlines()
    return lines[-1] if lines else f"The embedded database's keeper ended ({keeper.returncode})."
