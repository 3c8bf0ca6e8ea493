"""Which exercises of a catalogue are probably the same."""

import csv
from pathlib import Path

import pytest
from bson import ObjectId

from exercises.merging.duplicates import probable_duplicates
from exercises.snapshot import Snapshot

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
