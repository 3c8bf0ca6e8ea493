"""Machines whose clocks are wrong share one database: the change feed misses nothing."""

import itertools
import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

import pytest

from fitness_project.tests.e2e.client import Client
from fitness_project.tests.e2e.service import PROJECT, Service, running

pytestmark = pytest.mark.timeout(600)

# A process imports this when it starts.
TRAVEL = """
import datetime, os, threading, time
import time_machine

real = time.time() - time.clock_gettime(time.CLOCK_MONOTONIC)

def travel(seconds):
    there = real + time.clock_gettime(time.CLOCK_MONOTONIC) + seconds
    time_machine.travel(datetime.datetime.fromtimestamp(there, datetime.UTC)).start()

def jump():
    while True:
        for seconds in (-20, 15, -5, 20):
            travel(seconds)
            time.sleep(0.7)

def begin():
    if AHEAD == "jumping":
        threading.Thread(target=jump, daemon=True).start()
    else:
        travel(float(AHEAD))

AHEAD = os.environ["AHEAD"]
begin()
os.register_at_fork(after_in_child=begin)
"""
CLOCKS = ("-90", "90", "jumping")
SECONDS = 12
NEWEST = 3


@pytest.fixture
def machines(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(TRAVEL)
    paths = f"{tmp_path}:{PROJECT}"
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                running(
                    Service(
                        tmp_path / "var",
                        log=f"{ahead}.log",
                        AHEAD=ahead,
                        PYTHONPATH=paths,
                        WORKERS="1",
                    )
                )
            )
            for ahead in CLOCKS
        ]


class Phone:
    """Reads the feed from one machine after the other."""

    def __init__(self, machines):
        clients = [machine.sign_in("ann@example.com") for machine in machines]
        self.clients = itertools.cycle(clients)
        self.token = None
        self.routines = {}

    def visit(self):
        while True:
            page = call(next(self.clients), "GET", self._path()).json
            self.routines |= {row["id"]: row["notes"] for row in page["changes"]["routines"]}
            self.token = page["next"]
            if not page["hasMore"]:
                return

    def _path(self):
        return f"/api/sync?since={self.token}" if self.token else "/api/sync"


def call(client, *request):
    """Signs in again where a clock has jumped so far that the token isn't valid yet."""
    response = client.call(*request)
    if response.status == 401:
        client.token = Client(client.port, "login", client.email).token
        response = client.call(*request)
    assert response.status in (200, 201), response.body
    return response


def write(client, over):
    """Creates and changes routines. Returns the last notes of each."""
    entries, written = client.entries(), {}
    for number in itertools.count():
        if over.is_set():
            return written
        body = {"name": "Push day", "exercises": entries, "notes": f"first {number}"}
        if number < 20:
            created = call(client, "POST", "/api/routines", body).json
            written[created["id"]] = created["notes"]
        changed = random.choice(list(written)[-NEWEST:])
        written[changed] = f"change {number}"
        call(client, "PATCH", f"/api/routines/{changed}", {"notes": written[changed]})


def test_the_feed_misses_nothing(machines):
    machines[0].register("ann@example.com")
    # One reads from all of them, and three from one each.
    phones = [Phone(some) for some in (machines, *([one] for one in machines))]
    over, acknowledged = Event(), {}

    with ThreadPoolExecutor(len(machines)) as pool:
        writers = [
            pool.submit(write, machine.sign_in("ann@example.com"), over) for machine in machines
        ]
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            for phone in phones:
                phone.visit()
        over.set()
        for writer in writers:
            acknowledged |= writer.result()
    for phone in phones:
        phone.visit()

    assert [phone.routines for phone in phones] == [acknowledged] * len(phones)
    assert "s behind the database's" in machines[0].log.read_text()
    assert "s ahead of the database's" in machines[1].log.read_text()
