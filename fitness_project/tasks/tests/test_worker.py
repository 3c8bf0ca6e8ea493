"""Running tasks: their order, failures and leases."""

import time

import pytest
from bson import ObjectId
from django_tasks.utils import get_module_path
from pymongo.errors import AutoReconnect

from fitness_project.database.deadline import Deadline
from fitness_project.tasks import queue, worker
from fitness_project.tasks.worker import Worker, run_due

from . import chores
from .chores import A_DAY, done, fail, note, note_remaining_seconds

pytestmark = pytest.mark.django_db


def set_fields(**fields):
    queue.tasks().update_one({}, {"$set": fields})


# Order


def test_the_task_that_has_been_due_for_longest_runs_first(clock):
    note.enqueue("second")
    clock.advance(minutes=-1)
    note.enqueue("first")

    clock.advance(minutes=2)
    run_due()

    assert done() == ["first", "second"]


def test_a_task_runs_once(stored):
    note.enqueue("squat")

    run_due()
    run_due()

    assert done() == ["squat"]


def test_the_caller_s_deadline_does_not_apply_to_tasks():
    note_remaining_seconds.enqueue()

    with Deadline(10):
        run_due()

    assert done() == [A_DAY]


# The end


def test_a_successful_task_is_kept_for_a_day(stored, clock):
    note.enqueue("squat")

    run_due()

    assert stored()["status"] == queue.SUCCESSFUL
    assert stored()["expiresAt"] - stored()["finishedAt"] == queue.KEPT


def test_a_successful_task_keeps_no_arguments(stored):
    note.enqueue("squat", suffix="!")

    run_due()

    assert (stored()["args"], stored()["kwargs"]) == ([], {})


def test_a_failed_task_runs_again_after_pauses_that_double(stored, clock):
    fail.enqueue()
    pauses = []

    for _ in range(4):
        run_due()
        pauses.append((stored()["dueAt"].replace(tzinfo=clock().tzinfo) - clock()).seconds)
        clock.advance(seconds=pauses[-1])

    assert pauses == [1, 2, 4, 8]
    assert "This chore always fails." in stored()["error"]["traceback"]


def test_after_ten_attempts_a_task_has_failed_and_stays(stored, clock):
    fail.enqueue()

    for _ in range(20):
        run_due()
        clock.advance(hours=1)

    assert (stored()["status"], stored()["attempts"]) == (queue.FAILED, 10)
    assert "Traceback" in stored()["error"]["traceback"]
    assert "expiresAt" not in stored()


def test_an_outage_is_not_an_attempt(stored, clock, monkeypatch):
    monkeypatch.setattr(chores, "chores", lambda: broken())
    note.enqueue("squat")

    for _ in range(20):
        run_due()
        clock.advance(hours=1)

    assert (stored()["status"], stored()["attempts"]) == (queue.READY, 0)
    assert "AutoReconnect" in stored()["error"]["traceback"]


def broken():
    raise AutoReconnect("The connection is closed.")


def test_a_task_whose_function_is_gone_fails_like_any_other(stored):
    note.enqueue("squat")
    set_fields(name="fitness_project.tasks.tests.chores.gone")

    run_due()

    assert stored()["attempts"] == 1
    assert stored()["error"]["exception"] == get_module_path(ImportError)


# Leases


def test_two_workers_never_claim_one_task():
    note.enqueue("squat")

    assert queue.claim("ann")["worker"] == "ann"
    assert queue.claim("bob") is None


def test_of_two_workers_that_find_one_task_the_first_claims_it(monkeypatch):
    note.enqueue("squat")
    found = queue._longest_due()
    queue.claim("ann")
    answers = iter([found, None])
    monkeypatch.setattr(queue, "_longest_due", lambda: next(answers))

    assert queue.claim("bob") is None


def test_the_task_of_a_dead_worker_is_claimed_when_its_lease_ends(clock):
    note.enqueue("squat")
    queue.claim("ann")

    clock.advance(seconds=14)
    early = queue.claim("bob")
    clock.advance(seconds=1)

    assert early is None
    assert queue.claim("bob")["worker"] == "bob"


def test_a_renewed_lease_lasts_longer(clock):
    note.enqueue("squat")
    lease = queue.claim("ann")

    clock.advance(seconds=10)
    assert queue.renew(lease)
    clock.advance(seconds=10)

    assert queue.claim("bob") is None


def test_a_lease_is_renewed_while_the_task_runs(stored, monkeypatch):
    monkeypatch.setattr(worker, "RENEW_SECONDS", 0.02)
    note.enqueue("squat")
    ends = []

    def watch():
        ends.append(stored()["dueAt"])
        time.sleep(0.2)
        ends.append(stored()["dueAt"])
        return chores.connection.database["chores"]

    monkeypatch.setattr(chores, "chores", watch)
    Worker().run_next()

    assert ends[0] < ends[1]


@pytest.mark.parametrize("end", [queue.succeed, queue.give_back, queue.renew])
def test_a_worker_that_lost_its_lease_changes_nothing(stored, clock, end):
    note.enqueue("squat")
    lost = queue.claim("ann")
    clock.advance(seconds=15)
    queue.claim("bob")
    before = stored()

    assert not end(lost)

    assert stored() == before


@pytest.mark.parametrize("end", [queue.fail, queue.postpone])
def test_a_worker_that_lost_its_lease_records_no_failure(stored, clock, end):
    note.enqueue("squat")
    lost = queue.claim("ann")
    clock.advance(seconds=15)
    queue.claim("bob")
    before = stored()

    assert not end(lost, ValueError())

    assert stored() == before


def test_a_task_that_is_given_back_is_due_at_once(clock):
    note.enqueue("squat")

    queue.give_back(queue.claim("ann"))

    assert queue.claim("bob")["worker"] == "bob"


def test_a_task_that_is_dropped_while_it_runs_stays_dropped():
    task_id = ObjectId(note.enqueue("squat").id)
    lease = queue.claim("ann")

    queue.drop(task_id)

    assert not queue.succeed(lease)
    assert queue.find(task_id) is None
