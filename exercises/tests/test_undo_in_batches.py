"""Large operations are undone in batches. What the request has no time for is left to a task."""

from unittest.mock import Mock

import pytest
from pymongo.errors import ExecutionTimeout, OperationFailure

from exercises import bulk_changes, services, versions
from exercises.audit import undo as undoing
from exercises.audit.operations import Kind, Operation
from exercises.audit.undo import AlreadyUndone, finish_undo, undo
from exercises.models import CatalogueOperation, Exercise
from exercises.tests.factories import ExerciseFactory, some_operation
from exercises.writing import Writing
from fitness_project.database.outage import WRITE_CONFLICT
from fitness_project.tasks import queue
from fitness_project.tasks.worker import run_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def operation(monkeypatch):
    """The operation that added five exercises. Two are undone at a time."""
    monkeypatch.setattr(undoing, "BATCH", 2)
    operation = Operation(Kind.COMMAND)
    new = [{"name": f"Exercise {number}"} for number in range(5)]
    services.store_exercises(operation, new, [])
    return operation.id


@pytest.fixture
def hurried(monkeypatch):
    """Requests have no time for a second batch, until `hurried` is called."""
    for module in (undoing, bulk_changes):
        monkeypatch.setattr(module, "remaining_seconds", lambda most: 0.0)

    def stop():
        for module in (undoing, bulk_changes):
            monkeypatch.setattr(module, "remaining_seconds", lambda most: most)

    return stop


def logged(operation_id):
    return CatalogueOperation.objects.documents.get(operation_id)


def is_marked(operation_id):
    return logged(operation_id).get("undoneBy") is not None


def test_they_are_undone_in_batches(operation, ben):
    undone = undo(operation, ben.pk)

    assert (undone.restored, undone.is_finished) == (5, True)
    assert not Exercise.objects.exists()
    assert logged(undone.id)["counts"] == {"delete": 5}


def test_others_get_their_turn_between_the_batches_and_nobody_waits_after_the_last(
    operation, ben, monkeypatch
):
    pauses = []
    monkeypatch.setattr(versions, "sleep", pauses.append)
    monkeypatch.setattr(bulk_changes, "BATCH", 2)
    ids = list(Exercise.objects.values_list("pk", flat=True))
    bulk = some_operation()

    bulk_changes.change_all(bulk, ids, {"level": "hard"})
    assert len(pauses) == 1  # The request begins with a batch of its own.

    undo(bulk.id, ben.pk)
    assert len(pauses) == 3


def test_a_task_does_the_rest_in_the_same_name(operation, ben, hurried):
    undone = undo(operation, ben.pk)
    assert (undone.restored, undone.is_finished) == (2, False)
    hurried()

    run_due()

    assert not Exercise.objects.exists()
    entry = logged(undone.id)
    assert (entry["counts"], entry["userId"]) == ({"delete": 5}, ben.pk)
    assert logged(operation)["undoneBy"] == undone.id


def test_the_task_leaves_alone_what_was_done_again(operation, ben):
    undone = undo(operation, ben.pk)
    services.create_exercise(some_operation(), {"name": "Exercise 1"})

    finish_undo.call(Operation(Kind.UNDO, ben.pk, operation, undone.id).packed())

    assert Exercise.objects.count() == 1


def test_the_task_leaves_alone_what_a_finished_undo_left(operation, ben):
    kept = Exercise.objects.get(name="Exercise 1")
    services.change_exercise(some_operation(), kept.pk, {"level": "expert"})
    undo(operation, ben.pk)
    services.change_exercise(some_operation(), kept.pk, {"level": None})

    run_due()

    assert Exercise.objects.get() == kept


def test_an_operation_that_is_being_undone_is_undone_by_nobody_else(operation, ben, hurried):
    undo(operation, ben.pk)

    with pytest.raises(AlreadyUndone):
        undo(operation, ben.pk)


