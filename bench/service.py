"""The service on a database of its own, until a `with` block ends."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil
from processes import CpuTimes, cpu_times, proportional_mb, resident_mb

PROJECT = Path(__file__).resolve().parent.parent
WORKERS = 2
START_SECONDS = 60
STOP_SECONDS = 15
# Variables that would lead to another database than its own.
ELSEWHERE = ("MONGODB_URI", "MONGODB_NAME", "SECRET_KEY")


class Service:
    """It listens on `port`, and its database is in `var_dir`: `kept`, or a temporary folder.

    It runs the code in `checkout` with the interpreter `python`.
    """

    def __init__(
        self,
        checkout: Path = PROJECT,
        python: str = sys.executable,
        kept: Path | None = None,
        **environment: str,
    ) -> None:
        self.checkout = checkout
        self.python = python
        self.kept = kept
        self.environment = environment

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="fitness-bench-")
        self.var_dir = self.kept or Path(self._folder.name)
        self.port = free_port()
        given = {"VAR_DIR": str(self.var_dir), "PORT": str(self.port), "WORKERS": str(WORKERS)}
        inherited = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        self.environment = {**inherited, **given, **self.environment}
        self._process = subprocess.Popen(
            [self.python, "manage.py", "serve"],
            cwd=self.checkout,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            # A terminal's Ctrl-C reaches only this process, which then stops the service.
            start_new_session=True,
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def manage(self, *arguments: str, **variables: str) -> None:
        """A command in another terminal."""
        command = [self.python, "manage.py", *arguments]
        env = {**self.environment, **variables}
        subprocess.run(command, cwd=self.checkout, env=env, stdout=subprocess.DEVNULL, check=True)

    def __exit__(self, *_: object) -> None:
        try:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(STOP_SECONDS)
        finally:
            self._process.kill()
            self._folder.cleanup()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError):
                if self.ask("GET", "/readyz")[0] == 200:
                    return
            time.sleep(0.1)
        raise SystemExit(f"The service in {self.checkout} didn't start.")

    def ask(
        self, method: str, path: str, body: object = None, token: str | None = None, **headers: str
    ) -> tuple[int, Any]:
        """`(status, body)` of a request on a connection of its own."""
        response, raw = self._exchange(method, path, body, token, headers)
        return response.status, json.loads(raw) if raw else None

    def etag(self, path: str, token: str) -> str:
        response, _ = self._exchange("GET", path, None, token, {})
        return response.headers["ETag"]

    def _exchange(
        self, method: str, path: str, body: object, token: str | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, headers)
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        return response, raw

    @property
    def uri(self) -> str:
        return (
            f"mongodb://127.0.0.1:{self._database['port']}/?directConnection=true&retryWrites=false"
        )

    @property
    def _database(self) -> dict[str, int]:
        state: dict[str, int] = json.loads((self.var_dir / "database.json").read_text())
        return state

    def processes(self) -> tuple[set[psutil.Process], set[psutil.Process]]:
        """`(server, database)`: the main process and its workers; the keeper and its server."""
        keeper, server = (psutil.Process(self._database[name]) for name in ("keeper", "server"))
        database = {keeper, server, *keeper.children(recursive=True)}
        main = psutil.Process(self._process.pid)
        return {main, *main.children(recursive=True)} - database, database

    def cpu_times(self) -> tuple[CpuTimes, CpuTimes]:
        """`(server, database)`: the CPU time that their processes have used so far."""
        server, database = self.processes()
        return cpu_times(server), cpu_times(database)

    def resident_mb(self) -> tuple[float, float]:
        """`(server, database)`: the memory of their processes."""
        server, database = self.processes()
        return resident_mb(server), resident_mb(database)

    def memory_mb(self) -> tuple[float, float]:
        """`(server, database)`: their processes' share of the memory (PSS)."""
        server, database = self.processes()
        return proportional_mb(server), proportional_mb(database)

    def owners(self) -> dict[int, int]:
        """By client's port, the process that holds the connection."""
        return {
            connection.raddr.port: process.pid
            for process in self.processes()[0]
            for connection in process.net_connections("tcp4")
            if connection.laddr.port == self.port and connection.raddr
        }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
