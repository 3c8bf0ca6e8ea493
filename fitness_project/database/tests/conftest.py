"""Real processes that use the embedded database, each told what to do over its stdin."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from pymongo import MongoClient, monitoring

from fitness_project.database.embedded import lease
from fitness_project.database.embedded.client import LeasedClient
from fitness_project.database.embedded.files import Files

PROJECT = Path(__file__).resolve().parents[3]
USER = """
import os, sys
from pathlib import Path
from fitness_project.database.embedded import lease
from fitness_project.database.embedded.client import LeasedClient

var_dir = Path(sys.argv[1])
client = LeasedClient(var_dir, serverSelectionTimeoutMS=3000)
uri = lease.acquire(var_dir)
gym = client["gym"]["log"]
print(repr(uri), flush=True)
for line in sys.stdin:
    try:
        print(repr(eval(line)), flush=True)
    except Exception as error:
        print(repr(repr(error)), flush=True)
client.close()
"""


def wait_until(fulfilled, seconds=10):
    """Asks again until it is so; an error means that it isn't yet."""
    deadline = time.monotonic() + seconds
    while True:
        with suppress(Exception):
            if fulfilled():
                return
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def is_alive(pid):
    """A process that ended, but whose parent hasn't heard of it yet, isn't."""
    try:
        os.kill(pid, 0)
        return sys.platform != "linux" or ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def run_python(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


class User:
    """A process with a lease."""

    def __init__(self, var_dir):
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(var_dir)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.uri = self._answer()

    def does(self, expression):
        self.process.stdin.write(f"{expression}\n")
        self.process.stdin.flush()
        return self._answer()

    def leaves(self):
        self.process.stdin.close()
        self.process.wait(10)

    def is_killed(self):
        self.process.kill()
        self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()

    def _answer(self):
        return eval(self.process.stdout.readline())  # noqa: S307 - what our own script printed


class Place:
    """A VAR_DIR, with its users and what runs for them."""

    def __init__(self, var_dir):
        self.files = Files(var_dir)
        self.users = []
        self.seen = set()

    def user(self):
        self.users.append(User(self.files.var_dir))
        self.state()
        return self.users[-1]

    def state(self):
        state = json.loads(self.files.state.read_text())
        self.seen |= {state[name] for name in ("keeper", "server") if name in state}
        return state

    def pid(self, name):
        return self.state()[name]

    def kill(self, name):
        os.kill(self.pid(name), signal.SIGKILL)

    def clear(self):
        for user in self.users:
            user.is_killed()
        with suppress(KeyError, ProcessLookupError):
            os.kill(self.pid("keeper"), signal.SIGTERM)
        wait_until(lambda: not any(map(is_alive, self.seen)))


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path / "var")
    yield place
    place.clear()


class Sent(monitoring.CommandListener):
    """The commands that a client sends, of the kinds that a test asks about."""

    def __init__(self):
        self.commands = []

    def started(self, event):
        self.commands.append((event.command_name, event.command))

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass

    def of(self, name):
        return [command for sent, command in self.commands if sent == name]

    def clear(self):
        self.commands.clear()


@pytest.fixture
def sent():
    return Sent()


@pytest.fixture(scope="session")
def embedded_dir(tmp_path_factory):
    """Of an embedded database, whatever MONGODB_URI says."""
    var_dir = tmp_path_factory.mktemp("embedded")
    yield var_dir
    lease.release(var_dir)


@pytest.fixture
def gym(embedded_dir, sent):
    """An empty collection of an embedded database, as the project uses it."""
    with LeasedClient(embedded_dir, event_listeners=[sent]) as client:
        client.drop_database("gym")
        sent.clear()
        yield client["gym"]["log"]


@pytest.fixture
def raw_gym(embedded_dir, gym):
    """The same collection by PyMongo alone: what the server itself does."""
    with MongoClient(lease.acquire(embedded_dir)) as client:
        yield client["gym"]["log"]
