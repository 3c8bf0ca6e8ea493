"""Which exercise the name of a row is about, when names have changed or aren't distinct."""

import pytest

from exercises import services
from exercises.audit.operations import Kind, Operation
from exercises.audit.undo import undo
from exercises.deletions import delete_exercise
from exercises.importing.applying import apply_rows, chosen
from exercises.importing.files.rows import FileRow
from exercises.importing.plan import make_plan
from exercises.merging.merge import merge_exercises
from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory, some_operation
from exercises.tests.import_plans import (
    by_hand,
    by_import,
    changes_of,
    counts,
    own_row,
    plan_of,
    rejected,
)

pytestmark = pytest.mark.django_db


class TestMergedAway:
    @pytest.fixture
    def merged(self):
        """Back Squat was merged into Squat."""
        kept, other = ExerciseFactory(name="Squat"), ExerciseFactory(name="Back Squat")
        merge_exercises(some_operation(), kept.pk, [other.pk])
        return other

    def test_its_name_matches_the_kept_one(self, merged):
        plan = plan_of({"name": "back squat", "level": "expert"})

        assert changes_of(plan) == {"level": (None, "expert")}
        assert (plan.changed[0].name, plan.changed[0].alias) == ("Squat", "back squat")

    def test_its_id_matches_the_kept_one_which_keeps_its_name(self, merged):
        plan = make_plan([own_row(merged, name="Back Squat", level="expert")])

        assert changes_of(plan) == {"level": (None, "expert")}

    def test_what_the_merge_decided_is_changed_only_if_chosen(self, merged):
        plan = plan_of({"name": "Back Squat", "level": "expert"})

        assert plan.suggested() == set()
        assert plan.every_change() == {(1, "level")}

    def test_beside_the_kept_one_in_a_file_it_changes_nothing(self, merged):
        plan = plan_of({"name": "Back Squat", "level": "expert"}, {"name": "Squat"})

        assert counts(plan) == (0, 0, 2, 0)

    def test_two_that_lead_to_one_exercise_are_no_fault(self, merged):
        kept, another = Exercise.objects.get(name="Squat"), ExerciseFactory(name="Low Squat")
        merge_exercises(some_operation(), kept.pk, [another.pk])

        plan = plan_of({"name": "Back Squat", "level": "expert"}, {"name": "Low Squat"})

        assert counts(plan) == (0, 1, 1, 0)

    def test_a_name_twice_is_a_fault_all_the_same(self, merged):
        plan = plan_of({"name": "Back Squat"}, {"name": "back squat"})

        assert rejected(plan) == [("line 2", "name: line 1 already has this name.")]


class TestRenamed:
    @pytest.fixture
    def renamed(self, ben):
        """Ben has renamed Squat to Back Squat."""
        exercise = by_import(level="beginner")
        by_hand(ben, exercise, name="Back Squat")
        return exercise

    def test_its_former_name_matches_it_in_any_spelling_and_stays_former(self, renamed):
        assert counts(plan_of({"name": "SQUAT ", "level": "beginner"})) == (0, 0, 1, 0)

    def test_what_the_file_has_under_its_former_name_is_changed_only_if_chosen(self, renamed):
        plan = plan_of({"name": "squat", "level": "expert"})

        assert changes_of(plan) == {"level": ("beginner", "expert")}
        assert (plan.changed[0].name, plan.changed[0].alias) == ("Back Squat", "squat")
        assert (plan.suggested(), plan.every_change()) == (set(), {(1, "level")})

    def test_the_row_of_an_export_without_the_id_is_matched_too(self, renamed):
        elsewhere = ExerciseFactory.build(id="5" * 24)

        assert counts(make_plan([own_row(elsewhere, name="Squat")])) == (0, 0, 1, 0)

    def test_another_exercise_that_has_the_name_now_is_matched_before_it(self, renamed):
        other = ExerciseFactory(name="Squat")

        plan = plan_of({"name": "Squat", "level": "expert"})

        assert [row.exercise_id for row in plan.changed] == [other.pk]
        assert plan.suggested() == {(1, "level")}

    def test_one_that_was_merged_away_since_leads_to_the_kept_one(self, renamed):
        kept = ExerciseFactory(name="Low Bar Squat")
        merge_exercises(some_operation(), kept.pk, [renamed.pk])

        plan = plan_of({"name": "Squat", "level": "expert"})

        assert [(row.exercise_id, row.alias) for row in plan.changed] == [(kept.pk, "Squat")]

    def test_a_name_that_an_undo_took_away_is_new(self, renamed, ben):
        renaming = Operation(Kind.FORM, ben.pk)
        services.change_exercise(renaming, renamed.pk, {"name": "Front Squat"})
        undo(renaming.id, ben.pk)

        plan = plan_of({"name": "Front Squat"})

        assert [row.document["name"] for row in plan.new] == ["Front Squat"]


