"""What importing the rows of a file would change."""

from typing import Any, ClassVar

import pytest

from exercises import services
from exercises.audit.operations import Kind, Operation
from exercises.audit.undo import undo
from exercises.catalogue import catalogue
from exercises.importing.files.reading import read_file
from exercises.importing.files.rows import FileRow
from exercises.importing.plan import make_plan
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


class TestMatching:
    def test_a_name_that_there_is_not_is_new(self):
        plan = plan_of({"name": "Squat", "level": "beginner"})

        (new,) = plan.new
        assert (new.place, new.document["name"], new.document["level"]) == (
            "line 1",
            "Squat",
            "beginner",
        )
        assert new.document["primaryMuscles"] == []

    def test_a_name_matches_in_any_spelling_which_stays_the_catalogues(self):
        ExerciseFactory(name="Bench Press", category="old")

        plan = plan_of({"name": "BENCH  press", "category": "strength"})

        assert changes_of(plan) == {"category": ("old", "strength")}
        assert plan.changed[0].name == "Bench Press"

    def test_fields_that_the_file_leaves_out_stay(self):
        ExerciseFactory(name="Squat", level="expert")

        assert counts(plan_of({"name": "Squat"})) == (0, 0, 1, 0)

    def test_null_empties_a_field(self):
        ExerciseFactory(name="Squat", level="expert", description="Down.", default_sets=3)

        plan = plan_of({"name": "Squat", "level": None, "description": None, "defaultSets": None})

        assert changes_of(plan) == {
            "level": ("expert", None),
            "description": ("Down.", ""),
            "defaultSets": (3, None),
        }

    def test_an_exercise_that_was_renamed_is_matched_by_its_id(self):
        exercise = ExerciseFactory(name="Back Squat")

        plan = make_plan([own_row(exercise, name="Squat", level="expert")])

        assert changes_of(plan) == {"name": ("Back Squat", "Squat"), "level": (None, "expert")}

    def test_a_row_with_an_id_needs_no_name(self):
        exercise = ExerciseFactory(name="Squat")

        plan = make_plan([own_row(exercise, level="expert")])

        assert changes_of(plan) == {"level": (None, "expert")}

    def test_the_id_of_another_catalogue_does_not_count(self):
        ExerciseFactory(name="Squat")
        elsewhere = ExerciseFactory.build(id="5" * 24)

        plan = make_plan([own_row(elsewhere, name="squat", level="expert")])

        assert changes_of(plan) == {"level": (None, "expert")}

    def test_an_archived_exercise_is_matched_and_stays_archived(self):
        ExerciseFactory(name="Squat", is_archived=True)

        assert counts(plan_of({"name": "Squat"})) == (0, 0, 1, 0)


class TestRejected:
    def test_a_row_is_rejected_with_every_field_that_is_wrong(self):
        plan = plan_of({"name": "", "defaultSets": 0, "primaryMuscles": ["chest", 3]})

        ((place, reason),) = rejected(plan)
        assert place == "line 1"
        assert reason == (
            "name: This field may not be blank. "
            "defaultSets: Ensure this value is greater than or equal to 1. "
            "primaryMuscles/1: Expected a string."
        )

    def test_a_row_needs_a_name(self):
        assert rejected(plan_of({"level": "expert"})) == [
            ("line 1", "name: This field is required.")
        ]

    def test_what_the_file_got_wrong_is_told(self):
        plan = make_plan([FileRow(3, {}, "Expected an object.")])

        assert rejected(plan) == [("line 3", "Expected an object.")]

    def test_the_second_row_with_a_name_names_the_first(self):
        plan = plan_of({"name": "Squat"}, {"name": "Row"}, {"name": " squat"})

        assert rejected(plan) == [("line 3", "name: line 1 already has this name.")]

    def test_an_invalid_row_does_not_take_a_name(self):
        plan = plan_of({"name": "Squat", "defaultSets": 0}, {"name": "Squat"})

        assert [row.place for row in plan.new] == ["line 2"]

    def test_two_rows_of_one_exercise_are_one_too_many(self):
        exercise = ExerciseFactory(name="Squat")

        plan = make_plan([own_row(exercise, name="Back Squat"), FileRow(2, {"name": "Squat"})])

        assert rejected(plan) == [("line 2", "line 1 is the same exercise, Squat.")]

    def test_rows_on_one_line_are_told_apart_by_their_number(self):
        plan = make_plan([FileRow(1, {"name": "Squat"}), FileRow(1, {"name": "squat"})])

        assert rejected(plan) == [("exercise 2", "name: exercise 1 already has this name.")]
        assert [row.place for row in plan.new] == ["exercise 1"]

    def test_no_exercise_is_given_the_name_of_another(self):
        exercise = ExerciseFactory(name="Squat")
        ExerciseFactory(name="Row")

        plan = make_plan([own_row(exercise, name="row")])

        assert rejected(plan) == [("line 1", "name: Another exercise has the name row.")]


