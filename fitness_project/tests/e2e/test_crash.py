"""What was acknowledged is kept, whenever and whatever is killed."""

import http.client
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from .service import Client
from .watch import SESSION

USERS = 3
THREADS_A_USER = 2
SESSIONS = 1000
PATIENCE_SECONDS = 15
ROUTINE_EVERY = 3
PAUSE_AFTER_REFUSAL = 0.05
# The answer to a deletion was lost between service and database, and a second try found it done.
GONE = 404


class Trainee:
    """A user who records sessions, and makes and deletes routines, from several devices."""

    def __init__(self, service, number):
        self.client = service.register(f"trainee{number}@example.com")
        self.entries = self.client.entries()
        self.posted = {"/api/history": [], "/api/routines": []}
        self.made = {"/api/history": {}, "/api/routines": {}}
        self.deletion_tried = set()
        self.deleted = set()
        self.refusals = []

    def train(self, over):
        """Until it is over, or nobody answers any more."""
        own = []
        for number in range(SESSIONS // (USERS * THREADS_A_USER)):
            if over.is_set():
                return
            try:
                self._post("/api/history", {**SESSION, "durationSeconds": number})
                if number % ROUTINE_EVERY == 0:
                    own += self._post("/api/routines", {"name": f"Plan {number}"})
                elif number % ROUTINE_EVERY == 1 and len(own) > 1:
                    self._delete_routine(own.pop(0))
            except (ConnectionError, http.client.HTTPException):
                return

    def _post(self, path, body) -> list[str]:
        """The new document's id, if it was acknowledged."""
        self.posted[path].append(body)
        answer = self.client.call("POST", path, {**body, "exercises": self.entries})
        if answer.status != 201:
            self._is_refused(answer.status, {503})
            return []
        self.made[path][answer.json["id"]] = answer.json
        return [answer.json["id"]]

    def _delete_routine(self, id):
        self.deletion_tried.add(id)
        answer = self.client.call("DELETE", f"/api/routines/{id}")
        if answer.status == 204:
            self.deleted.add(id)
        else:
            self._is_refused(answer.status, {503, GONE})

    def _is_refused(self, status, expected):
        self.refusals.append(status if status not in expected else 503)
        time.sleep(PAUSE_AFTER_REFUSAL)

    # Afterwards, by the token from before, which a restart doesn't invalidate

    def finds_what_was_acknowledged(self):
        made = self.made["/api/history"]
        with ThreadPoolExecutor(4) as pool:
            paths = [f"/api/history/{id}" for id in made]
            found = list(pool.map(lambda path: self.client.call("GET", path), paths))
        assert {answer.status for answer in found} == {200}
        assert [answer.json for answer in found] == list(made.values())

        routines = self._ids("/api/routines")
        assert not self.deleted & routines
        assert self.made["/api/routines"].keys() - self.deletion_tried <= routines

    def finds_nothing_made_twice(self):
        """What wasn't acknowledged may be there, but once."""
        for path, posted in self.posted.items():
            made = self.made[path].keys()
            assert len(self._ids(path) - made) <= len(posted) - len(made)

    def has_its_routines_in_both_places(self):
        again = Client(self.client.service, "login", self.client.email)
        assert sorted(again.user["routines"]) == sorted(self._ids("/api/routines"))

    def _ids(self, path):
        return {row["id"] for row in self.client.everything(path)}


def test_every_acknowledged_write_is_there_after_a_crash_of_all(own_service):
    trainees = [Trainee(own_service, number) for number in range(USERS)]

    with training(trainees) as over:
        wait_for(trainees, 500)
        own_service.crash()
        over.set()
    own_service.start()

    assert_all_is_kept(trainees)


def test_every_acknowledged_write_is_there_after_crashes_of_the_database(own_service):
    trainees = [Trainee(own_service, number) for number in range(USERS)]

    with training(trainees):
        for count in (200, 400, 600, 800):
            wait_for(trainees, count)
            own_service.kill("server")

    assert_all_is_kept(trainees)


@contextmanager
def training(trainees):
    """Until all have done what they wanted, or are told that it is over."""
    over = threading.Event()
    threads = [
        threading.Thread(target=trainee.train, args=[over])
        for trainee in trainees
        for _ in range(THREADS_A_USER)
    ]
    for thread in threads:
        thread.start()
    try:
        yield over
    except BaseException:
        over.set()
        raise
    finally:
        for thread in threads:
            thread.join()


def wait_for(trainees, count):
    """Until so many sessions were acknowledged; on a slow machine, for a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while acknowledged(trainees, "/api/history") < count and time.monotonic() < deadline:
        time.sleep(0.005)
    assert acknowledged(trainees, "/api/history") > count / 10


def acknowledged(trainees, path):
    return sum(len(trainee.made[path]) for trainee in trainees)


def assert_all_is_kept(trainees):
    sessions, routines = (acknowledged(trainees, path) for path in trainees[0].posted)
    deletions = sum(len(trainee.deleted) for trainee in trainees)
    refusals = [status for trainee in trainees for status in trainee.refusals]
    sys.stdout.write(f"acknowledged: {sessions} sessions, {routines} routines, ")
    sys.stdout.write(f"{deletions} deletions; refused: {len(refusals)}\n")
    assert set(refusals) <= {503}
    for trainee in trainees:
        trainee.finds_what_was_acknowledged()
        trainee.finds_nothing_made_twice()
        trainee.has_its_routines_in_both_places()
