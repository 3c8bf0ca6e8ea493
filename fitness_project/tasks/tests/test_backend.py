"""Enqueueing: a task is part of the transaction that enqueues it."""

from datetime import timedelta

import pytest
from django_tasks import TaskResultStatus, default_task_backend, task
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from pymongo.errors import PyMongoError

from fitness_project.database.transactions import transactional
from fitness_project.errors import InUse
from fitness_project.serving.request_ids import continue_request
from fitness_project.tasks import queue
from fitness_project.tasks.worker import run_due

from .chores import done, fail, note, note_request

pytestmark = pytest.mark.django_db


def write_conflict():
    error = PyMongoError("Another transaction has changed this document.")
    error._add_error_label("TransientTransactionError")
    return error


def test_a_task_runs_with_its_arguments():
    note.enqueue("squat", suffix="!")

    run_due()

    assert done() == ["squat!"]


def test_a_task_is_stored_with_the_transaction(stored):
    @transactional
    def work():
        note.enqueue("squat")

    work()

    assert stored()["status"] == queue.READY


def test_nothing_is_stored_if_the_transaction_fails():
    @transactional
    def work():
        note.enqueue("squat")
        raise InUse

    with pytest.raises(InUse):
        work()

    assert queue.tasks().count_documents({}) == 0


def test_a_transaction_that_is_run_again_enqueues_the_same_task(stored):
    results = []

    @transactional
    def work():
        results.append(note.enqueue("squat"))
        if len(results) < 3:
            raise write_conflict()

    work()

    assert {result.id for result in results} == {str(stored()["_id"])}


def test_a_transaction_whose_commit_had_succeeded_leaves_its_task_as_it_is(stored):
    note.enqueue("squat")
    first = stored()
    run_due()

    queue.store(first)

    assert stored()["status"] == queue.SUCCESSFUL


def test_a_deferred_task_is_not_run_early(clock):
    note.using(run_after=clock() + timedelta(seconds=5)).enqueue("squat")

    clock.advance(seconds=4)
    run_due()
    early = done()
    clock.advance(seconds=1)
    run_due()

    assert (early, done()) == ([], ["squat"])


def test_a_task_keeps_the_id_of_the_request(stored):
    continue_request("a-request")
    try:
        note_request.enqueue()
    finally:
        continue_request("-")

    run_due()

    assert done() == [stored()["requestId"]] == ["a-request"]


def test_a_result_tells_how_the_task_ended(clock):
    good, bad = note.enqueue("squat"), fail.enqueue()
    assert good.status == TaskResultStatus.READY

    run_due()
    good.refresh()
    bad.refresh()

    assert good.status == TaskResultStatus.SUCCESSFUL
    assert good.finished_at == clock()
    assert bad.status == TaskResultStatus.READY
    assert bad.errors[0].exception_class is ValueError


@pytest.mark.parametrize("unknown", ["0" * 24, "no id"])
def test_an_unknown_result_does_not_exist(unknown):
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result(unknown)


def with_context(context):
    pass


def test_a_task_that_wants_a_context_is_refused():
    with pytest.raises(InvalidTaskError):
        task(takes_context=True)(with_context)
