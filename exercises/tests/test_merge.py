"""Merging exercises: what is kept, and what becomes of the ids and names of the others."""

import pytest
from bson import ObjectId

from conftest import client_of
from exercises import deletions, services
from exercises.audit import reading
from exercises.audit.operations import Kind
from exercises.audit.undo import undo
from exercises.catalogue import Catalogue, catalogue
from exercises.merging.merge import merge_exercises
from exercises.models import CatalogueOperation, Exercise
from exercises.tests.factories import CuratorFactory, ExerciseFactory, some_operation
from fitness_project.documents.revisions import Revisions, revision_of
from fitness_project.errors import PreconditionFailed

EXERCISES = "/api/exercises"


@pytest.fixture
def flat(db):
    return ExerciseFactory(name="Flat Press")


@pytest.fixture
def chest(db):
    return ExerciseFactory(name="Chest Press")


def path_of(exercise):
    return f"{EXERCISES}/{exercise.pk}"


def merge(client, kept, *others):
    ids = [str(other.pk) for other in others]
    return client.post(f"{path_of(kept)}/merge", {"exerciseIds": ids}, format="json")


def found_by(client, search):
    return [row["name"] for row in client.get(EXERCISES, {"search": search}).json()["results"]]


def error(response):
    assert response.status_code == 400, response.content
    (found,) = response.json()["errors"]
    return found["pointer"], found["code"]


class TestIds:
    def test_a_merge_returns_the_kept_exercise(self, staff, bench_press, flat):
        response = merge(staff, bench_press, flat)

        assert response.status_code == 200
        assert response.json() == staff.get(path_of(bench_press)).json()
        assert response["ETag"] == staff.get(path_of(bench_press))["ETag"]

    def test_the_id_merged_away_leads_to_the_kept_one(self, staff, api, bench_press, flat):
        merge(staff, bench_press, flat)

        for response in (api.get(path_of(flat)), api.head(path_of(flat))):
            assert response.status_code == 308
            assert response["Location"] == f"http://testserver{path_of(bench_press)}"

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_the_id_merged_away_cannot_be_written(self, staff, bench_press, flat, method):
        merge(staff, bench_press, flat)

        response = getattr(staff, method)(path_of(flat), {"name": "Other"}, format="json")

        assert response.status_code == 409
        assert response.json()["code"] == "merged"
        assert str(bench_press.pk) in response.json()["detail"]

    def test_nothing_can_be_merged_into_it(self, staff, bench_press, flat, chest):
        merge(staff, bench_press, flat)

        assert merge(staff, flat, chest).json()["code"] == "merged"

    def test_a_chain_ends_at_the_last_one_kept(self, staff, api, bench_press, flat, chest):
        merge(staff, flat, chest)
        merge(staff, bench_press, flat)

        assert api.get(path_of(chest))["Location"].endswith(path_of(bench_press))
        assert catalogue.kept(chest.pk) == bench_press.pk

    def test_an_id_merged_away_counts_as_the_kept_one(self, staff, bench_press, flat, chest):
        merge(staff, flat, chest)

        merge(staff, bench_press, chest)

        assert catalogue.kept(flat.pk) == bench_press.pk

    def test_a_merge_can_be_repeated(self, staff, bench_press, flat):
        first = merge(staff, bench_press, flat)

        again = merge(staff, bench_press, flat)

        assert (again.status_code, again.json()) == (200, first.json())

    def test_an_exercise_named_twice_is_merged_once(self, staff, bench_press, flat):
        assert merge(staff, bench_press, flat, flat).status_code == 200

    def test_the_merged_exercise_is_in_no_list(self, staff, api, bench_press, flat):
        merge(staff, bench_press, flat)

        listed = api.get(EXERCISES, {"archived": "true"}).json()["results"]
        assert [row["name"] for row in listed] == ["Bench Press"]
        assert [exercise.name for exercise in Exercise.objects.all()] == ["Bench Press"]

    def test_another_process_learns_of_the_merge(self, staff, bench_press, flat):
        other = Catalogue()
        other.refreshed()

        merge(staff, bench_press, flat)

        assert other.refreshed().merged == Catalogue().refreshed().merged
        assert other.refreshed().ids[str(flat.pk)] == bench_press.pk


