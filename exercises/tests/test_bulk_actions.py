"""The admin's actions on many exercises at once."""

import re

import pytest
from django.contrib.auth.models import Permission

from accounts.tests.factories import UserFactory
from exercises import bulk_changes, services
from exercises.audit.operations import Kind, Operation
from exercises.audit.undo import undo
from exercises.bulk_changes import change_all
from exercises.catalogue import catalogue
from exercises.models import CatalogueOperation, CatalogueVersion, Exercise
from exercises.tests.factories import ExerciseFactory, some_operation
from fitness_project.tasks.worker import run_due

CHANGES = "/admin/exercises/exercise/"

pytestmark = pytest.mark.django_db


def act(client, action, *exercises, path=CHANGES, **typed):
    chosen = {"_selected_action": [str(exercise.pk) for exercise in exercises]}
    page = client.post(path, {"action": action, **chosen, **typed}, follow=True)
    assert page.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", page.content.decode()).split())


def confirm(client, action, *exercises, **typed):
    return act(client, action, *exercises, post="yes", **typed)


def operation():
    (document,) = CatalogueOperation.objects.documents.collection.find()
    return document


def test_archiving_asks_first(curator, bench_press):
    archived = ExerciseFactory(name="Row", is_archived=True)

    page = act(curator, "archive", bench_press, archived)

    assert "Archive 1 exercise?" in page
    assert "1 of those you chose is already like this." in page
    assert "Bench Press" in page
    assert not Exercise.objects.get(pk=bench_press.pk).is_archived


def test_archiving_says_what_it_did(curator, ben, bench_press):
    archived = ExerciseFactory(name="Row", is_archived=True)

    page = confirm(curator, "archive", bench_press, archived)

    assert "1 exercise archived. 1 already was. Undo" in page
    assert catalogue.find(bench_press.pk)["isArchived"]
    assert (operation()["kind"], operation()["userId"]) == ("archive", ben.pk)
    assert operation()["counts"] == {"change": 1}


def test_restoring(curator, bench_press):
    archived = [ExerciseFactory(is_archived=True) for _ in range(2)]

    page = confirm(curator, "restore", bench_press, *archived)

    assert "2 exercises restored. 1 already was." in page
    assert not Exercise.objects.filter(is_archived=True).exists()
    assert operation()["kind"] == "restore"


def test_if_nothing_would_change_there_is_nothing_to_confirm(curator, bench_press):
    page = act(curator, "restore", bench_press)

    assert "there is nothing to change" in page
    assert "Yes," not in page


@pytest.mark.parametrize("field", ["category", "equipment", "level"])
def test_a_field_is_set(curator, bench_press, field):
    squat = ExerciseFactory(name="Squat", **{field: "old"})
    asked = act(curator, f"set_{field}", bench_press, squat)
    assert f"Set {field} of 2 exercises?" in asked
    assert "Squat (now old)" in asked

    typed = {field: " new ", "confirmed": f"{field}:new"}
    page = confirm(curator, f"set_{field}", bench_press, squat, **typed)

    assert f"2 exercises changed: {field} is now new. Undo" in page
    assert {getattr(exercise, field) for exercise in Exercise.objects.all()} == {"new"}
    assert operation()["kind"] == f"set {field}"


def test_it_says_how_many_had_the_value_already(curator, bench_press):
    typed = {"level": "hard", "confirmed": "level:hard"}

    page = confirm(curator, "set_level", bench_press, ExerciseFactory(level="hard"), **typed)

    assert "1 exercise changed: level is now hard. 1 already had it. Undo" in page


@pytest.mark.parametrize(
    ("is_deleted", "text"),
    [
        (False, "0 exercises restored. 1 already was."),
        (True, "The exercises that you chose have been deleted."),
    ],
)
def test_if_nothing_was_changed_that_is_a_warning(curator, bench_press, is_deleted, text):
    chosen = {"_selected_action": [str(bench_press.pk)]}
    if is_deleted:
        Exercise.objects.documents.collection.delete_one({"_id": bench_press.pk})

    page = curator.post(CHANGES, {"action": "restore", "post": "yes", **chosen}, follow=True)

    (message,) = page.context["messages"]
    assert (str(message), message.level_tag) == (text, "warning")
    assert not CatalogueVersion.objects.exists()


