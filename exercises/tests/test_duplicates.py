"""Which exercises of a catalogue are probably the same, and the admin's page that shows them."""

import csv
from pathlib import Path

import pytest
from bson import ObjectId

from exercises import deletions
from exercises.merging.admin import merge_url
from exercises.merging.duplicates import probable_duplicates
from exercises.merging.merge import merge_exercises
from exercises.snapshot import Snapshot
from exercises.tests.factories import ExerciseFactory, some_operation
from exercises.tests.form_pages import CHANGES, text_of

DUPLICATES = f"{CHANGES}duplicates/"
STARTER = Path(__file__).parents[1] / "data" / "starter.csv"


def exercise(name, equipment=None, primary=(), secondary=()):
    muscles = {"primaryMuscles": list(primary), "secondaryMuscles": list(secondary)}
    return {"_id": ObjectId(), "name": name, "equipment": equipment, **muscles}


def groups(*exercises, dismissed=()):
    found = probable_duplicates(Snapshot().updated(1, exercises), dismissed)
    return [[each["name"] for each in group] for group in found]


def are_grouped(one, other):
    return bool(groups(one, other))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Barbell Bench Press", "Bench Press (Barbell)"),
        ("Pull-Up", "PULLUPS"),
        ("Weighted Pullup", "Pull Up, Weighted"),
        ("Dumbbell Row", "Dumbell Row"),
        ("Kreuzheben gestreckt", "Kreuzhebne gestreckt"),
        ("Wall Sit 90/90", "Wall Sits (90/90)"),
        ("Élévation latérale", "Elevation laterale"),
    ],
)
def test_names_that_are_alike(name, other):
    assert are_grouped(exercise(name), exercise(other))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Incline Press", "Decline Press"),
        ("Front Squat", "Back Squat"),
        ("One-Arm Row", "Two-Arm Row"),
        ("Left Lunge", "Right Lunge"),
        ("Seated Curl", "Standing Curl"),
        ("Stage 12", "Stage 21"),
        ("Press", "Bench Press"),
        ("🏋", "🚴"),
    ],
)
def test_names_of_different_exercises(name, other):
    assert not are_grouped(exercise(name), exercise(other))


@pytest.mark.parametrize(
    ("primary", "others_primary", "are_same"),
    [
        (["Chest"], ["chest"], True),
        (["chest"], ["triceps"], False),
        (["chest"], [], True),
    ],
)
def test_different_muscles_speak_against_names_that_are_merely_alike(
    primary, others_primary, are_same
):
    press = exercise("Smith Press", primary=primary)
    other = exercise("Press, Smith", primary=others_primary)

    assert are_grouped(press, other) == are_same


def test_a_secondary_muscle_of_the_other_is_no_different_muscle():
    deadlift = exercise("Deadlift Sumo", primary=["glutes"])
    other = exercise("Sumo Deadlift", primary=["lower back"], secondary=["glutes"])

    assert are_grouped(deadlift, other)


def test_the_same_words_are_the_same_exercise_whatever_its_muscles():
    assert are_grouped(exercise("Squat", primary=["legs"]), exercise("Squats", primary=["Beine"]))


@pytest.mark.parametrize(
    ("equipment", "primary", "are_same"),
    [
        ("barbell", ["chest"], True),
        ("dumbbell", ["chest"], False),
        ("body only", ["chest"], False),
        ("barbell", [], False),
    ],
)
def test_equipment_counts_as_a_part_of_the_name_if_the_muscles_are_the_same(
    equipment, primary, are_same
):
    named = exercise("Barbell Bench Press", "barbell", ["chest"])

    assert are_grouped(named, exercise("Bench Press", equipment, primary)) == are_same


def test_groups_are_in_order_of_name():
    found = groups(*map(exercise, ["Rows", "Dips", "Squat", "Row", "dip", "Rows!"]))

    assert found == [["dip", "Dips"], ["Row", "Rows", "Rows!"]]


def test_a_dismissed_pair_is_no_group():
    dip, dips = exercise("Dip"), exercise("Dips")

    assert groups(dip, dips, dismissed={frozenset([dip["_id"], dips["_id"]])}) == []


def test_a_third_exercise_brings_a_dismissed_pair_back_with_it():
    dip, dips, third = exercise("Dip"), exercise("Dips"), exercise("Dips!")

    found = groups(dip, dips, third, dismissed={frozenset([dip["_id"], dips["_id"]])})

    assert found == [["Dip", "Dips", "Dips!"]]


def test_a_catalogue_of_nothing_but_duplicates_is_one_group():
    (group,) = groups(*[exercise(f"Squat {'!' * number}") for number in range(300)])

    assert len(group) == 300


def test_the_starter_catalogue_has_no_duplicates():
    with STARTER.open(newline="") as file:
        rows = [
            exercise(row["name"], row["equipment"], row["primaryMuscles"].split(";"))
            for row in csv.DictReader(file)
        ]

    assert groups(*rows) == []


@pytest.fixture
def presses(db):
    return [ExerciseFactory(name=name) for name in ("Bench Press", "Bench Presses")]


def ids_of(exercises):
    return ",".join(str(exercise.pk) for exercise in exercises)


class TestPage:
    def test_probable_duplicates_are_shown_with_a_link_that_merges_them(self, curator, presses):
        page = curator.get(DUPLICATES)

        assert "2 exercises are probably the same as another one, in 1 group." in text_of(page)
        path = merge_url([press.pk for press in presses], **{"from": "duplicates"})
        assert path.replace("&", "&amp;") in page.content.decode()

    def test_the_list_leads_to_them(self, curator, bench_press):
        assert f'href="{DUPLICATES}"' in curator.get(CHANGES).content.decode()

    def test_a_group_is_dismissed(self, curator, presses):
        told = curator.post(DUPLICATES, {"dismiss": ids_of(presses)}, follow=True)

        assert "“Bench Press” and “Bench Presses” are different exercises." in text_of(told)
        page = text_of(curator.get(DUPLICATES))
        assert "No exercises are probably the same, besides those" in page
        assert "Bench Press · Bench Presses said ben@example.com on" in page

    def test_dismissing_is_taken_back(self, curator, presses):
        page = curator.post(DUPLICATES, {"dismiss": ids_of(presses)}, follow=True).content.decode()
        dismissal = page.split('name="take_back" value="')[1][:24]

        page = curator.post(DUPLICATES, {"take_back": dismissal}, follow=True)

        assert "in 1 group" in text_of(page)
        assert "Known to be different" not in text_of(page)

    def test_dismissing_twice_is_dismissing_once(self, curator, presses):
        for exercises in (presses, reversed(presses)):
            curator.post(DUPLICATES, {"dismiss": ids_of(exercises)})

        assert "Known to be different (1)" in text_of(curator.get(DUPLICATES))

    def test_what_one_was_merged_into_is_different_from_the_other_too(self, curator, presses):
        chest = ExerciseFactory(name="Chest Press")
        curator.post(DUPLICATES, {"dismiss": ids_of(presses)})

        merge_exercises(some_operation(), chest.pk, [presses[0].pk], {"name": "Bench Press"})

        assert "No exercises are probably the same" in text_of(curator.get(DUPLICATES))

    def test_deleted_exercises_cannot_be_dismissed(self, curator, presses):
        deletions.delete_exercise(some_operation(), presses[1].pk)

        page = curator.post(DUPLICATES, {"dismiss": ids_of(presses)}, follow=True)

        assert "Nothing was changed: fewer than two of these exercises exist." in text_of(page)
