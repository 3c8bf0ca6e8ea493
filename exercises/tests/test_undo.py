"""An operation is undone where the catalogue still has what it wrote."""

import pytest
from pymongo.client_session import ClientSession

from accounts.models import User
from exercises import deletions, services
from exercises.audit.operations import Kind, Operation
from exercises.audit.undo import AlreadyUndone, undo
from exercises.models import CatalogueChange, CatalogueOperation, Exercise
from exercises.tests.factories import CuratorFactory, ExerciseFactory
from fitness_project.errors import Missing
from fitness_project.tasks.worker import run_due
from routines.models import RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

pytestmark = pytest.mark.django_db


@pytest.fixture
def eve():
    return CuratorFactory(email="eve@example.com")


def change(user, exercise_id, **fields):
    operation = Operation(Kind.FORM, user.pk)
    services.change_exercise(operation, exercise_id, fields)
    return operation.id


def create(user, **fields):
    operation = Operation(Kind.FORM, user.pk)
    return operation.id, services.create_exercise(operation, fields)["_id"]


def delete(user, exercise_id):
    operation = Operation(Kind.DELETE, user.pk)
    deletions.delete_exercise(operation, exercise_id)
    return operation.id


def stored(exercise_id):
    return Exercise.objects.documents.find(exercise_id)


def left(undone):
    return [(each.name, each.field, each.told) for each in undone.left]


def test_a_change_is_undone(ben, eve, bench_press):
    operation = change(ben, bench_press.pk, level="expert", primaryMuscles=["chest"])

    undone = undo(operation, eve.pk)

    assert (undone.restored, undone.left, undone.is_finished) == (1, [], True)
    exercise = stored(bench_press.pk)
    assert (exercise["level"], exercise["primaryMuscles"]) == (None, [])


def test_what_was_changed_since_stays_and_is_named(ben, eve, bench_press):
    operation = change(ben, bench_press.pk, level="expert", category="strength")
    change(eve, bench_press.pk, level="beginner")

    undone = undo(operation, ben.pk)

    assert left(undone) == [
        ("Bench Press", "level", "stays as it is: changed since by eve@example.com")
    ]
    exercise = stored(bench_press.pk)
    assert (exercise["level"], exercise["category"]) == ("beginner", None)


def test_somebody_whose_account_is_gone_is_not_named(ben, eve, bench_press):
    operation = change(ben, bench_press.pk, level="expert")
    change(eve, bench_press.pk, level="beginner")
    User.objects.filter(pk=eve.pk).delete()

    undone = undo(operation, ben.pk)

    assert left(undone) == [
        ("Bench Press", "level", "stays as it is: changed since by a deleted account")
    ]
    assert undone.restored == 0


def test_a_name_is_undone_in_routines_too(ben, ann, bench_press):
    routine = RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])
    operation = change(ben, bench_press.pk, name="Floor Press")

    undo(operation, ben.pk)

    routine.refresh_from_db()
    assert routine.exercises[0].name == "Bench Press"
    assert stored(bench_press.pk)["nameKey"] == "bench press"


def test_a_name_that_has_been_taken_is_named(ben, bench_press):
    operation = change(ben, bench_press.pk, name="Floor Press", level="expert")
    create(ben, name="Bench Press")

    undone = undo(operation, ben.pk)

    assert left(undone) == [
        ("Floor Press", "name", "stays as it is: the name Bench Press is taken")
    ]
    exercise = stored(bench_press.pk)
    assert (exercise["name"], exercise["level"]) == ("Floor Press", None)


def test_names_that_moved_on_within_an_operation_move_back(ben):
    first, second = ExerciseFactory(name="A"), ExerciseFactory(name="B")
    operation = Operation(Kind.API, ben.pk)
    renamed = [(first.pk, {"name": "C"}), (second.pk, {"name": "A"})]
    services.store_exercises(operation, [], renamed)

    undone = undo(operation.id, ben.pk)

    assert undone.left == []
    assert [stored(e.pk)["name"] for e in (first, second)] == ["A", "B"]


def test_an_added_exercise_is_deleted(ben):
    operation, exercise_id = create(ben, name="Squat", level="beginner")

    undone = undo(operation, ben.pk)
    run_due()

    assert (undone.restored, undone.left) == (1, [])
    assert stored(exercise_id) is None


def test_an_added_exercise_stays_if_it_is_in_use(ben, ann):
    operation, exercise_id = create(ben, name="Squat")
    exercise = Exercise.objects.get(pk=exercise_id)
    RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, exercise)])

    undone = undo(operation, ben.pk)

    assert left(undone) == [("Squat", None, "stays as it is: in use")]
    assert stored(exercise_id)


