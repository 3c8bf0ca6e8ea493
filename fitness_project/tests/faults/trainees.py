"""Users who train while things break, and repeat each write until it is acknowledged."""

import http.client
import random
import sys
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from uuid import uuid4

from fitness_project.tests.e2e.watch import SESSION
from fitness_project.tests.processes import PATIENCE_SECONDS

TRAINEES = 3
DEVICES = 2
KEPT_ROUTINES = 20
PAUSE_AFTER_REFUSAL = 0.05
KINDS = ("/api/history", "/api/routines")
# Of a second DELETE, if the first one succeeded and its response was lost.
GONE = 404


class Trainee:
    """Records and corrects sessions, creates and deletes routines, on several devices."""

    def __init__(self, service, number):
        self.client = service.register(f"trainee{number}@example.com")
        self.entries = self.client.entries()
        # As last acknowledged, by id.
        self.stored = {path: {} for path in KINDS}
        self.devices = []
        self.acknowledged = 0
        self.troubles = Counter()
        self.longest_wait = 0.0

    def train(self, over):
        """Mostly writes that take a transaction, which a kill might leave half done."""
        routines = []
        while not over.is_set():
            session = self._post("/api/history", SESSION)
            routines.append(self._post("/api/routines", {"name": "Push day"}))
            if len(routines) > KEPT_ROUTINES:
                self._delete("/api/routines", routines.pop(0))
            if random.random() < 0.2:
                self._patch("/api/history", session, {"notes": uuid4().hex})

    def _post(self, path, body) -> str:
        body = {**body, "exercises": self.entries}
        created = self._write(201, "POST", path, body, key=uuid4().hex).json
        self.stored[path][created["id"]] = created
        return created["id"]

    def _patch(self, path, document_id, changes):
        url = f"{path}/{document_id}"
        self.stored[path][document_id] = self._write(200, "PATCH", url, changes).json

    def _delete(self, path, document_id):
        self._write(204, "DELETE", f"{path}/{document_id}", also=GONE)
        del self.stored[path][document_id]

    def _write(self, success, method, path, body=None, key=None, also=None):
        """The response that acknowledges it. `also` is a status that a repetition may get."""
        started = time.monotonic()
        expected = {success}
        while time.monotonic() < started + PATIENCE_SECONDS:
            response = self._try(method, path, body, key)
            if response and response.status in expected:
                self.acknowledged += 1
                self.longest_wait = max(self.longest_wait, time.monotonic() - started)
                return response
            self._count_trouble(response)
            expected.add(also)
            time.sleep(PAUSE_AFTER_REFUSAL)
        raise AssertionError(f"{method} {path} was refused for {PATIENCE_SECONDS} s")

    def _try(self, method, path, body, key):
        try:
            return self.client.call(method, path, body, key=key)
        except (OSError, http.client.HTTPException):
            return None

    def _count_trouble(self, refusal):
        """An outage, a write conflict and a lost connection are reasons to repeat a request."""
        is_passing = refusal is None or refusal.status == 503 or refusal.json["code"] == "conflict"
        assert is_passing, (refusal.status, refusal.body)
        self.troubles[refusal.status if refusal else "lost"] += 1

    # Afterwards

    def finds_what_was_acknowledged_and_nothing_else(self):
        for path, stored in self.stored.items():
            rows = self.client.everything(path)
            ids = [row["id"] for row in rows]
            lost, unknown = stored.keys() - ids, {*ids} - stored.keys()
            assert not lost, f"{path}: lost {lost}"
            assert not unknown, f"{path}: unknown {unknown}"
            assert len(ids) == len(set(ids)), path
            assert {row["id"]: row for row in rows} == stored

    def has_its_routines_in_both_places(self):
        named = self.client.call("GET", "/api/auth/me").json["routines"]
        assert sorted(named) == sorted(self.stored["/api/routines"])


def trainees_of(service) -> list[Trainee]:
    return [Trainee(service, number) for number in range(TRAINEES)]


@contextmanager
def training(trainees):
    """They train until the block ends, and all their writes are acknowledged by then."""
    over = Event()
    with ThreadPoolExecutor(TRAINEES * DEVICES) as pool:
        for trainee in trainees * DEVICES:
            trainee.devices.append(pool.submit(trainee.train, over))
        try:
            yield
        finally:
            over.set()
            for device in devices_of(trainees):
                device.result()


def devices_of(trainees) -> list[Future]:
    return [device for trainee in trainees for device in trainee.devices]


def raise_what_stopped_one(trainees):
    for device in devices_of(trainees):
        if device.done():
            device.result()


def acknowledged(trainees) -> int:
    return sum(trainee.acknowledged for trainee in trainees)


def wait_for_more(trainees, count):
    """Until `count` more writes are acknowledged."""
    goal = acknowledged(trainees) + count
    deadline = time.monotonic() + PATIENCE_SECONDS
    while acknowledged(trainees) < goal:
        raise_what_stopped_one(trainees)
        assert time.monotonic() < deadline, "no write is acknowledged any more"
        time.sleep(0.005)


def assert_all_is_kept(trainees):
    troubles = sum((trainee.troubles for trainee in trainees), Counter())
    longest = max(trainee.longest_wait for trainee in trainees)
    sys.stdout.write(f"{acknowledged(trainees)} writes acknowledged, failed attempts: ")
    sys.stdout.write(f"{dict(troubles)}, longest time until acknowledged: {longest:.2f} s\n")
    for trainee in trainees:
        trainee.finds_what_was_acknowledged_and_nothing_else()
        trainee.has_its_routines_in_both_places()
