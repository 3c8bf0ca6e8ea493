"""How changes of the catalogue affect routines."""

import pytest
from pymongo.errors import NetworkTimeout

from conftest import client_of
from exercises import services as catalogue_services
from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory, entry, some_operation
from fitness_project.documents.owned import OwnedDocuments
from fitness_project.tasks.worker import run_due
from history.models import SessionEntry
from history.tests.factories import SessionFactory
from routines.models import Routine, RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

ROUTINES = "/api/routines"


@pytest.fixture
def body(bench_press):
    return {"name": "Push", "exercises": [entry(bench_press)]}


def error(response):
    assert response.status_code == 400
    (found,) = response.json()["errors"]
    return found["pointer"], found["code"]


class TestArchived:
    def test_a_new_routine_cannot_have_an_archived_exercise(self, api, body, bench_press):
        catalogue_services.change_exercise(some_operation(), bench_press.pk, {"isArchived": True})

        assert error(api.post(ROUTINES, body)) == ("/exercises/0/exerciseId", "archived")

    def test_a_routine_can_keep_an_archived_exercise(self, api, body, bench_press):
        path = f"{ROUTINES}/{api.post(ROUTINES, body).json()['id']}"
        catalogue_services.change_exercise(some_operation(), bench_press.pk, {"isArchived": True})

        assert api.put(path, {**body, "name": "Changed"}).status_code == 200

    def test_an_archived_exercise_of_one_routine_may_come_into_another(
        self, api, ann, stranger, body, bench_press
    ):
        RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
        catalogue_services.change_exercise(some_operation(), bench_press.pk, {"isArchived": True})

        assert api.post(ROUTINES, body).status_code == 201
        assert error(stranger.post(ROUTINES, body)) == ("/exercises/0/exerciseId", "archived")

    def test_a_deleted_routine_has_no_exercises(self, api, body, bench_press):
        created = api.post(ROUTINES, body)
        catalogue_services.change_exercise(some_operation(), bench_press.pk, {"isArchived": True})
        api.delete(created["Location"])

        assert error(api.post(ROUTINES, body)) == ("/exercises/0/exerciseId", "archived")

    def test_other_bodies_need_no_query_for_archived_exercises(
        self, api, body, bench_press, command_log
    ):
        created = api.post(ROUTINES, body)
        catalogue_services.change_exercise(some_operation(), bench_press.pk, {"isArchived": True})
        command_log.clear()

        api.put(created["Location"], {**body, "name": "Changed"})

        asked = [command for name, command in command_log if name == "find"]
        assert not any("exercises.exerciseId" in command["filter"] for command in asked)

    def test_a_routine_cannot_add_an_archived_exercise(self, api, ann, body, bench_press):
        path = f"{ROUTINES}/{RoutineFactory(user=ann).pk}"
        catalogue_services.change_exercise(some_operation(), bench_press.pk, {"isArchived": True})

        assert error(api.put(path, body)) == ("/exercises/0/exerciseId", "archived")