class TestDeleted:
    @pytest.fixture
    def deleted(self, ben):
        exercise = by_import(level="beginner")
        delete_exercise(Operation(Kind.FORM, ben.pk), exercise.pk)
        return exercise

    def test_what_a_person_deleted_comes_back_only_if_chosen(self, deleted):
        plan = plan_of({"name": "SQUAT"}, {"name": "Row"})

        squat, row = plan.new
        assert (squat.deleted.operation.who, row.deleted) == ("ben@example.com", None)
        assert (plan.suggested(), plan.every_change()) == (set(), {(1, "name")})
        assert chosen(plan.new, set()) == [row]
        assert chosen(plan.new, {(1, "name")}) == [squat, row]

    def test_so_does_what_was_renamed_before_it_was_deleted(self, ben):
        exercise = by_import()
        by_hand(ben, exercise, name="Back Squat")
        delete_exercise(Operation(Kind.FORM, ben.pk), exercise.pk)

        assert [row.deleted.name for row in plan_of({"name": "Squat"}).new] == ["Back Squat"]

    def test_what_undoing_an_import_deleted_is_new(self, ben):
        imported = Operation(Kind.IMPORT, ben.pk)
        services.create_exercise(imported, {"name": "Squat"})
        undo(imported.id, ben.pk)

        assert [row.deleted for row in plan_of({"name": "Squat"}).new] == [None]

    def test_what_came_back_by_an_undo_is_in_the_catalogue(self, ben):
        exercise, deletion = by_import(), Operation(Kind.FORM, ben.pk)
        delete_exercise(deletion, exercise.pk)
        undo(deletion.id, ben.pk)

        assert counts(plan_of({"name": "Squat"})) == (0, 0, 1, 0)


class TestEqualNames:
    """Exercises from a time when names didn't have to differ."""

    @pytest.fixture
    def twins(self):
        return ExerciseFactory(name="Squat"), ExerciseFactory(name="squat")

    def test_rows_with_their_ids_are_taken(self, twins):
        rows = [own_row(twin, name="SQUAT", level="expert") for twin in twins]

        plan = make_plan(rows)

        assert [row.exercise_id for row in plan.changed] == [twin.pk for twin in twins]
        assert [change.field for change in plan.changed[1].changes] == ["name", "level"]
        assert plan.rejected == []

    def test_they_can_be_spelled_differently(self, twins):
        plan = make_plan([own_row(twins[0], name="SQUAT")])

        outcome = apply_rows(some_operation(), plan.changed)

        assert (len(outcome.changed), outcome.left) == (1, [])

    def test_no_third_exercise_gets_their_name(self, twins):
        row = ExerciseFactory(name="Row")

        plan = make_plan([own_row(twins[0], name="Squat"), own_row(row, name="Squat")])

        assert [row.reason for row in plan.rejected] == ["name: exercise 1 already has this name."]


class TestNamesThatBecomeFree:
    @pytest.fixture
    def exercises(self):
        return [ExerciseFactory(name=name) for name in "ABC"]

    def renaming(self, exercises, *names):
        """A row of an export for each of them, with another name."""
        pairs = zip(exercises, names, strict=True)
        return [
            FileRow(line, {"name": name}, exercise_id=exercise.pk)
            for line, (exercise, name) in enumerate(pairs, start=1)
        ]

    @pytest.mark.parametrize("names", ["BCD", "DAB", "BDC", "CAD"])
    def test_an_exercise_gets_the_name_that_another_gives_up(self, exercises, names):
        plan = make_plan(self.renaming(exercises, *names))

        outcome = apply_rows(some_operation(), plan.changed)

        assert (plan.rejected, outcome.left) == ([], [])
        assert [Exercise.objects.get(pk=each.pk).name for each in exercises] == list(names)

    @pytest.mark.parametrize(("names", "places"), [("BAC", [1, 2]), ("BCA", [1, 2, 3])])
    def test_names_in_a_circle_are_a_fault(self, exercises, names, places):
        plan = make_plan(self.renaming(exercises, *names))

        assert [row.number for row in plan.rejected] == places
        assert "name B, and the file's new names form a circle" in plan.rejected[0].reason

    def test_so_is_a_name_that_is_waited_for_in_vain(self, exercises):
        ExerciseFactory(name="D")

        plan = make_plan(self.renaming(exercises, *"BCD"))

        assert rejected(plan) == [
            (f"line {line}", f"name: Another exercise has the name {name}.")
            for line, name in enumerate("BCD", start=1)
        ]
