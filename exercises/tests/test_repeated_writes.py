"""A write to the catalogue whose transaction is committed, but runs again because the reply was
lost, is done once and reports what it did."""

import pytest
from pymongo.client_session import ClientSession

from exercises.models import Exercise
from fitness_project.tasks import queue

EXERCISES = "/api/exercises"


@pytest.fixture
def replies_are_lost(monkeypatch):
    """Every transaction is committed, and then run again."""
    run = ClientSession.with_transaction

    def run_twice(session, work, *args, **options):
        run(session, work, *args, **options)
        return run(session, work, *args, **options)

    def begin():
        monkeypatch.setattr(ClientSession, "with_transaction", run_twice)

    return begin


def test_an_exercise_is_created_once(staff, replies_are_lost):
    replies_are_lost()

    created = staff.post(EXERCISES, {"name": "Squat"})

    assert created.status_code == 201
    assert [str(exercise.pk) for exercise in Exercise.objects.all()] == [created.json()["id"]]


def test_a_conditional_change_is_made_once(staff, bench_press, replies_are_lost):
    path = f"{EXERCISES}/{bench_press.pk}"
    etag = staff.get(path)["ETag"]
    replies_are_lost()

    changed = staff.patch(path, {"name": "Press"}, headers={"If-Match": etag})

    assert changed.status_code == 200
    assert changed["ETag"] == staff.get(path)["ETag"] != etag
    assert queue.tasks().count_documents({}) == 1


def test_an_exercise_is_deleted_once(staff, bench_press, replies_are_lost):
    replies_are_lost()

    assert staff.delete(f"{EXERCISES}/{bench_press.pk}").status_code == 204
    assert queue.tasks().count_documents({}) == 1
