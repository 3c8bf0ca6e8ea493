"""The process that runs the server for as long as anyone holds a lease.

    python -m fitness_project.database.embedded.keeper VAR_DIR

A lease is a connection to the keeper's own port. It is told `ready <port>` once the server
works, may name its sessions (`session <hex>`), and is given back with `bye`. A connection that
ends without it was a process that died: what transactions its sessions held are ended. With
the last lease the server is stopped; who said `bye` then, is hung up on when all is over.

One process, one thread, no Django: it has to be up at once, and stay when others fall.
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
from .files import Files, locked, unusable
from .holder import Holder
from .ports import choose_port
from .server import Server, StartError

LOCK_PATIENCE = 10.0
STORAGE_PATIENCE = 3.0
IDLE_SECONDS = 10.0
FIRST_ANSWER_POLL = 0.02
HEALTH_SECONDS = 1.0
SILENCE_SECONDS = 8.0
FIRST_RETRY = 0.05
LAST_RETRY = 1.0
BURIAL_DELAYS = (1.0, 5.0)


class Keeper:
    def __init__(self, files: Files, server: Server):
        self.files = files
        self.server = server
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.listener.setblocking(False)
        self.holders: set[Holder] = set()
        self.leaving: set[Holder] = set()
        self.burials: list[tuple[float, set[bytes]]] = []
        self.had_holder = False
        self.is_working = False
        self.has_worked = False
        self.retry_delay = 0.0
        self.started_at = self.next_start = self.answered_at = time.monotonic()

    def run(self) -> None:
        """Returns when the last lease is gone.

        Raises StartError or OSError if the server can't be started for the first time.
        """
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        self.selector.register(_child_alarm(), selectors.EVENT_READ, _drain)
        self._start_server()
        while not self._is_over():
            for key, _ in self.selector.select(self._pause()):
                key.data(key.fileobj)
            self._tend_server()
        self.listener.close()

    def _is_over(self) -> bool:
        if self.holders:
            return False
        return self.had_holder or time.monotonic() > self.started_at + IDLE_SECONDS

    def _pause(self) -> float:
        if not self.is_working:
            return FIRST_ANSWER_POLL
        due = min((due for due, _ in self.burials), default=float("inf"))
        return max(0, min(HEALTH_SECONDS, due - time.monotonic()))

    # Leases

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # It gave up before we came.
        holder = Holder(connection)
        self.selector.register(connection, selectors.EVENT_READ, lambda _: self._hear(holder))
        self.holders.add(holder)
        self.had_holder = True
        self._see_off()

    def _hear(self, holder: Holder) -> None:
        holder.hear()
        if holder.is_gone:
            self.selector.unregister(holder.connection)
            self.holders.discard(holder)
            self.leaving.add(holder)
            if not holder.said_bye:
                self._plan_burials(holder.sessions)
            self._see_off()

    def _see_off(self) -> None:
        """The last to leave stay on the line until all is over."""
        while self.holders and self.leaving:
            self.leaving.pop().hang_up()

    def _plan_burials(self, sessions: set[bytes]) -> None:
        """Not at once: the dead's last commands may still be under way, and a transaction that
        is ended just when a command begins in it can keep its documents for ever."""
        if sessions:
            now = time.monotonic()
            self.burials += [(now + delay, sessions) for delay in BURIAL_DELAYS]

    def _bury(self) -> None:
        now = time.monotonic()
        due = [burial for burial in self.burials if burial[0] <= now]
        self.burials = [burial for burial in self.burials if burial[0] > now]
        for _, sessions in due:
            if not self.server.end_transactions(sessions):
                self.burials.append((now + HEALTH_SECONDS, sessions))

    # The server

    def _tend_server(self) -> None:
        if self.server.exit_code() is not None:
            self._mourn_server()
        elif self.server.works():
            self.answered_at = time.monotonic()
            if not self.is_working:
                self._greet_server()
        elif self.is_working and time.monotonic() > self.answered_at + SILENCE_SECONDS:
            say("the server is silent: killing it")
            self.server.kill()
        if self.is_working:
            self._tell_ready()
            self._bury()

    def _tell_ready(self) -> None:
        for holder in self.holders:
            if holder.is_waiting:
                holder.tell_ready(self.server.port)

    def _start_server(self) -> None:
        try:
            self.server.start()
            self._publish()
        except (OSError, StartError) as error:
            if not self.has_worked:
                raise
            say(f"the server can't be started: {error}")

    def _publish(self) -> None:
        self.files.write_state(
            keeper=os.getpid(),
            lease_port=self.listener.getsockname()[1],
            server=self.server.pid,
            port=self.server.port,
        )

    def _mourn_server(self) -> None:
        """The first restart comes at once, those after a failed one further and further apart."""
        if self.is_working:
            say(f"the server ended: {self.server.last_words()}; starting it again")
        self.is_working = False
        if not self.has_worked and not self._may_get_better():
            raise StartError(f"The embedded database can't start: {self.server.last_words()}.")
        if time.monotonic() < self.next_start:
            return
        self.retry_delay = min(max(2 * self.retry_delay, FIRST_RETRY), LAST_RETRY)
        self.next_start = time.monotonic() + self.retry_delay
        self._start_server()

    def _may_get_better(self) -> bool:
        """The server of a keeper that was killed may need a moment to die."""
        in_time = time.monotonic() < self.started_at + STORAGE_PATIENCE
        return in_time and self.server.is_locked_out()

    def _greet_server(self) -> None:
        self.is_working = self.has_worked = True
        self.retry_delay = 0.0
        self.burials.clear()  # Transactions don't survive the server.
        redirect_output(self.files.log)
        say(f"serving on port {self.server.port}")


def _child_alarm() -> socket.socket:
    """Becomes readable when a child ends, so that `select` returns at once."""
    ours, kernels = socket.socketpair()
    ours.setblocking(False)
    kernels.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(kernels.detach(), warn_on_full_buffer=False)
    return ours


def _drain(alarm: socket.socket) -> None:
    alarm.recv(4096)


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
            with suppress(OSError):  # On a full disk the next keeper looks for another port.
                files.write_state(port=server.port)


def redirect_output(log: Path) -> None:
    """Until now its starter listened, for the reason if it failed."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(descriptor, sys.stdout.fileno())
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)


def say(line: str) -> None:
    with suppress(OSError):  # A full disk is no reason to leave.
        sys.stderr.write(f"{time.strftime('[%Y-%m-%dT%H:%M:%S]')} keeper: {line}\n")
        sys.stderr.flush()


def main(arguments: list[str]) -> int | str:
    files = Files(Path(arguments[0]).absolute())
    os.umask(0o077)
    # The way out is `finally`, wherever it is; leases see their connections end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        keep(files)
    except StartError as error:
        return str(error)
    except TimeoutError:
        return f"The embedded database can't start: another keeper holds {files.lock}."
    except OSError as error:
        return unusable(files.var_dir, error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