class TestRenames:
    def test_a_new_name_is_copied_into_routines_but_not_into_history(self, staff, ann, bench_press):
        row = ExerciseFactory(name="Row")
        routine, session = (
            factory(
                user=ann, exercises=[embedded(kind, e) for e in (bench_press, row, bench_press)]
            )
            for factory, kind in ((RoutineFactory, RoutineEntry), (SessionFactory, SessionEntry))
        )

        staff.patch(f"/api/exercises/{bench_press.pk}", {"name": "Barbell Bench Press"})

        api = client_of(ann)
        assert names(api.get(f"{ROUTINES}/{routine.pk}")) == [
            "Barbell Bench Press",
            "Row",
            "Barbell Bench Press",
        ]
        assert names(api.get(f"/api/history/{session.pk}")) == ["Bench Press", "Row", "Bench Press"]

    def test_an_old_name_written_meanwhile_is_replaced_too(self, ann, bench_press):
        """For a moment, another process may still use the old catalogue."""
        routine = RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
        catalogue_services.change_exercise(some_operation(), bench_press.pk, {"name": "New"})
        entries = [{"exerciseId": bench_press.pk, "name": "Bench Press", "sets": 1}]
        Routine.objects.documents.update({"_id": routine.pk}, {"exercises": entries})

        run_due()

        (stored,) = Routine.objects.documents.get(routine.pk)["exercises"]
        assert stored["name"] == "New"

    def test_the_first_routines_are_renamed_before_the_response_and_the_rest_after_it(
        self, staff, ann, bench_press, monkeypatch
    ):
        monkeypatch.setattr(catalogue_services, "RENAMED_AT_ONCE", 2)
        for _ in range(3):
            RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

        staff.patch(f"/api/exercises/{bench_press.pk}", {"name": "New"})
        at_once = all_names()
        run_due()

        assert sorted(at_once) == ["Bench Press", "New", "New"]
        assert all_names() == ["New"] * 3

    def test_each_renamed_routine_has_its_own_revision_and_instant(self, staff, ann, bench_press):
        routines = [
            RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
            for _ in range(3)
        ]

        staff.patch(f"/api/exercises/{bench_press.pk}", {"name": "New"})

        stored = [Routine.objects.documents.get(routine.pk) for routine in routines]
        assert len({document["revision"] for document in stored}) == 3
        assert all(document["updatedAt"] > document["createdAt"] for document in stored)

    def test_a_rename_keeps_what_the_user_changes_meanwhile(self, ann, bench_press, monkeypatch):
        routine = RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
        write, others = OwnedDocuments._write, [lambda: api.patch(path, {"notes": "mine"})]
        api, path = client_of(ann), f"{ROUTINES}/{routine.pk}"

        def write_second(*args):
            if others:
                assert others.pop()().status_code == 200
            return write(*args)

        monkeypatch.setattr(OwnedDocuments, "_write", write_second)
        catalogue_services.change_exercise(some_operation(), bench_press.pk, {"name": "New"})

        stored = api.get(path).json()
        assert (stored["notes"], stored["exercises"][0]["name"]) == ("mine", "New")

    def test_a_rename_that_ends_late_does_not_undo_a_later_one(self, ann, bench_press, monkeypatch):
        for _ in range(2):
            RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
        monkeypatch.setattr(catalogue_services, "RENAMED_AT_ONCE", 0)
        catalogue_services.change_exercise(some_operation(), bench_press.pk, {"name": "First"})
        amend, later = OwnedDocuments.amend, ["Second"]

        def amend_late(*args):
            """Another worker finishes a later rename before this one's first write."""
            if later:
                catalogue_services.change_exercise(
                    some_operation(), bench_press.pk, {"name": later.pop()}
                )
                catalogue_services.finish_renames.call([str(bench_press.pk)])
            return amend(*args)

        monkeypatch.setattr(OwnedDocuments, "amend", amend_late)
        catalogue_services.finish_renames.call([str(bench_press.pk)])

        assert all_names() == ["Second", "Second"]

    def test_a_rename_is_finished_if_the_database_fails_after_it(
        self, ann, bench_press, monkeypatch
    ):
        RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
        with monkeypatch.context() as patch:
            patch.setattr(OwnedDocuments, "amend", raising(NetworkTimeout()))
            catalogue_services.change_exercise(some_operation(), bench_press.pk, {"name": "New"})

        run_due()

        assert all_names() == ["New"]


class TestDeletion:
    def test_an_exercise_in_a_routine_is_not_deleted(self, staff, ann, bench_press):
        RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

        response = staff.delete(f"/api/exercises/{bench_press.pk}")

        assert response.status_code == 409
        assert response.json()["code"] == "in_use"
        assert staff.get(f"/api/exercises/{bench_press.pk}").status_code == 200

    def test_an_exercise_that_comes_into_use_meanwhile_comes_back_archived(
        self, staff, ann, bench_press
    ):
        """For a moment, another process may still use the old catalogue."""
        path = f"/api/exercises/{bench_press.pk}"
        assert staff.delete(path).status_code == 204
        RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

        run_due()

        assert staff.get(path).json()["isArchived"] is True
        (routine,) = client_of(ann).get(ROUTINES).json()["results"]
        assert client_of(ann).put(f"{ROUTINES}/{routine['id']}", routine).status_code == 200

    def test_one_that_comes_back_gives_way_to_an_exercise_with_its_name(
        self, staff, ann, bench_press
    ):
        staff.delete(f"/api/exercises/{bench_press.pk}")
        staff.post("/api/exercises", {"name": "bench press"})
        RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

        run_due()

        assert staff.get(f"/api/exercises/{bench_press.pk}").json()["name"] == "Bench Press (2)"

    def test_a_deleted_exercise_cannot_come_into_use(self, staff, api, body, bench_press):
        staff.delete(f"/api/exercises/{bench_press.pk}")

        assert error(api.post(ROUTINES, body)) == ("/exercises/0/exerciseId", "does_not_exist")

    def test_an_unused_exercise_leaves_nothing_but_a_tombstone(self, staff, bench_press):
        staff.delete(f"/api/exercises/{bench_press.pk}")

        run_due()
        run_due()

        (stored,) = Exercise.objects.documents.collection.find()
        assert set(stored) == {"_id", "changedIn", "deletedAt"}


def all_names():
    return [e["name"] for r in Routine.objects.documents.collection.find() for e in r["exercises"]]


def raising(error):
    def fail(*_):
        raise error

    return fail


def names(response):
    return [entry["name"] for entry in response.json()["exercises"]]
