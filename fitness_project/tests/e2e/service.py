"""The service as its users run it: `manage.py serve` in processes of its own."""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from fitness_project.database.tests.conftest import is_alive, wait_until

PROJECT = Path(__file__).resolve().parents[3]
PASSWORD = "correct horse 9"
JSON = "application/json"
START_SECONDS = 60
WORKERS = 2
# Below the embedded database's ports and those that kernels take for outgoing connections.
PORTS = range(10_000, 20_000)
DATABASE = ("fitness_project.database.embedded.keeper", "secantusd-rs")
# As in a new terminal: the tests' own settings are in their environment too.
KEPT_VARIABLES = ("COVERAGE_PROCESS_CONFIG", "HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR")
# On Linux the service ends with the tests, even if those are killed.
LAUNCH = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
os.execv(sys.executable, [sys.executable, "manage.py", *sys.argv[1:]])
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Service:
    """One VAR_DIR and one port, and what runs on them."""

    def __init__(self, var_dir, port=None, **variables):
        self.var_dir = Path(var_dir)
        self.log = self.var_dir.with_name(f"{self.var_dir.name}.log")
        self.port = port or free_port()
        self.environment = {
            **{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WORKERS": str(WORKERS),
            "VAR_DIR": str(self.var_dir),
            **variables,
        }
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    # Starting and ending

    def start(self) -> float:
        """Answers the seconds until it was ready."""
        started = time.monotonic()
        self.launch()
        wait_until(self.is_ready_or_over, START_SECONDS)
        assert self.process.poll() is None, self.log.read_text()
        return time.monotonic() - started

    def launch(self):
        """In a group of its own, as a shell does it, so that Ctrl-C can be sent to it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, "serve"],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_ready_or_over(self):
        return self.process.poll() is not None or self.call("GET", "/readyz").status == 200

    def interrupt(self):
        """Ctrl-C in its terminal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def stop(self, end=interrupt) -> float:
        """Answers the seconds until nothing of it was left."""
        started = time.monotonic()
        pids = self.pids()
        end(self)
        self.process.wait(START_SECONDS)
        wait_until(lambda: not any(map(is_alive, pids)), START_SECONDS)
        return time.monotonic() - started

    def crash(self):
        """The service and its database at once, as when the machine fails."""
        pids = self.pids()
        self.kill("main")  # First, for it would replace the others.
        kill_all(pids)
        self.process.wait()

    def kill(self, name):
        """`main`, or as the database's state has it: `keeper`, `server`."""
        os.kill(self.pid(name), signal.SIGKILL)

    def clear(self):
        """Ends and removes whatever is left."""
        if self.process is None:
            return
        wait_until(self._ends_all)
        self.process.wait()
        shutil.rmtree(self.var_dir, ignore_errors=True)

    def _ends_all(self) -> bool:
        """Whether there was nothing left: what is killed may just have started something."""
        left = {found.pid for found in self._processes()}
        kill_all(left)
        return not left

    # What runs

    def pid(self, name) -> int:
        return self.process.pid if name == "main" else self._state()[name]

    @property
    def database_port(self) -> int:
        return self._state()["port"]

    def pids(self) -> set[int]:
        return {self.process.pid, *self.workers(), *self.database_pids()}

    def workers(self) -> set[int]:
        children = {found.pid for found in processes() if found.parent == self.process.pid}
        return children - self.database_pids()

    def database_pids(self) -> set[int]:
        return {found.pid for found in self._processes() if found.is_database}

    def _processes(self):
        """All that run for this folder, whoever started them."""
        return [found for found in processes() if str(self.var_dir) in found.text]

    def _state(self):
        return json.loads((self.var_dir / "database.json").read_text())

    # Using it

    def call(self, method, path, body=None, token=None, key=None, timeout=10) -> Answer:
        headers = {} if body is None else {"Content-Type": JSON}
        if key:
            headers["Idempotency-Key"] = key
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None if body is None else json.dumps(body)
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout)) as connection:
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def register(self, email):
        return Client(self, "register", email)

    def sign_in(self, email):
        return Client(self, "login", email)

    def manage(self, *arguments, **variables) -> subprocess.CompletedProcess:
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


class Client:
    """Somebody signed in."""

    def __init__(self, service, how, email):
        self.service = service
        self.email = email
        answer = service.call("POST", f"/api/auth/{how}", {"email": email, "password": PASSWORD})
        assert answer.status in (200, 201), answer.body
        self.user = answer.json["user"]
        self.token = answer.json["access"]
        self.refresh = answer.json["refresh"]

    def call(self, method, path, body=None, **options) -> Answer:
        return self.service.call(method, path, body, self.token, **options)

    def everything(self, path) -> list[dict]:
        """All rows of a list, page by page."""
        rows, path = [], f"{path}?pageSize=100"
        while path:
            page = self.call("GET", path).json
            rows += page["results"]
            path = page["next"] and page["next"].removeprefix(self.service.url)
        return rows

    def entries(self) -> list[dict]:
        """What a routine or a session may consist of."""
        (exercise,) = self.call("GET", "/api/exercises?pageSize=1").json["results"]
        return [{"exerciseId": exercise["id"], "sets": 3, "reps": 8, "weight": 62.5}]


@contextmanager
def running(service):
    """Started here, and gone afterwards whatever happened."""
    try:
        service.start()
        yield service
    finally:
        service.clear()


def free_port() -> int:
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))


def is_free(port) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def kill_all(pids):
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Process(NamedTuple):
    """`text` is its command line and its environment."""

    pid: int
    parent: int
    text: str

    @property
    def is_database(self):
        return any(part in self.text for part in DATABASE)


def processes() -> list[Process]:
    """Every process that there is, as far as we may know it."""
    if sys.platform == "linux":
        return [found for path in Path("/proc").glob("[0-9]*") if (found := _process(path))]
    listing = subprocess.check_output(["ps", "-AEww", "-o", "pid=,ppid=,command="], text=True)
    columns = (line.split(None, 2) for line in listing.splitlines())
    return [Process(int(pid), int(parent), text) for pid, parent, text in columns]


def _process(path):
    with suppress(OSError):
        parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
        text = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
        if text:  # One that has ended, but whose parent hasn't heard of it, has none.
            return Process(int(path.name), int(parent), text.decode(errors="replace"))
