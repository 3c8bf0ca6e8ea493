"""`manage.py tasks`."""

import io

import pytest
from django.core.management import CommandError, call_command

from fitness_project.tasks import queue
from fitness_project.tasks.worker import run_due

from .chores import fail, note

pytestmark = pytest.mark.django_db


def tasks(*arguments):
    """The lines that the command prints."""
    out = io.StringIO()
    call_command("tasks", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def failed(clock):
    """A task that has failed for good."""
    result = fail.enqueue()
    for _ in range(queue.MAX_ATTEMPTS):
        run_due()
        clock.advance(hours=1)
    return result


def test_failed_tasks_are_listed_first_and_then_the_newest(failed):
    older, newer = note.enqueue("squat"), note.enqueue("deadlift")

    _, *rows = tasks()

    assert [row.split()[0] for row in rows] == [failed.id, newer.id, older.id]


def test_a_row_has_what_an_operator_needs_to_know(failed):
    _, row = tasks("list")

    assert f"{failed.id}  FAILED" in row
    assert " 10 " in row
    assert row.endswith("chores.fail  ValueError: This chore always fails.")


def test_a_failed_task_is_retried_with_all_its_attempts(failed, stored):
    tasks("retry", failed.id)
    due = stored()
    run_due()

    assert (due["status"], due["attempts"]) == (queue.READY, 0)
    assert (stored()["status"], stored()["attempts"]) == (queue.READY, 1)


def test_a_task_that_has_failed_once_is_retried_without_its_pause(stored):
    result = fail.enqueue()
    run_due()

    tasks("retry", result.id)
    run_due()

    assert (stored()["status"], stored()["attempts"]) == (queue.READY, 1)


def test_a_task_is_not_run_before_its_time(clock):
    """It may have to wait until other processes have seen what it completes."""
    result = note.using(run_after=clock() + queue.KEPT).enqueue("squat")

    with pytest.raises(CommandError, match="hasn't failed"):
        tasks("retry", result.id)


def test_a_task_that_runs_or_has_succeeded_is_not_retried():
    result = note.enqueue("squat")
    lease = queue.claim("ann")

    for end in (queue.succeed, None):
        with pytest.raises(CommandError, match="hasn't failed"):
            tasks("retry", result.id)
        if end:
            end(lease)


def test_a_dropped_task_is_gone(failed):
    tasks("drop", failed.id)

    assert len(tasks()) == 1


@pytest.mark.parametrize("action", ["retry", "drop"])
@pytest.mark.parametrize("unknown", ["0" * 24, "no-id"])
def test_an_unknown_id_is_an_error(action, unknown):
    with pytest.raises(CommandError, match=f"There is no task {unknown}"):
        tasks(action, unknown)