class TestSpelling:
    def test_values_take_the_spelling_in_use(self):
        ExerciseFactory(name="Row", category="Strength", primary_muscles=["Upper Back"])

        plan = plan_of(
            {"name": "Squat", "category": "STRENGTH", "secondaryMuscles": ["upper back", "Legs"]}
        )

        assert plan.new[0].document["category"] == "Strength"
        assert plan.new[0].document["secondaryMuscles"] == ["Upper Back", "Legs"]

    def test_a_new_value_is_spelled_as_the_file_does_first(self):
        plan = plan_of(
            {"name": "Squat", "level": "Beginner"},
            {"name": "Row", "level": "beginner", "primaryMuscles": ["Back", "back"]},
        )

        assert [row.document["level"] for row in plan.new] == ["Beginner", "Beginner"]
        assert plan.new[1].document["primaryMuscles"] == ["Back"]

    def test_another_spelling_alone_changes_nothing(self):
        ExerciseFactory(name="Squat", level="Beginner")

        assert counts(plan_of({"name": "Squat", "level": "beginner"})) == (0, 0, 1, 0)

    def test_what_an_exercise_has_stays_even_if_others_spell_it_differently(self):
        for name, level in (("Squat", "beginner"), ("Row", "Beginner"), ("Press", "Beginner")):
            ExerciseFactory(name=name, level=level)

        assert counts(plan_of({"name": "Squat", "level": "beginner"})) == (0, 0, 1, 0)


class TestEmptyValues:
    FULL: ClassVar[dict[str, Any]] = {
        "level": "expert",
        "description": "Down.",
        "primary_muscles": ["legs"],
    }
    EMPTY: ClassVar[dict[str, Any]] = {"level": None, "description": "", "primaryMuscles": []}

    def test_they_empty_fields_only_if_chosen(self):
        ExerciseFactory(name="Squat", category="old", **self.FULL)

        plan = plan_of({"name": "Squat", "category": "legs", **self.EMPTY})

        assert plan.suggested() == {(1, "category")}
        emptied = {change.field for change in plan.changed[0].changes if change.is_emptying}
        assert emptied == self.EMPTY.keys()
        assert {(1, name) for name in emptied} < plan.every_change()

    def test_null_archives_and_restores_nothing_unless_chosen(self):
        ExerciseFactory(name="Squat", is_archived=True)

        assert plan_of({"name": "Squat", "isArchived": None}).suggested() == set()
        assert plan_of({"name": "Squat", "isArchived": False}).suggested() == {(1, "isArchived")}

    def test_so_do_those_of_a_table(self):
        ExerciseFactory(name="Squat", level="expert")

        plan = make_plan(read_file(b"name,level\nSquat,\n").rows)

        assert (plan.suggested(), plan.every_change()) == (set(), {(1, "level")})

    @pytest.mark.parametrize("value", [b"null", b'""', b"[]"])
    def test_in_others_json_they_count_as_left_out(self, value):
        ExerciseFactory(name="Squat", equipment="barbell", description="Down.")

        rows = read_file(b'[{"name":"Squat","equipment":%b,"description":""}]' % value).rows
        plan = make_plan(rows)

        assert (plan.changed, plan.rejected, plan.unchanged) == ([], [], 1)

    def test_those_of_this_services_export_are_suggested(self):
        exercise = ExerciseFactory(name="Squat", **self.FULL)

        plan = make_plan([own_row(exercise, name="Squat", **self.EMPTY)])

        assert plan.suggested() == {(1, name) for name in self.EMPTY}


class TestByHand:
    def test_what_a_person_changed_since_is_changed_only_if_chosen(self, ben):
        exercise = by_import(level="beginner", category="strength")
        by_hand(ben, exercise, level="expert")

        plan = plan_of({"name": "Squat", "level": "beginner", "category": "legs"})

        level, category = plan.changed[0].changes
        assert (level.by.operation.who, level.by.action) == ("ben@example.com", "Changed")
        assert category.by is None
        assert plan.suggested() == {(1, "category")}
        assert plan.every_change() == {(1, "level"), (1, "category")}

    def test_so_is_what_a_person_added(self, ben):
        services.create_exercise(Operation(Kind.API, ben.pk), {"name": "Squat", "level": "expert"})

        plan = plan_of({"name": "Squat", "level": "beginner", "category": "legs"})

        assert plan.suggested() == {(1, "category")}

    @pytest.mark.parametrize("kind", [Kind.COMMAND, Kind.IMPORT])
    def test_what_an_import_changed_last_is_not_by_hand(self, ben, kind):
        exercise = by_import()
        by_hand(ben, exercise, level="expert")
        services.change_exercise(Operation(kind, ben.pk), exercise.pk, {"level": "beginner"})

        assert plan_of({"name": "Squat", "level": "advanced"}).suggested() == {(1, "level")}

    def test_an_import_that_was_undone_does_nothing_again_unless_chosen(self, ben):
        exercise, imported = by_import(level="expert"), Operation(Kind.IMPORT, ben.pk)
        services.change_exercise(imported, exercise.pk, {"level": "beginner"})
        undo(imported.id, ben.pk)

        plan = plan_of({"name": "Squat", "level": "beginner"})

        assert changes_of(plan) == {"level": ("expert", "beginner")}
        assert plan.suggested() == set()


def test_a_file_that_was_imported_before_changes_nothing():
    row = {
        "name": "Squat",
        "description": "Down.\nUp.",
        "gifUrl": "https://example.com/squat.gif",
        "defaultSets": 3,
        "category": "Strength",
        "primaryMuscles": ["Legs"],
        "isArchived": True,
    }
    services.create_exercise(some_operation(), plan_of(row).new[0].document)

    assert counts(plan_of(row)) == (0, 0, 1, 0)


def test_planning_changes_nothing():
    ExerciseFactory(name="Squat")
    version = catalogue.refreshed().version

    plan_of({"name": "Squat", "level": "expert"}, {"name": "Row"})

    assert catalogue.refreshed().version == version
