"""The service as its users run it: `manage.py serve` in processes of its own."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from fitness_project.tests.processes import (
    PATIENCE_SECONDS,
    children,
    have_ended,
    kill_all,
    processes,
    wait_until,
)

from .client import Client, Response, call

PROJECT = Path(__file__).resolve().parents[3]
# Starting Python and Django several times takes most of it.
START_SECONDS = 2 * PATIENCE_SECONDS
WORKERS = 2
# Below the embedded database's ports and those that kernels choose for outgoing connections.
PORTS = range(10_000, 20_000)
DATABASE = ("fitness_project.database.embedded.keeper", "secantusd-rs")
# As in a new terminal: the tests' own environment has their settings too.
KEPT_VARIABLES = ("COVERAGE_PROCESS_CONFIG", "HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
# On Linux the service ends with the tests, even if they are killed.
LAUNCH = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
os.execv(sys.executable, [sys.executable, "manage.py", *sys.argv[1:]])
"""


class Service:
    """One VAR_DIR, one port, and the processes that use them."""

    process: subprocess.Popen[bytes]

    def __init__(
        self, var_dir: Path, port: int | None = None, log: str | None = None, **variables: str
    ) -> None:
        self.var_dir = Path(var_dir)
        self.log = self.var_dir.with_name(log or f"{self.var_dir.name}.log")
        self.port = port or free_port()
        self.environment = {
            **{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WORKERS": str(WORKERS),
            "VAR_DIR": str(self.var_dir),
            **variables,
        }
        self.is_launched = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # Starting and stopping

    def start(self, *options: str) -> float:
        """Returns once the service is ready: the seconds that this took."""
        started = time.monotonic()
        self.launch(*options)
        wait_until(self._is_ready_or_over, START_SECONDS)
        assert self.process.poll() is None, self.log.read_text()
        return time.monotonic() - started

    def launch(self, *options: str) -> None:
        """In a process group of its own, as a shell does, so that Ctrl-C can be sent to it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, "serve", *options],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.is_launched = True

    def _is_ready_or_over(self) -> bool:
        return self.process.poll() is not None or self._is_ready()

    def _is_ready(self) -> bool:
        has_all = len(self.workers()) == int(self.environment["WORKERS"])
        return has_all and self.call("GET", "/readyz").status == 200

    def interrupt(self) -> None:
        """Ctrl-C in its terminal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def terminate(self) -> None:
        self.process.terminate()

    def stop(self, how: Callable[["Service"], None] = interrupt) -> float:
        """Returns once no process is left: the seconds that this took."""
        pids = self.pids()
        started = time.monotonic()
        how(self)
        self.process.wait(PATIENCE_SECONDS)
        wait_until(lambda: have_ended(pids))
        return time.monotonic() - started

    def crash(self) -> None:
        """The service and its database at once, as when the machine fails."""
        pids = self.pids()
        self.kill("main")  # First, because it would replace the others.
        kill_all(pids)
        self.process.wait()

    def kill(self, name: str) -> None:
        """`main`, or `keeper` or `server` of the database."""
        os.kill(self.pid(name), signal.SIGKILL)

    def clear(self) -> None:
        """Kills and removes whatever is left."""
        if not self.is_launched:
            return
        wait_until(self._nothing_was_left_to_kill)
        self.process.wait()
        shutil.rmtree(self.var_dir, ignore_errors=True)

    def _nothing_was_left_to_kill(self) -> bool:
        """A killed process may have started another one just before."""
        left = {found.pid for found in processes(str(self.var_dir))}
        kill_all(left)
        return not left

    # Its processes

    def pid(self, name: str) -> int:
        return self.process.pid if name == "main" else self._state()[name]

    @property
    def database_port(self) -> int:
        return self._state()["port"]

    def pids(self) -> set[int]:
        return {self.process.pid, *children(self.process.pid), *self.database_pids()}

    def workers(self) -> set[int]:
        """Those that respond to requests."""
        return {pid for pid in self._children() if self._listens(pid)}

    def task_workers(self) -> set[int]:
        return {pid for pid in self._children() if not self._listens(pid)}

    def _children(self) -> set[int]:
        return children(self.process.pid) - self.database_pids()

    def _listens(self, pid: int) -> bool:
        with suppress(psutil.Error):
            held = psutil.Process(pid).net_connections("tcp4")
            return any(one.laddr.port == self.port for one in held)
        return False

    def database_pids(self) -> set[int]:
        found = processes(str(self.var_dir))
        return {one.pid for one in found if any(part in one.text for part in DATABASE)}

    def threads(self) -> int:
        """Of all workers."""
        return sum(psutil.Process(pid).num_threads() for pid in self.workers())

    def accepted(self) -> set[int]:
        """The clients' ports of all connections that workers have accepted."""
        held = (psutil.Process(pid).net_connections("tcp4") for pid in self.workers())
        here = (one for connections in held for one in connections if one.raddr)
        return {one.raddr.port for one in here if one.laddr.port == self.port}

    def _state(self) -> dict[str, int]:
        state: dict[str, int] = json.loads((self.var_dir / "database.json").read_text())
        return state

    # Using it

    def call(self, method: str, path: str, body: object = None) -> Response:
        """As a client that isn't signed in."""
        return call(self.port, method, path, body)

    def register(self, email: str) -> Client:
        return Client(self.port, "register", email)

    def sign_in(self, email: str) -> Client:
        return Client(self.port, "login", email)

    def manage(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A command in another terminal."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )


@contextmanager
def running(service: Service, *options: str) -> Iterator[Service]:
    """Started when the block begins, and gone when it ends, whatever happens."""
    try:
        service.start(*options)
        yield service
    finally:
        service.clear()


def free_port() -> int:
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False
