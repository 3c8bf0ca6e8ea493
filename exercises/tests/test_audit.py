"""Every write to the catalogue is logged: who changed what, how, and when."""

import json

import pytest
from bson import ObjectId
from django.core.management import call_command
from pymongo.client_session import ClientSession

from accounts.tests.factories import UserFactory
from conftest import client_of
from exercises import deletions, services
from exercises.audit.operations import Kind, Operation
from exercises.models import CatalogueChange, CatalogueOperation
from exercises.tests.factories import ExerciseFactory, some_operation
from exercises.tests.form_pages import change_path, fields_of
from fitness_project.errors import FieldRefused
from fitness_project.tasks.worker import run_due
from routines.models import RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

EXERCISES = "/api/exercises"
ADMIN = "/admin/exercises/exercise/"

pytestmark = pytest.mark.django_db


def operations():
    return list(CatalogueOperation.objects.documents.collection.find().sort("_id"))


def changes():
    return list(CatalogueChange.objects.documents.collection.find().sort("_id"))


def logged():
    """The only operation, and its only change."""
    (operation,), (change,) = operations(), changes()
    assert change["operation"] == operation["_id"]
    assert change["at"] == operation["at"]
    return operation, change


def test_a_new_exercise_is_logged_with_its_fields(ben):
    created = client_of(ben).post(EXERCISES, {"name": "Squat", "level": "beginner"}).json()

    operation, change = logged()
    assert (operation["kind"], operation["userId"]) == ("api", ben.pk)
    assert (operation["counts"], operation["name"]) == ({"add": 1}, "Squat")
    assert (change["action"], str(change["exerciseId"])) == ("add", created["id"])
    assert change["fields"] == {
        "name": {"old": "", "new": "Squat"},
        "level": {"old": None, "new": "beginner"},
    }


@pytest.mark.parametrize("verb", ["put", "patch"])
def test_a_change_is_logged_with_old_and_new_values(ben, bench_press, verb):
    body = {"name": "Bench Press", "description": "Lie down.", "primaryMuscles": ["chest"]}

    getattr(client_of(ben), verb)(f"{EXERCISES}/{bench_press.pk}", body)

    operation, change = logged()
    assert (operation["kind"], operation["userId"]) == ("api", ben.pk)
    assert (change["action"], change["exerciseId"]) == ("change", bench_press.pk)
    assert change["fields"] == {
        "description": {"old": bench_press.description, "new": "Lie down."},
        "primaryMuscles": {"old": [], "new": ["chest"]},
    }


def test_a_deletion_is_logged_with_what_was_there(ben, bench_press):
    client_of(ben).delete(f"{EXERCISES}/{bench_press.pk}")

    operation, change = logged()
    assert (operation["kind"], operation["counts"]) == ("api", {"delete": 1})
    assert (change["action"], change["name"]) == ("delete", "Bench Press")
    assert change["fields"]["name"] == {"old": "Bench Press", "new": ""}
    assert change["createdAt"]


def test_the_admins_form_is_logged(curator, ben, bench_press):
    path = change_path(bench_press)

    curator.post(path, {**fields_of(curator.get(path)), "default_sets": "5"})

    operation, change = logged()
    assert (operation["kind"], operation["userId"]) == ("form", ben.pk)
    assert change["fields"]["defaultSets"] == {"old": None, "new": 5}


def test_a_deletion_in_the_admin_is_logged(curator, ben, bench_press):
    curator.post(f"{ADMIN}{bench_press.pk}/delete/", {"post": "yes"})

    operation, _ = logged()
    assert (operation["kind"], operation["userId"]) == ("delete", ben.pk)


def test_many_deletions_at_once_are_one_operation(curator, bench_press):
    chosen = [str(exercise.pk) for exercise in (bench_press, ExerciseFactory())]

    curator.post(ADMIN, {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})

    (operation,) = operations()
    assert (operation["kind"], operation["counts"]) == ("delete", {"delete": 2})
    assert {str(change["exerciseId"]) for change in changes()} == set(chosen)


def test_an_import_is_one_operation_of_nobody_in_however_many_transactions(tmp_path, monkeypatch):
    monkeypatch.setattr("exercises.management.commands.import_exercises.PART_ROWS", 1)
    ExerciseFactory(name="Squat")
    file = tmp_path / "exercises.json"
    rows = [{"name": "Row"}, {"name": "Press"}, {"name": "Squat", "level": "beginner"}]
    file.write_text(json.dumps(rows))

    call_command("import_exercises", file)
    call_command("import_exercises", file)

    (operation,) = operations()
    assert (operation["kind"], operation["userId"]) == ("command", None)
    assert operation["counts"] == {"add": 2, "change": 1}
    assert len(changes()) == 3


def test_an_exercise_that_comes_back_because_it_is_in_use_is_logged(ann, bench_press):
    deletions.delete_exercise(some_operation(), bench_press.pk)
    RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

    run_due()

    operation, change = operations()[-1], changes()[-1]
    assert (operation["kind"], operation["userId"]) == ("in use", None)
    assert (change["action"], change["exerciseId"]) == ("restore", bench_press.pk)
    assert change["fields"]["isArchived"] == {"old": False, "new": True}


def test_what_changes_nothing_is_neither_written_nor_logged(bench_press):
    same = {"name": "Bench Press", "description": bench_press.description}

    services.change_exercise(some_operation(), bench_press.pk, same)

    assert (operations(), changes()) == ([], [])
    bench_press.refresh_from_db()
    assert bench_press.name_key == "bench press"


def test_what_is_refused_is_not_logged(bench_press):
    with pytest.raises(FieldRefused):
        services.store_exercises(some_operation(), [{"name": "New"}, {"name": "bench press"}], [])

    assert (operations(), changes()) == ([], [])


def test_a_transaction_that_runs_again_is_logged_once(monkeypatch, bench_press):
    run = ClientSession.with_transaction

    def run_twice(session, work, *args, **options):
        run(session, work, *args, **options)
        return run(session, work, *args, **options)

    monkeypatch.setattr(ClientSession, "with_transaction", run_twice)
    operation, change = some_operation(), (bench_press.pk, {"level": "expert"})

    services.store_exercises(operation, [{"name": "Squat"}], [change])
    deletions.delete_exercise(operation, bench_press.pk)

    (stored,) = operations()
    assert stored["counts"] == {"add": 1, "change": 1, "delete": 1}
    assert [change["action"] for change in changes()] == ["add", "change", "delete"]


def test_the_log_names_no_address():
    user = UserFactory(email="ben@example.com")

    services.create_exercise(Operation(Kind.FORM, user.pk), {"name": "Squat"})

    assert operations()[0]["userId"] == user.pk
    assert "ben@example.com" not in str(operations() + changes())


def test_an_operation_has_its_id_before_it_begins():
    assert isinstance(some_operation().id, ObjectId)
    assert some_operation().id != some_operation().id
