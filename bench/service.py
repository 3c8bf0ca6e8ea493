"""The service on a fresh database of its own, for as long as a `with` block lasts."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


class Service:
    """`port` is where it listens, `var_dir` where its database lies."""

    def __init__(self, **environment):
        self.environment = environment

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="fitness-bench-")
        self.var_dir = Path(self._folder.name)
        self.port = free_port()
        given = {"VAR_DIR": str(self.var_dir), "PORT": str(self.port), "WORKERS": "2"}
        inherited = {k: v for k, v in os.environ.items() if k not in ("MONGODB_URI", "SECRET_KEY")}
        self.environment = {**inherited, **given, **self.environment}
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )
        self._wait()
        return self

    def manage(self, *arguments, **variables):
        """A command in another terminal."""
        command = [sys.executable, "manage.py", *arguments]
        env = {**self.environment, **variables}
        subprocess.run(command, cwd=PROJECT, env=env, stdout=subprocess.DEVNULL, check=True)

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGINT)
        self._process.wait(15)
        self._folder.cleanup()

    def _wait(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("The service didn't start.")

    def ask(self, method, path, body=None, token=None, **headers):
        """`(status, answer)` on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        return response.status, json.loads(raw) if raw else None

    @property
    def uri(self):
        return (
            f"mongodb://127.0.0.1:{self._database['port']}/?directConnection=true&retryWrites=false"
        )

    @property
    def _database(self):
        return json.loads((self.var_dir / "database.json").read_text())

    def cpu_seconds(self):
        """`(server, database)`: what their processes have used so far."""
        main = psutil.Process(self._process.pid)
        database = psutil.Process(self._database["server"])
        return _used(main, *main.children(recursive=True)), _used(database)

    def resident_mb(self):
        """`(server, database)`: of all their processes."""
        main = psutil.Process(self._process.pid)
        database = [psutil.Process(self._database[name]) for name in ("keeper", "server")]
        server = {main, *main.children(recursive=True)} - {*database}
        return _resident(server), _resident(database)

    def memory_mb(self):
        """Proportional share of the main process and its workers."""
        main = psutil.Process(self._process.pid)
        processes = [main, *main.children(recursive=True)]
        return sum(process.memory_full_info().pss for process in processes) / 2**20


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def _used(*processes):
    times = [process.cpu_times() for process in processes]
    return sum(t.user + t.system for t in times)


def _resident(processes):
    return sum(process.memory_info().rss for process in processes) / 2**20
