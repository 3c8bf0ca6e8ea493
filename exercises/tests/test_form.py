"""The admin's form for an exercise: what comes back from it, and what is stored."""

import pytest
from django.contrib.auth.models import Permission

from accounts.tests.factories import UserFactory
from exercises import deletions, services
from exercises.audit.operations import Kind, Operation
from exercises.models import CatalogueOperation, Exercise
from exercises.tests.factories import CuratorFactory, ExerciseFactory, some_operation
from exercises.tests.form_pages import ADD, change_path, fields_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def squat():
    for level in ("beginner", "intermediate", "expert"):
        ExerciseFactory(level=level)
    return ExerciseFactory(name="Squat", level="beginner", description="Stand.\nSit.")


@pytest.fixture
def ben():
    return CuratorFactory(email="ben@example.com")


@pytest.fixture
def curator(client):
    client.force_login(CuratorFactory(email="cleo@example.com"))
    return client


def by(user, exercise, **changes):
    """Another curator changes the exercise."""
    services.change_exercise(Operation(Kind.FORM, user.pk), exercise.pk, changes)


def stored(exercise):
    return Exercise.objects.documents.get(exercise.pk)


class TestTwoCurators:
    """One has the form open while the other saves."""

    def test_the_second_is_told_what_the_first_changed(self, curator, ben, squat):
        form = fields_of(curator.get(change_path(squat)))
        by(ben, squat, level="expert", defaultSets=5)

        response = curator.post(change_path(squat), {**form, "description": "Sit down."})

        page = text_of(response)
        assert response.status_code == 200
        assert (
            "ben@example.com has changed this exercise since you opened it: level, default" in page
        )
        assert "Before beginner Theirs expert" in page
        assert "Before — Theirs 5" in page
        assert stored(squat)["description"] == "Stand.\nSit."

    def test_saving_again_keeps_what_both_changed(self, curator, ben, squat):
        form = fields_of(curator.get(change_path(squat)))
        by(ben, squat, level="expert", isArchived=True, primaryMuscles=["quads", "glutes"])
        told = curator.post(change_path(squat), {**form, "description": "Sit down."})

        response = curator.post(change_path(squat), fields_of(told))

        assert response.status_code == 302
        found = stored(squat)
        assert (found["description"], found["level"]) == ("Sit down.", "expert")
        assert (found["isArchived"], found["primaryMuscles"]) == (True, ["quads", "glutes"])

    def test_a_field_that_both_changed_keeps_the_second_ones_text(self, curator, ben, squat):
        form = fields_of(curator.get(change_path(squat)))
        by(ben, squat, level="expert")

        told = curator.post(change_path(squat), {**form, "level": "intermediate"})

        assert "Before beginner Theirs expert Yours intermediate" in text_of(told)
        assert fields_of(told)["level"] == "intermediate"
        curator.post(change_path(squat), fields_of(told))
        assert stored(squat)["level"] == "intermediate"

    def test_what_the_first_saves_meanwhile_is_told_too(self, curator, ben, squat):
        form = fields_of(curator.get(change_path(squat)))
        by(ben, squat, level="expert")
        told = curator.post(change_path(squat), {**form, "description": "Sit down."})
        by(ben, squat, level="elite")

        again = curator.post(change_path(squat), fields_of(told))

        assert "Before expert Theirs elite" in text_of(again)

    def test_a_change_between_the_validation_and_the_write_is_told(
        self, curator, ben, squat, monkeypatch
    ):
        form = fields_of(curator.get(change_path(squat)))
        write = services.change_exercise

        def change_first(*args):
            monkeypatch.undo()
            by(ben, squat, level="expert")
            return write(*args)

        monkeypatch.setattr(services, "change_exercise", change_first)
        response = curator.post(change_path(squat), {**form, "description": "Sit down."})

        assert response.status_code == 200
        assert "Before beginner Theirs expert" in text_of(response)
        assert stored(squat)["description"] == "Stand.\nSit."

    def test_a_name_taken_between_the_validation_and_the_write_is_told(
        self, curator, squat, monkeypatch
    ):
        write = services.create_exercise

        def add_first(*args):
            monkeypatch.undo()
            services.create_exercise(some_operation(), {"name": "Row"})
            return write(*args)

        monkeypatch.setattr(services, "create_exercise", add_first)
        response = curator.post(ADD, {**fields_of(curator.get(ADD)), "name": "Row"})

        assert "Another exercise has this name." in text_of(response)

    def test_equal_changes_are_no_conflict(self, curator, squat):
        """Such as those of a form that was sent twice."""
        sent = {**fields_of(curator.get(change_path(squat))), "level": "expert"}
        curator.post(change_path(squat), sent)

        response = curator.post(change_path(squat), sent)

        assert response.status_code == 302
        assert CatalogueOperation.objects.documents.collection.count_documents({}) == 1

    def test_a_form_without_the_revision_says_what_differs(self, curator, squat):
        form = fields_of(curator.get(change_path(squat)))

        response = curator.post(change_path(squat), {"name": "Squat", "level": "expert"})

        assert "Theirs beginner Yours expert" in text_of(response)
        assert form["opened"] == fields_of(response)["opened"]

    def test_who_changed_it_may_be_unknown(self, curator, squat):
        form = fields_of(curator.get(change_path(squat)))
        Exercise.objects.filter(pk=squat.pk).update(level="expert", revision="5" * 24)

        response = curator.post(change_path(squat), {**form, "description": "Sit down."})

        assert "Someone changed this. The field has the new value." in text_of(response)


class TestDeletedMeanwhile:
    @pytest.fixture
    def told(self, curator, ben, squat):
        form = fields_of(curator.get(change_path(squat)))
        deletions.delete_exercise(Operation(Kind.DELETE, ben.pk), squat.pk)
        return curator.post(change_path(squat), {**form, "description": "Sit down."})

    def test_the_curator_is_told_and_keeps_the_text(self, told):
        assert told.status_code == 200
        assert "This exercise has been deleted since you opened it." in text_of(told)
        assert "by ben@example.com" in text_of(told)
        assert fields_of(told)["description"] == "Sit down."

    def test_saving_again_adds_it(self, curator, told):
        assert f'action="{ADD}"' in told.content.decode()

        response = curator.post(ADD, fields_of(told))

        assert response.status_code == 302
        assert Exercise.objects.get(name="Squat").description == "Sit down."

    def test_a_deletion_between_the_validation_and_the_write_is_told(
        self, curator, squat, monkeypatch
    ):
        form = fields_of(curator.get(change_path(squat)))
        write = services.change_exercise

        def delete_first(*args):
            monkeypatch.undo()
            deletions.delete_exercise(some_operation(), squat.pk)
            return write(*args)

        monkeypatch.setattr(services, "change_exercise", delete_first)
        response = curator.post(change_path(squat), {**form, "description": "Sit down."})

        assert "This exercise has been deleted since you opened it." in text_of(response)

    def test_an_id_that_never_was_is_not_added(self, curator, squat):
        form = fields_of(curator.get(change_path(squat)))

        path = f"/admin/exercises/exercise/{'0' * 24}/change/"
        curator.post(path, {**form, "name": "New", "opened": ""})

        assert not Exercise.objects.filter(name="New").exists()


def test_who_may_only_see_exercises_sees_no_fields(client, squat):
    viewer = UserFactory(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_exercise"))
    client.force_login(viewer)

    response = client.get(change_path(squat))

    assert "Squat" in text_of(response)
    assert fields_of(response).keys() <= {"csrfmiddlewaretoken", "opened", "confirmed"}