def test_a_field_is_emptied_after_a_second_question(curator):
    squat = ExerciseFactory(level="hard")

    asked = confirm(curator, "set_level", squat, level="")
    assert "This removes the value. Tick to confirm." in asked
    assert Exercise.objects.get().level == "hard"
    page = confirm(curator, "set_level", squat, level="", confirmed="level:")

    assert "1 exercise changed: level is now empty." in page
    assert Exercise.objects.get().level is None


@pytest.mark.parametrize(("typed", "fault"), [("x" * 61, "at most 60"), ("a\x07", "Control char")])
def test_a_value_that_the_api_refuses_is_refused(curator, bench_press, typed, fault):
    page = confirm(curator, "set_level", bench_press, level=typed)

    assert fault in page
    assert not CatalogueOperation.objects.documents.collection.count_documents({})


def test_what_was_done_to_many_is_undone_at_once(curator):
    exercises = [ExerciseFactory(level="easy") for _ in range(3)]
    confirm(curator, "set_level", *exercises, level="hard", confirmed="level:hard")

    curator.post(f"/admin/exercises/catalogueoperation/{operation()['_id']}/undo/")

    assert {exercise.level for exercise in Exercise.objects.all()} == {"easy"}


def test_many_exercises_are_one_catalogue_write(curator):
    confirm(curator, "archive", *(ExerciseFactory() for _ in range(3)))

    assert CatalogueVersion.objects.get().version == 1


def test_all_that_a_filter_finds_can_be_chosen_at_once(curator):
    exercises = [ExerciseFactory(level="easy") for _ in range(3)]
    other = ExerciseFactory(level="hard")
    path, first = f"{CHANGES}?level=easy", exercises[0]
    asked = act(curator, "archive", first, path=path, select_across="1")
    assert "Archive 3 exercises?" in asked

    act(curator, "archive", first, path=path, select_across="1", post="yes")

    assert list(Exercise.objects.filter(is_archived=False)) == [other]


@pytest.mark.parametrize("post", [{}, {"post": "yes"}])
def test_bulk_actions_need_the_permission_to_change(client, bench_press, post):
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_exercise"))
    client.force_login(user)

    act(client, "archive", bench_press, **post)

    assert not Exercise.objects.get().is_archived


class TestLargeChanges:
    """What the request has no time for is left to a task."""

    @pytest.fixture
    def ids(self, monkeypatch):
        monkeypatch.setattr(bulk_changes, "BATCH", 2)
        return [ExerciseFactory().pk for _ in range(5)]

    def test_a_task_does_the_rest_in_the_same_operation(self, ids, ben, monkeypatch):
        monkeypatch.setattr(bulk_changes, "remaining_seconds", lambda most: 0.0)
        change = Operation(Kind.SET_LEVEL, ben.pk)
        assert not change_all(change, ids, {"level": "hard"})
        assert Exercise.objects.filter(level="hard").count() == 2
        monkeypatch.setattr(bulk_changes, "remaining_seconds", lambda most: most)

        run_due()

        assert Exercise.objects.filter(level="hard").count() == 5
        assert (operation()["userId"], operation()["counts"]) == (ben.pk, {"change": 5})

    def test_the_task_leaves_alone_what_was_changed_since(self, ids):
        change_all(Operation(Kind.SET_LEVEL), ids, {"level": "hard"})
        services.change_exercise(some_operation(), ids[0], {"level": "easy"})

        run_due()

        assert Exercise.objects.get(pk=ids[0]).level == "easy"

    def test_the_task_does_not_go_on_with_what_was_undone(self, ids, ben, monkeypatch):
        monkeypatch.setattr(bulk_changes, "remaining_seconds", lambda most: 0.0)
        change = Operation(Kind.SET_LEVEL, ben.pk)
        change_all(change, ids, {"level": "hard"})
        undo(change.id, ben.pk)
        monkeypatch.setattr(bulk_changes, "remaining_seconds", lambda most: most)

        run_due()

        assert not Exercise.objects.filter(level="hard").exists()

    def test_deleted_exercises_are_left_out(self, ids, bench_press):
        Exercise.objects.documents.collection.delete_one({"_id": ids[0]})

        change_all(Operation(Kind.SET_LEVEL), ids, {"level": "hard"})

        assert operation()["counts"] == {"change": 4}
