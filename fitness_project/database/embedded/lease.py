"""A process's lease on the embedded database: as long as it is held, the server runs.

What a process does at its end, or doesn't, is told to the keeper by the lease's connection.
"""

import atexit
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from pymongo.errors import ConnectionFailure

from .files import Files, locked, unusable

PATIENCE = 20.0
RELEASE_SECONDS = 5.0
POLL_SECONDS = 0.02
LAST_RETRY = 5.0
PROJECT = Path(__file__).resolve().parents[3]
KEEPER = "fitness_project.database.embedded.keeper"

log = logging.getLogger(__name__)


class EmbeddedDatabaseError(ConnectionFailure):
    """There is no embedded database to be had; the message is one line for people.

    To callers it is like a MongoDB that doesn't answer.
    """


def acquire(var_dir: Path, patience: float = PATIENCE) -> str:
    """The URI of the database in `var_dir`, which runs until this process ends or releases it.

    Starts it where nobody has. Again and again it is the same lease, and the same URI. Raises
    EmbeddedDatabaseError if there is none within `patience` seconds.
    """
    var_dir = Path(var_dir).absolute()
    deadline = time.monotonic() + patience
    if not _guard.acquire(timeout=patience):
        raise EmbeddedDatabaseError(_late(Files(var_dir)))
    try:
        if var_dir not in _leases:
            _leases[var_dir] = Lease(Files(var_dir), deadline - time.monotonic())
        return _leases[var_dir].uri
    finally:
        _guard.release()


def release(var_dir: Path) -> None:
    """Gives the lease back, and waits a while for the server's end if it was the last."""
    with _guard:
        lease = _leases.pop(Path(var_dir).absolute(), None)
    if lease:
        lease.give_back()
        lease.over.wait(RELEASE_SECONDS)


def announce(var_dir: Path, session: bytes) -> None:
    """Tells the keeper of a session, whose transaction must end should this process be killed."""
    if lease := _leases.get(Path(var_dir).absolute()):
        lease.announce(session)


class Lease:
    def __init__(self, files: Files, patience: float):
        self.files = files
        self.announced: set[bytes] = set()
        self.given_back = threading.Event()
        self.over = threading.Event()
        self.connection, self.port = _obtain(files, patience)
        name = f"lease on {files.var_dir}"
        threading.Thread(target=self._watch, name=name, daemon=True).start()

    @property
    def uri(self) -> str:
        # Retryable writes cost this server three quarters of its speed.
        return f"mongodb://127.0.0.1:{self.port}/?directConnection=true&retryWrites=false"

    def give_back(self) -> None:
        self.given_back.set()
        self._say("bye")

    def announce(self, session: bytes) -> None:
        """PyMongo uses sessions again and again: most have been told already."""
        if session not in self.announced:
            self.announced.add(session)
            self._say(f"session {session.hex()}")

    def abandon(self) -> None:
        """In a forked child: the connection is its parent's, who alone may end it."""
        self.connection.close()

    def _watch(self) -> None:
        """The keeper hangs up when all is over, or because it was killed."""
        while not self.given_back.is_set():
            _await_end(self.connection)
            self.connection.close()
            if not self.given_back.is_set():
                self._renew()
        self.over.set()

    def _renew(self) -> None:
        log.warning("The embedded database's keeper is gone: starting another.")
        delay = 0.0
        while not self.given_back.wait(delay):
            try:
                self.connection, port = _obtain(self.files)
            except EmbeddedDatabaseError as error:
                log.critical("%s", error)
                delay = min(2 * delay + 0.5, LAST_RETRY)
            else:
                return self._settle(port)

    def _settle(self, port: int) -> None:
        for session in tuple(self.announced):
            self._say(f"session {session.hex()}")
        if self.given_back.is_set():
            self._say("bye")
        if port != self.port:
            log.critical("The embedded database moved to port %s: restart this process.", port)
            self.port = port

    def _say(self, line: str) -> None:
        with suppress(OSError):  # Perhaps the keeper is gone already.
            self.connection.sendall(f"{line}\n".encode())


def _obtain(files: Files, patience: float = PATIENCE) -> tuple[socket.socket, int]:
    """A new lease, from the keeper there is or from one started for it."""
    deadline = time.monotonic() + patience
    try:
        files.var_dir.mkdir(parents=True, exist_ok=True)
        if found := _connect(files, deadline):
            return found
        with locked(files.starting, deadline - time.monotonic()):
            return _connect(files, deadline) or _start_keeper(files, deadline)
    except TimeoutError:
        raise EmbeddedDatabaseError(_late(files)) from None
    except OSError as error:
        raise EmbeddedDatabaseError(unusable(files.var_dir, error)) from None


def _connect(files: Files, deadline: float) -> tuple[socket.socket, int] | None:
    """A lease from the keeper that is running, once its server works."""
    keeper = files.published()
    if "lease_port" not in keeper:
        return None
    try:
        patience = max(deadline - time.monotonic(), POLL_SECONDS)
        connection = socket.create_connection(("127.0.0.1", keeper["lease_port"]), patience)
    except OSError:
        return None
    return _await_ready(connection)


def _await_ready(connection: socket.socket) -> tuple[socket.socket, int] | None:
    try:
        with connection.makefile("rb") as lines:
            said, _, port = lines.readline().partition(b" ")
    except OSError:
        said = b""
    if said != b"ready":
        connection.close()
        return None
    connection.settimeout(None)
    return connection, int(port)


def _start_keeper(files: Files, deadline: float) -> tuple[socket.socket, int]:
    if time.monotonic() >= deadline:
        raise EmbeddedDatabaseError(_late(files))
    keeper = _spawn(files)
    while time.monotonic() < deadline:
        if found := _connect(files, deadline):
            _reap_at_its_end(keeper)
            return found
        if keeper.poll() is not None:
            raise EmbeddedDatabaseError(_last_line(keeper))
        time.sleep(POLL_SECONDS)
    _reap_at_its_end(keeper)
    raise EmbeddedDatabaseError(_late(files))


def _spawn(files: Files) -> subprocess.Popen:
    """In a session of its own: a terminal's Ctrl-C isn't for the keeper."""
    return subprocess.Popen(  # noqa: S603 - a fixed command line
        [sys.executable, "-m", KEEPER, str(files.var_dir)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _reap_at_its_end(keeper: subprocess.Popen) -> None:
    """Whether that comes before or after ours."""
    keeper.stderr.close()
    threading.Thread(target=keeper.wait, name="keeper's end", daemon=True).start()


def _last_line(keeper: subprocess.Popen) -> str:
    with keeper.stderr:
        lines = keeper.stderr.read().strip().splitlines()
    return lines[-1] if lines else f"The embedded database's keeper ended ({keeper.returncode})."


def _late(files: Files) -> str:
    return f"The embedded database didn't start in time: see {files.log}."


def _await_end(connection: socket.socket) -> None:
    with suppress(OSError):
        while connection.recv(64):
            pass


def _release_all() -> None:
    for var_dir in list(_leases):
        release(var_dir)


def _forget_parents_leases() -> None:
    """A forked child that needs the database takes a lease of its own."""
    global _guard
    _guard = threading.Lock()  # Another of the parent's threads may have held the old one.
    for lease in _leases.values():
        lease.abandon()
    _leases.clear()


_guard = threading.Lock()
_leases: dict[Path, Lease] = {}
atexit.register(_release_all)
os.register_at_fork(after_in_child=_forget_parents_leases)
