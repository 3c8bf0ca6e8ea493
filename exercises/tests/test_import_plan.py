"""What importing the rows of a file would change."""

from typing import Any, ClassVar

import pytest

from exercises import services
from exercises.audit.operations import Kind, Operation
from exercises.audit.undo import undo
from exercises.catalogue import catalogue
from exercises.deletions import delete_exercise
from exercises.importing.applying import apply_rows, chosen
from exercises.importing.files.reading import read_file
from exercises.importing.files.rows import FileRow
from exercises.importing.plan import make_plan
from exercises.merging.merge import merge_exercises
from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory, some_operation

pytestmark = pytest.mark.django_db


def rows(*all_fields):
    """One row a line, from the first line."""
    return [FileRow(line, fields) for line, fields in enumerate(all_fields, start=1)]


def plan_of(*all_fields):
    return make_plan(rows(*all_fields))


def own_row(exercise, **fields):
    """A row of this service's export."""
    return FileRow(1, fields, exercise_id=exercise.pk)


def changes_of(plan):
    (row,) = plan.changed
    return {change.field: (change.old, change.new) for change in row.changes}


def rejected(plan):
    return [(row.place, row.reason) for row in plan.rejected]


def counts(plan):
    return len(plan.new), len(plan.changed), plan.unchanged, len(plan.rejected)


def by_hand(user, exercise, **fields):
    services.change_exercise(Operation(Kind.FORM, user.pk), exercise.pk, fields)


def by_import(**fields):
    """An exercise that an earlier import has added."""
    stored = services.create_exercise(some_operation(), {"name": "Squat", **fields})
    return Exercise.objects.get(pk=stored["_id"])


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

    @pytest.mark.parametrize("content", [b"name,level\nSquat,\n", b'[{"name":"Squat","level":""}]'])
    def test_so_do_those_of_a_file(self, content):
        ExerciseFactory(name="Squat", level="expert")

        plan = make_plan(read_file(content).rows)

        assert (plan.suggested(), plan.every_change()) == (set(), {(1, "level")})

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