class TestRefused:
    def test_an_exercise_is_not_merged_into_itself(self, staff, bench_press, flat):
        response = merge(staff, bench_press, flat, bench_press)

        assert error(response) == ("/exerciseIds/1", "invalid")
        assert staff.get(path_of(flat)).status_code == 200

    def test_an_unknown_exercise_is_refused(self, staff, bench_press):
        body = {"exerciseIds": [str(ObjectId())]}

        response = staff.post(f"{path_of(bench_press)}/merge", body, format="json")

        assert error(response) == ("/exerciseIds/0", "does_not_exist")

    @pytest.mark.parametrize("count", [0, 21])
    def test_1_to_20_are_merged_at_once(self, staff, bench_press, count):
        body = {"exerciseIds": [str(ObjectId()) for _ in range(count)]}

        response = staff.post(f"{path_of(bench_press)}/merge", body, format="json")

        assert error(response)[0] == "/exerciseIds"

    def test_without_the_permission_nobody_merges(self, api, anonymous, bench_press, flat):
        user = CuratorFactory()
        user.user_permissions.remove(user.user_permissions.get(codename="merge_exercise"))

        assert merge(client_of(user), bench_press, flat).status_code == 403
        assert merge(api, bench_press, flat).status_code == 403
        assert merge(anonymous, bench_press, flat).status_code == 401

    def test_to_merge_takes_no_other_permission(self, bench_press, flat):
        user = CuratorFactory()
        user.user_permissions.set(user.user_permissions.filter(codename="merge_exercise"))

        assert merge(client_of(user), bench_press, flat).status_code == 200


class TestNames:
    def test_the_kept_exercise_is_found_by_the_names_merged_away(self, staff, bench_press, flat):
        ExerciseFactory(name="Flat Dumbbell Press")
        merge(staff, bench_press, flat)

        assert found_by(staff, "flat press") == ["Bench Press", "Flat Dumbbell Press"]
        assert "aliases" not in staff.get(path_of(bench_press)).json()

    def test_aliases_of_aliases_are_kept(self, staff, bench_press, flat, chest):
        merge(staff, flat, chest)
        merge(staff, bench_press, flat)

        assert found_by(staff, "chest press") == ["Bench Press"]

    def test_the_kept_exercises_earlier_name_becomes_an_alias(self, bench_press, flat, staff):
        fields = {"name": "Flat Press", "equipment": "barbell"}

        kept = merge_exercises(some_operation(), bench_press.pk, [flat.pk], fields)

        assert (kept["name"], kept["equipment"]) == ("Flat Press", "barbell")
        assert found_by(staff, "bench press") == ["Flat Press"]

    def test_a_new_exercise_may_take_the_name(self, staff, bench_press, flat):
        merge(staff, bench_press, flat)
        etag = staff.get(path_of(bench_press))["ETag"]

        assert staff.post(EXERCISES, {"name": "flat press"}, format="json").status_code == 201

        assert found_by(staff, "flat press") == ["flat press"]
        assert staff.get(path_of(bench_press))["ETag"] == etag

    def test_a_renamed_exercise_may_take_the_name(self, staff, bench_press, flat, chest):
        merge(staff, bench_press, flat)

        renamed = staff.patch(path_of(chest), {"name": "Flat Press"}, format="json")

        assert renamed.status_code == 200
        assert found_by(staff, "flat press") == ["Flat Press"]

    def test_the_kept_exercise_may_take_it_itself(self, staff, bench_press, flat):
        merge(staff, bench_press, flat)

        staff.patch(path_of(bench_press), {"name": "Flat Press"}, format="json")
        staff.patch(path_of(bench_press), {"name": "Press"}, format="json")

        assert found_by(staff, "flat") == []

    def test_exercises_with_the_same_name_can_be_merged(self, staff, bench_press):
        twin = ExerciseFactory(name="bench press")

        assert merge(staff, bench_press, twin).status_code == 200
        assert Exercise.objects.documents.find(bench_press.pk)["aliases"] == []