def test_an_undo_that_was_cut_short_is_finished(operation, ben, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(undoing, "_go_on", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            undo(operation, ben.pk)

    assert is_marked(operation)
    run_due()
    assert not Exercise.objects.exists()


@pytest.mark.parametrize(
    "error",
    [
        ExecutionTimeout("operation exceeded time limit", 50),
        OperationFailure("write conflict", WRITE_CONFLICT),
    ],
)
def test_an_undo_for_which_others_leave_no_time_takes_effect_later(
    operation, ben, monkeypatch, error
):
    with monkeypatch.context() as patch:
        patch.setattr(undoing, "_go_on", Mock(side_effect=error))
        undone = undo(operation, ben.pk)

    assert (undone.restored, undone.is_finished) == (0, False)
    assert is_marked(operation)
    assert undoing.being_undone([operation]) == {operation}
    run_due()
    assert not Exercise.objects.exists()
    assert not undoing.being_undone([operation])


def test_an_operation_is_marked_before_its_changes_are_read(operation, ben, command_log):
    command_log.clear()

    undo(operation, ben.pk)

    sent = [command.get(name) for name, command in command_log if name != "commitTransaction"]
    assert sent[:4] == ["catalogueOperations", "catalogueOperations", "tasks", "catalogueChanges"]


def test_an_undo_that_was_undone_does_not_go_on(operation, ben, hurried):
    first = undo(operation, ben.pk)
    assert undo(first.id, ben.pk).restored == 2
    hurried()

    run_due()

    assert Exercise.objects.count() == 5
    assert not is_marked(operation)


def test_an_undo_that_is_being_undone_does_not_go_on(operation, ben, hurried, monkeypatch):
    times = iter([1.0])
    monkeypatch.setattr(undoing, "remaining_seconds", lambda most: next(times, 0.0))
    first = undo(operation, ben.pk)
    assert (first.restored, undo(first.id, ben.pk).restored) == (4, 2)
    hurried()

    finish_undo.call(Operation(Kind.UNDO, ben.pk, operation, first.id).packed())

    assert Exercise.objects.count() == 3
    run_due()
    assert Exercise.objects.count() == 5


def test_an_operation_of_which_nothing_was_undone_in_the_end_is_not_marked(operation, ben, hurried):
    for exercise in Exercise.objects.all():
        services.change_exercise(some_operation(), exercise.pk, {"level": "expert"})
    undo(operation, ben.pk)
    assert is_marked(operation)
    hurried()

    run_due()

    assert not is_marked(operation)


class TestBulkChanges:
    """A bulk change that is undone before its end."""

    @pytest.fixture
    def ids(self, monkeypatch):
        monkeypatch.setattr(bulk_changes, "BATCH", 2)
        return [ExerciseFactory().pk for _ in range(5)]

    @pytest.mark.parametrize("batches", [1, 2])
    def test_it_does_not_go_on(self, ids, ben, monkeypatch, batches):
        bulk, change, undone = Operation(Kind.SET_LEVEL, ben.pk), bulk_changes._change, []

        def change_and_undo(*args):
            change(*args)
            undone.append(undo(bulk.id, ben.pk) if len(undone) == batches - 1 else None)

        monkeypatch.setattr(bulk_changes, "_change", change_and_undo)

        bulk_changes.change_all(bulk, ids, {"level": "hard"})
        run_due()

        assert undone[batches - 1].restored == 2 * batches
        assert not Exercise.objects.filter(level="hard").exists()
        assert logged(bulk.id)["counts"] == {"change": 2 * batches}

    def test_one_that_fails_at_once_does_nothing_later(self, ids, ben, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(Writing, "send", lambda self: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                bulk_changes.change_all(Operation(Kind.SET_LEVEL), ids, {"level": "hard"})

        assert not queue.tasks().count_documents({})


def test_what_an_operation_changed_just_before_its_undo_is_undone_too(operation, ben, monkeypatch):
    begin = undoing._begin

    def begin_late(*args):
        services.store_exercises(Operation(Kind.COMMAND, id=operation), [{"name": "Late"}], [])
        return begin(*args)

    monkeypatch.setattr(undoing, "_begin", begin_late)

    assert undo(operation, ben.pk).restored == 6
    assert not Exercise.objects.exists()
