"""The process that runs the server as long as any process holds a lease.

    python -m fitness_project.database.embedded.keeper VAR_DIR

A lease is a connection to the keeper's own port. The keeper sends `ready <port>` when the server is
ready. The other process may send its sessions (`session <hex>`), and sends `bye` to release the
lease. If a connection ends without `bye`, the process died, and the keeper ends its sessions. After
the last lease the keeper stops the server, and closes that lease's connection only then.

The keeper is one process with one thread, and doesn't use Django: it must start quickly and survive
other processes' failures.
"""

import os
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

from .confinement import kill_orphan
from .files import Files, describe_unusable, locked
from .lease_connection import LeaseConnection
from .ports import choose_port
from .server import MEGABYTE, START_BYTES, STOP_BYTES, Server, StartError
from .session_ends import SessionEnds

LOCK_PATIENCE = 10.0
STORAGE_PATIENCE = 3.0
IDLE_SECONDS = 10.0
START_POLL_SECONDS = 0.02
HEALTH_SECONDS = 1.0
ROOM_SECONDS = 0.25
SILENCE_SECONDS = 8.0
FIRST_RETRY = 0.05
LAST_RETRY = 1.0


class Keeper:
    def __init__(self, files: Files, server: Server):
        self.files = files
        self.server = server
        self.session_ends = SessionEnds(server)
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.listener.setblocking(False)
        self.leases: set[LeaseConnection] = set()
        self.finished: set[LeaseConnection] = set()
        self.had_lease = False
        self.is_up = False
        self.was_up = False
        self.retry_delay = 0.0
        self.started_at = self.next_start = time.monotonic()
        self.healthy_at = self.next_check = self.started_at

    def run(self) -> None:
        """Returns when the last lease is over.

        Raises StartError or OSError if the server can't be started for the first time.
        """
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        self.selector.register(_child_exits(), selectors.EVENT_READ, _discard)
        self._start_server()
        while not self._is_over():
            for key, _ in self.selector.select(self._seconds_to_wait()):
                key.data(key.fileobj)
            self._check_server()
            if self.is_up:
                self._send_ready()
                self.session_ends.run_due()
        self.listener.close()

    def _is_over(self) -> bool:
        if self.leases:
            return False
        return self.had_lease or time.monotonic() > self.started_at + IDLE_SECONDS

    def _seconds_to_wait(self) -> float:
        if not self.is_up:
            return START_POLL_SECONDS
        return max(0, min(ROOM_SECONDS, self.session_ends.seconds_left()))

    # Leases

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # The process has already closed the connection.
        lease = LeaseConnection(connection)
        self.selector.register(connection, selectors.EVENT_READ, lambda _: self._receive(lease))
        self.leases.add(lease)
        self.had_lease = True
        self._close_finished()

    def _receive(self, lease: LeaseConnection) -> None:
        lease.receive()
        if lease.is_over:
            self.selector.unregister(lease.socket)
            self.leases.discard(lease)
            self.finished.add(lease)
            if not lease.is_released:
                self.session_ends.schedule(lease.sessions)
            self._close_finished()

    def _close_finished(self) -> None:
        """The last connections stay open until the server has stopped."""
        while self.leases and self.finished:
            self.finished.pop().close()

    def _send_ready(self) -> None:
        for lease in self.leases:
            if lease.is_waiting:
                lease.send_ready(self.server.port)

    # The server

    def _check_server(self) -> None:
        if self.server.exit_code() is not None:
            self._restart_server()
        elif not self.server.has_room(STOP_BYTES):
            log(f"stopping the server: less than {STOP_BYTES // MEGABYTE} MB are free on its disk")
            self.server.kill()
            self.is_up = False
        elif self.is_up and time.monotonic() < self.next_check:
            return
        elif self.server.works():
            self.healthy_at = time.monotonic()
            self.next_check = self.healthy_at + HEALTH_SECONDS
            if not self.is_up:
                self._server_is_up()
        elif self.is_up and time.monotonic() > self.healthy_at + SILENCE_SECONDS:
            log("killing the server, which doesn't respond")
            self.server.kill()

    def _start_server(self) -> None:
        try:
            self.server.start()
            self._publish()
        except (OSError, StartError) as error:
            if not self.was_up:
                raise
            log(f"the server can't be started: {error}")

    def _publish(self) -> None:
        self.files.write_state(
            {
                "keeper": os.getpid(),
                "lease_port": self.listener.getsockname()[1],
                "server": self.server.pid,
                "port": self.server.port,
            }
        )

    def _restart_server(self) -> None:
        """Restarts it immediately the first time, and after growing delays if that fails."""
        if self.is_up:
            log(f"the server ended: {self.server.exit_reason()}; restarting it")
        self.is_up = False
        if not self.was_up and not self._may_start_later():
            raise StartError(f"The embedded database can't start: {self.server.exit_reason()}.")
        if time.monotonic() < self.next_start or not self.server.has_room(START_BYTES):
            return
        self.retry_delay = min(max(2 * self.retry_delay, FIRST_RETRY), LAST_RETRY)
        self.next_start = time.monotonic() + self.retry_delay
        self._start_server()

    def _may_start_later(self) -> bool:
        """When a keeper is killed, its server may keep the storage locked for a moment."""
        in_time = time.monotonic() < self.started_at + STORAGE_PATIENCE
        return in_time and self.server.is_storage_locked()

    def _server_is_up(self) -> None:
        self.is_up = self.was_up = True
        self.retry_delay = 0.0
        self.session_ends.clear()  # Transactions don't survive a restart.
        redirect_output(self.files.log)
        log(f"serving on port {self.server.port}")


def _child_exits() -> socket.socket:
    """Returns a socket that becomes readable when a child ends, so that `select` returns."""
    reader, writer = socket.socketpair()
    reader.setblocking(False)
    writer.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    return reader


def _discard(reader: socket.socket) -> None:
    reader.recv(4096)


def keep(files: Files) -> None:
    files.var_dir.mkdir(parents=True, exist_ok=True)
    with locked(files.lock, LOCK_PATIENCE):
        state = files.read_state()
        kill_orphan(state.get("server"), files.storage)
        server = Server(files, choose_port(state.get("port")))
        keeper = Keeper(files, server)
        try:
            keeper.run()
        finally:
            server.stop()
            with suppress(OSError):  # On a full disk, the next keeper chooses another port.
                files.write_state({"port": server.port})


def redirect_output(path: Path) -> None:
    """Until the server is up, the process that started the keeper reads stderr for an error."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(descriptor, sys.stdout.fileno())
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)


def log(line: str) -> None:
    with suppress(OSError):  # The keeper goes on when the disk is full.
        sys.stderr.write(f"{time.strftime('[%Y-%m-%dT%H:%M:%S]')} keeper: {line}\n")
        sys.stderr.flush()


def main(arguments: list[str]) -> int | str:
    files = Files(Path(arguments[0]).absolute())
    os.umask(0o077)
    # SystemExit runs the `finally` in `keep`; leases see their connections close.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        keep(files)
    except StartError as error:
        return str(error)
    except TimeoutError:
        return f"The embedded database can't start: another keeper holds {files.lock}."
    except OSError as error:
        return describe_unusable(files.var_dir, error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