class TestLog:
    def test_a_merge_is_logged_as_one_operation(self, staff, bench_press, flat, chest):
        merge(staff, bench_press, flat, chest)

        (operation,) = CatalogueOperation.objects.documents.collection.find()
        assert operation["kind"] == Kind.MERGE
        assert operation["counts"] == {"merge": 2, "change": 1}

    def test_the_log_says_what_became_of_each(self, staff, bench_press, flat):
        merge(staff, bench_press, flat)

        (gone,) = reading.changes(exerciseId=flat.pk).rows
        assert (gone.action, gone.into) == ("Merged away", (bench_press.pk, "Bench Press"))
        (kept,) = reading.changes(exerciseId=bench_press.pk).rows
        assert [(f.label, f.old, f.new) for f in kept.fields] == [
            ("also found as", "—", "Flat Press")
        ]


class TestDeletion:
    def test_the_id_of_a_deleted_kept_exercise_is_missing(self, staff, api, bench_press, flat):
        merge(staff, bench_press, flat)
        deletions.delete_exercise(some_operation(), bench_press.pk)

        followed = api.get(path_of(flat))["Location"]
        assert api.get(followed.removeprefix("http://testserver")).status_code == 404

    def test_a_kept_exercise_that_comes_back_has_its_aliases(self, staff, bench_press, flat):
        ExerciseFactory(name="Chest Press")
        merge(staff, bench_press, flat)
        deleting = some_operation()
        deletions.delete_exercise(deleting, bench_press.pk)

        undo(deleting.id, None)

        assert found_by(staff, "flat press") == ["Bench Press"]

    def test_but_not_those_that_others_have_taken(self, staff, bench_press, flat):
        merge(staff, bench_press, flat)
        deleting = some_operation()
        deletions.delete_exercise(deleting, bench_press.pk)
        ExerciseFactory(name="flat press")

        undo(deleting.id, None)

        assert found_by(staff, "flat press") == ["flat press"]


class TestUndo:
    """What was done before a merge is undone without touching the merge."""

    def test_a_deletion_does_not_bring_back_what_was_merged_away_since(
        self, api, staff, bench_press, flat
    ):
        deleting = some_operation()
        deletions.delete_exercise(deleting, flat.pk)
        back = undo(deleting.id, None)
        deleting_again = undo(back.id, None)
        undo(deleting.id, None)
        merge(staff, bench_press, flat)

        undone = undo(deleting_again.id, None)

        (left,) = undone.left
        assert left.told.startswith("has since been merged into another one")
        assert api.get(path_of(flat)).status_code == 308

    def test_an_addition_stays_if_others_were_merged_into_it(self, staff, flat):
        adding = some_operation()
        added = services.create_exercise(adding, {"name": "New Press"})
        merge_exercises(some_operation(), added["_id"], [flat.pk])

        undone = undo(adding.id, None)

        assert [left.told for left in undone.left] == ["stays as it is: others were merged into it"]
        assert found_by(staff, "flat press") == ["New Press"]


def test_a_merge_of_what_was_changed_meanwhile_is_refused(bench_press, flat):
    """The admin sends the revisions of the exercises that it showed."""
    stored = map(Exercise.objects.documents.get, (bench_press.pk, flat.pk))
    shown = {each["_id"]: Revisions((revision_of(each),)) for each in stored}
    services.change_exercise(some_operation(), flat.pk, {"level": "expert"})

    with pytest.raises(PreconditionFailed):
        merge_exercises(some_operation(), bench_press.pk, [flat.pk], only_if=shown)
    assert catalogue.kept(flat.pk) == flat.pk
