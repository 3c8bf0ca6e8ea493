"""A process's lease on the embedded database. The server runs as long as any process holds one.

A lease is a connection to the keeper, so the keeper notices when the process ends, however it ends.
"""

import atexit
import logging
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

from .files import Files
from .keeper_connection import EmbeddedDatabaseError, connect, describe_late

PATIENCE = 20.0
RELEASE_SECONDS = 5.0
LAST_RETRY = 5.0

log = logging.getLogger(__name__)


def acquire(var_dir: Path, patience: float = PATIENCE) -> str:
    """Returns the URI of the database in `var_dir`, and starts the database if necessary.

    It runs until this process ends or calls `release`. Further calls return the same URI. Raises
    EmbeddedDatabaseError if the database isn't available within `patience` seconds.
    """
    var_dir = Path(var_dir).absolute()
    deadline = time.monotonic() + patience
    if not _guard.acquire(timeout=patience):
        raise EmbeddedDatabaseError(describe_late(Files(var_dir)))
    try:
        if var_dir not in _leases:
            _leases[var_dir] = Lease(Files(var_dir), deadline - time.monotonic())
        return _leases[var_dir].uri
    finally:
        _guard.release()


def release(var_dir: Path) -> None:
    """Releases the lease. If it was the last one, waits a while for the server to stop."""
    with _guard:
        lease = _leases.pop(Path(var_dir).absolute(), None)
    if lease:
        lease.release()
        lease.is_over.wait(RELEASE_SECONDS)


def announce(var_dir: Path, session: bytes) -> None:
    """Tells the keeper about a session, which it must end if this process is killed."""
    if lease := _leases.get(Path(var_dir).absolute()):
        lease.announce(session)


class Lease:
    def __init__(self, files: Files, patience: float):
        self.files = files
        self.announced: set[bytes] = set()
        self.is_released = threading.Event()
        self.is_over = threading.Event()
        self.connection: socket.socket
        self.connection, self.port = connect(files, patience)
        name = f"lease on {files.var_dir}"
        threading.Thread(target=self._watch, name=name, daemon=True).start()

    @property
    def uri(self) -> str:
        # With retryable writes, this server needs four times as long for a write.
        return f"mongodb://127.0.0.1:{self.port}/?directConnection=true&retryWrites=false"

    def release(self) -> None:
        self.is_released.set()
        self._send("bye")

    def announce(self, session: bytes) -> None:
        """PyMongo reuses sessions, so most have been announced before."""
        if session not in self.announced:
            self.announced.add(session)
            self._send(f"session {session.hex()}")

    def abandon(self) -> None:
        """For a forked child: the connection belongs to its parent, and only closes here."""
        self.connection.close()

    def _watch(self) -> None:
        """The keeper closes the connection after the server has stopped, or when it is killed."""
        while not self.is_released.is_set():
            _wait_until_closed(self.connection)
            self.connection.close()
            if not self.is_released.is_set():
                self._renew()
        self.is_over.set()

    def _renew(self) -> None:
        log.warning("The embedded database's keeper has died. Starting another one.")
        delay = 0.0
        while not self.is_released.wait(delay):
            try:
                self.connection, port = connect(self.files, PATIENCE)
            except EmbeddedDatabaseError as error:
                log.critical("%s", error)
                delay = min(2 * delay + 0.5, LAST_RETRY)
            else:
                return self._resume(port)

    def _resume(self, port: int) -> None:
        for session in tuple(self.announced):
            self._send(f"session {session.hex()}")
        if self.is_released.is_set():
            self._send("bye")
        if port != self.port:
            log.critical(
                "The embedded database's port is now %s. Restart this process to use it.", port
            )
            self.port = port

    def _send(self, line: str) -> None:
        with suppress(OSError):  # The keeper may be gone already.
            self.connection.sendall(f"{line}\n".encode())


def _wait_until_closed(connection: socket.socket) -> None:
    with suppress(OSError):
        while connection.recv(64):
            pass


def _release_all() -> None:
    for var_dir in list(_leases):
        release(var_dir)


def _forget_parents_leases() -> None:
    """A forked child that uses the database acquires a lease of its own."""
    global _guard
    _guard = threading.Lock()  # Another thread of the parent may have held the old one.
    for lease in _leases.values():
        lease.abandon()
    _leases.clear()


_guard = threading.Lock()
_leases: dict[Path, Lease] = {}
atexit.register(_release_all)
os.register_at_fork(after_in_child=_forget_parents_leases)
