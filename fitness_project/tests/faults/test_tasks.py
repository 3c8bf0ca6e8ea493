"""A task that is killed, stalled or cut off ends as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import psutil
import pytest

from fitness_project.tasks import queue
from fitness_project.tests.e2e.service import PROJECT, Service
from fitness_project.tests.processes import PATIENCE_SECONDS, children, kill_all, wait_until

from .place import KEPT_WORKER, SHORT_LEASES, WORKER, Place

pytestmark = pytest.mark.timeout(600)

KILLS = int(os.environ.get("FAULT_ROUNDS", "12"))
DATABASE_KILLS = 6
NUMBERS = 400
STEP_SECONDS = 0.02
MEMORY_MB = 35
STOP_SECONDS = "from fitness_project.tasks import worker; worker.STOP_SECONDS = {}"
# Each number is counted in a transaction, so exactly once.
COUNT = f"""
from fitness_project.tasks.tests.chores import count_to
count_to.enqueue({NUMBERS}, {STEP_SECONDS})
"""
MARK = COUNT.replace("count_to", "mark_to")


class CountingPlace(Place):
    """Its tasks count."""

    def __init__(self, var_dir):
        super().__init__(var_dir)
        self.database.create_collection("chores")

    def counted(self):
        return self.database["chores"].count_documents({"_id": {"$type": "int"}})

    def wait_for_more(self, numbers):
        """Returns False if the task ended before it had counted that many more."""
        goal = self.counted() + numbers
        wait_until(lambda: self.counted() >= goal or self.has_ended())
        return not self.has_ended()

    def assert_all_is_counted_once(self):
        wait_until(self.has_ended)
        task = self.task()
        assert (task["status"], task["attempts"]) == (queue.SUCCESSFUL, 0), task["error"]
        assert self.counted() == NUMBERS
        assert self.database["chores"].find_one({"_id": "counter"})["count"] == NUMBERS


@pytest.fixture
def place(tmp_path):
    place = CountingPlace(tmp_path / "var")
    yield place
    place.clear()


def test_a_task_whose_worker_is_killed_again_and_again_ends_as_if_it_had_not_been(place):
    place.run(COUNT)
    keeper = place.start(SHORT_LEASES, KEPT_WORKER)
    kills = 0

    while kills < KILLS and place.wait_for_more(random.randrange(NUMBERS // KILLS)):
        time.sleep(random.uniform(0, STEP_SECONDS))
        kill_all(children(keeper.pid))
        kills += 1

    sys.stdout.write(f"{kills} kills\n")
    assert kills > KILLS / 2
    place.assert_all_is_counted_once()


def test_a_task_outlives_the_database_and_the_wait_is_one_line(place):
    place.run(COUNT)
    place.start(SHORT_LEASES, WORKER)
    kills = 0

    while kills < DATABASE_KILLS and place.wait_for_more(NUMBERS // DATABASE_KILLS // 2):
        os.kill(place.files.running_state()["server"], signal.SIGKILL)
        kills += 1

    sys.stdout.write(f"{kills} kills\n")
    place.assert_all_is_counted_once()
    assert place.log.read_text().count("\n") <= kills


def test_a_worker_that_stalls_loses_its_task_and_does_no_harm_afterwards(place):
    place.run(MARK)
    stalled = place.start(SHORT_LEASES, WORKER)
    place.wait_for_more(10)

    stalled.send_signal(signal.SIGSTOP)
    other = place.start(SHORT_LEASES, WORKER)
    wait_until(lambda: place.task()["worker"] and f":{other.pid}:" in place.task()["worker"])
    stalled.send_signal(signal.SIGCONT)
    wait_until(place.has_ended)
    ended = place.task()
    for process in (stalled, other):
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0

    assert (ended["status"], ended["attempts"]) == (queue.SUCCESSFUL, 0)
    assert place.task() == ended
    assert place.counted() == NUMBERS


def test_a_worker_that_is_told_to_stop_gives_its_task_back(place):
    place.run(COUNT)
    process = place.start(STOP_SECONDS.format(0.5), WORKER)
    place.wait_for_more(10)

    process.terminate()
    assert process.wait(PATIENCE_SECONDS) == 0
    given_back = place.task()
    place.start(WORKER)

    assert given_back["status"] == queue.READY
    assert given_back["dueAt"] < datetime.now(UTC).replace(tzinfo=None)
    assert "Another one will run it" in place.log.read_text()
    place.assert_all_is_counted_once()


def test_a_worker_that_is_told_to_stop_may_end_its_task_first(place):
    place.run(COUNT)
    process = place.start(STOP_SECONDS.format(PATIENCE_SECONDS), WORKER)
    place.wait_for_more(10)

    process.terminate()

    assert process.wait(PATIENCE_SECONDS) == 0
    assert place.has_ended()
    place.assert_all_is_counted_once()


# Beside the server


def test_the_service_replaces_its_worker_which_takes_little_memory(own_service):
    (killed,) = own_service.task_workers()

    os.kill(killed, signal.SIGKILL)
    own_service.manage("shell", "--no-imports", "-c", MARK)
    wait_until(lambda: queue.SUCCESSFUL in own_service.manage("tasks").stdout)

    (running,) = own_service.task_workers()
    assert running != killed
    if sys.platform == "linux":
        assert psutil.Process(running).memory_full_info().pss < MEMORY_MB * 2**20


def test_further_workers_run_tasks_too(own_service):
    (its_own,) = own_service.task_workers()
    os.kill(its_own, signal.SIGSTOP)
    own_service.manage("shell", "--no-imports", "-c", MARK)

    with subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=PROJECT,
        env=own_service.environment,
        stdout=subprocess.PIPE,
    ) as further:
        wait_until(lambda: queue.SUCCESSFUL in own_service.manage("tasks").stdout)
        further.send_signal(signal.SIGINT)
        said, _ = further.communicate(timeout=PATIENCE_SECONDS)

    assert (further.returncode, said) == (0, b"Running tasks until Ctrl-C.\n")


@pytest.mark.parametrize("command", ["worker", "tasks"])
def test_commands_for_tasks_need_a_migrated_database(tmp_path, command):
    result = Service(tmp_path / "var").manage(command)

    assert result.returncode == 1
    assert "manage.py migrate" in result.stderr
