"""How changes of the catalogue affect routines."""

import pytest

from conftest import client_of
from exercises import catalogue as catalogue_module
from exercises import services as catalogue_services
from exercises.tests.factories import ExerciseFactory, entry
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
        catalogue_services.change_exercise(bench_press.pk, {"isArchived": True})

        assert error(api.post(ROUTINES, body)) == ("/exercises/0/exerciseId", "archived")

    def test_a_routine_can_keep_an_archived_exercise(self, api, body, bench_press):
        path = f"{ROUTINES}/{api.post(ROUTINES, body).json()['id']}"
        catalogue_services.change_exercise(bench_press.pk, {"isArchived": True})

        assert api.put(path, {**body, "name": "Changed"}).status_code == 200

    def test_a_routine_cannot_add_an_archived_exercise(self, api, ann, body, bench_press):
        path = f"{ROUTINES}/{RoutineFactory(user=ann).pk}"
        catalogue_services.change_exercise(bench_press.pk, {"isArchived": True})

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

    def test_an_old_name_written_meanwhile_is_replaced_too(self, ann, bench_press, monkeypatch):
        """For a moment, another process may still use the old catalogue."""
        routine = RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

        def write_the_old_name(seconds):
            entries = [{"exerciseId": bench_press.pk, "name": "Bench Press", "sets": 1}]
            Routine.objects.documents.update({"_id": routine.pk}, {"exercises": entries})

        monkeypatch.setattr(catalogue_services, "sleep", write_the_old_name)
        catalogue_services.change_exercise(bench_press.pk, {"name": "New"})

        (stored,) = Routine.objects.documents.get(routine.pk)["exercises"]
        assert stored["name"] == "New"


class TestDeletion:
    def test_an_exercise_in_a_routine_is_not_deleted(self, staff, ann, bench_press):
        RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

        response = staff.delete(f"/api/exercises/{bench_press.pk}")

        assert response.status_code == 409
        assert response.json()["code"] == "in_use"
        assert staff.get(f"/api/exercises/{bench_press.pk}").status_code == 200

    def test_an_exercise_that_comes_into_use_meanwhile_stays_unchanged(
        self, staff, ann, bench_press, monkeypatch
    ):
        """For a moment, another process may still use the old catalogue."""

        def use_it(seconds):
            RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

        monkeypatch.setattr(catalogue_services, "sleep", use_it)
        response = staff.delete(f"/api/exercises/{bench_press.pk}")

        assert response.status_code == 409
        assert staff.get(f"/api/exercises/{bench_press.pk}").json()["isArchived"] is False

    def test_an_exercise_that_is_being_deleted_cannot_come_into_use(
        self, staff, api, body, bench_press, monkeypatch
    ):
        refused = []
        monkeypatch.setattr(
            catalogue_services, "sleep", lambda _: refused.append(api.post(ROUTINES, body))
        )

        staff.delete(f"/api/exercises/{bench_press.pk}")

        assert error(refused[0]) == ("/exercises/0/exerciseId", "does_not_exist")

    def test_an_interrupted_deletion_leaves_the_exercise_archived(
        self, staff, ann, bench_press, monkeypatch
    ):
        routine = RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
        monkeypatch.setattr(catalogue_services, "used_among", lambda ids: set())
        monkeypatch.setattr(catalogue_services, "sleep", raising(SystemExit))
        with pytest.raises(SystemExit):
            catalogue_services.delete_exercise(bench_press.pk)
        monkeypatch.setattr(catalogue_module, "DELETION_SECONDS", 0)  # as if the time had passed

        path = f"{ROUTINES}/{routine.pk}"
        api = client_of(ann)

        assert staff.get(f"/api/exercises/{bench_press.pk}").json()["isArchived"] is True
        assert api.put(path, api.get(path).json()).status_code == 200


def raising(error):
    def fail(*_):
        raise error

    return fail


def names(response):
    return [entry["name"] for entry in response.json()["exercises"]]
