"""A curator deletes in the admin what another one has just deleted or brought into use."""

import pytest

from exercises import deletions
from exercises.admin import ExerciseAdmin
from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory, some_operation
from exercises.tests.form_pages import CHANGES
from routines.models import RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

pytestmark = pytest.mark.django_db


@pytest.fixture
def before_deletion(monkeypatch):
    """Takes what happens to the exercises after they were found, and before they are deleted."""
    find = ExerciseAdmin.get_deleted_objects

    def prepare(happen):
        def find_then(self, exercises, request):
            found = find(self, list(exercises), request)
            monkeypatch.undo()
            happen(exercises[0])
            return found

        monkeypatch.setattr(ExerciseAdmin, "get_deleted_objects", find_then)

    return prepare


def delete(exercise):
    deletions.delete_exercise(some_operation(), exercise.pk)


def delete_in_admin(client, exercise):
    path = f"{CHANGES}{exercise.pk}/delete/"
    return client.post(path, {"post": "yes"}, follow=True).content.decode()


def test_one_that_is_gone(curator, bench_press, before_deletion):
    before_deletion(delete)

    page = delete_in_admin(curator, bench_press)

    assert "Perhaps it was deleted?" in page
    assert "successfully" not in page


def test_one_that_is_in_use(curator, ann, bench_press, before_deletion):
    before_deletion(lambda each: RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, each)]))

    page = delete_in_admin(curator, bench_press)

    assert "Bench Press is in use by 1 routine." in page
    assert Exercise.objects.exists()


def test_several_of_which_one_is_gone(curator, bench_press, before_deletion):
    before_deletion(delete)
    chosen = [str(exercise.pk) for exercise in (bench_press, ExerciseFactory())]
    body = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}

    page = curator.post(CHANGES, body, follow=True).content.decode()

    assert "Nothing was deleted: one of the exercises has just been deleted." in page
    assert "Successfully" not in page
    assert Exercise.objects.count() == 1