def test_an_added_exercise_stays_if_it_was_changed_since(ben, eve):
    operation, exercise_id = create(ben, name="Squat")
    change(eve, exercise_id, level="expert")

    undone = undo(operation, ben.pk)

    assert left(undone) == [("Squat", None, "stays as it is: changed since by eve@example.com")]
    assert stored(exercise_id)


def test_a_deleted_exercise_comes_back_with_its_id(ben, bench_press):
    before = stored(bench_press.pk)
    operation = delete(ben, bench_press.pk)

    undone = undo(operation, ben.pk)
    run_due()

    assert (undone.restored, undone.left) == (1, [])
    after, own = stored(bench_press.pk), ("updatedAt", "revision", "changedIn")
    assert {**after, **dict.fromkeys(own)} == {**before, **dict.fromkeys(own)}


def test_a_deleted_exercise_stays_deleted_if_its_name_is_taken(ben, bench_press):
    operation = delete(ben, bench_press.pk)
    create(ben, name="bench press")

    undone = undo(operation, ben.pk)

    assert left(undone) == [("Bench Press", None, "stays deleted: its name is taken")]
    assert stored(bench_press.pk) is None


def test_what_was_deleted_since_is_named(ben, eve, bench_press):
    operation = change(ben, bench_press.pk, level="expert")
    delete(eve, bench_press.pk)

    undone = undo(operation, ben.pk)

    assert left(undone) == [("Bench Press", None, "has since been deleted by eve@example.com")]


def test_an_undo_is_logged_and_can_be_undone(ben, eve, bench_press):
    first = change(ben, bench_press.pk, level="expert")
    second = delete(ben, ExerciseFactory(name="Row").pk)
    third, _ = create(ben, name="Squat")

    for operation in (first, second, third):
        undone = undo(operation, eve.pk)
        entry = CatalogueOperation.objects.documents.get(undone.id)
        assert (entry["kind"], entry["userId"], entry["undoes"]) == ("undo", eve.pk, operation)
        assert undo(undone.id, ben.pk).restored == 1

    names = {exercise.name for exercise in Exercise.objects.all()}
    assert names == {"Bench Press", "Squat"}
    assert stored(bench_press.pk)["level"] == "expert"


def test_an_operation_is_undone_once(ben, bench_press):
    operation = change(ben, bench_press.pk, level="expert")
    undo(operation, ben.pk)

    with pytest.raises(AlreadyUndone):
        undo(operation, ben.pk)


def test_an_operation_of_which_nothing_could_be_undone_can_be_tried_again(ben, bench_press):
    operation = delete(ben, bench_press.pk)
    _, other = create(ben, name="Bench Press")
    undo(operation, ben.pk)
    delete(ben, other)

    assert undo(operation, ben.pk).restored == 1


def test_an_unknown_operation_is_missing(ben):
    with pytest.raises(Missing):
        undo(ben.pk, ben.pk)


def test_an_undo_that_runs_again_reports_what_it_did_and_is_logged_once(
    ben, bench_press, monkeypatch
):
    operation = change(ben, bench_press.pk, level="expert")
    run = ClientSession.with_transaction

    def run_twice(session, work, *args, **options):
        run(session, work, *args, **options)
        return run(session, work, *args, **options)

    monkeypatch.setattr(ClientSession, "with_transaction", run_twice)

    undone = undo(operation, ben.pk)

    assert undone.restored == 1
    changes = CatalogueChange.objects.documents.collection
    assert changes.count_documents({"operation": undone.id}) == 1


def test_an_operation_whose_undo_was_undone_is_in_effect_again(ben, bench_press):
    operation = change(ben, bench_press.pk, level="expert")
    undo(undo(operation, ben.pk).id, ben.pk)

    assert undo(operation, ben.pk).restored == 1

    assert stored(bench_press.pk)["level"] is None


def test_an_operation_is_undone_once_more_if_the_undo_of_its_undo_is_undone(ben, bench_press):
    operation = change(ben, bench_press.pk, level="expert")
    first = undo(operation, ben.pk)
    second = undo(first.id, ben.pk)
    undo(second.id, ben.pk)

    with pytest.raises(AlreadyUndone):
        undo(operation, ben.pk)

    assert CatalogueOperation.objects.documents.get(operation)["undoneBy"] == first.id
    assert undo(first.id, ben.pk).restored == 1
