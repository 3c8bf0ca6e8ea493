"""Probable duplicates of an exercise."""

import pytest

from accounts.tests.factories import UserFactory
from exercises.curating.similar import similar_exercises
from exercises.merging.merge import merge_exercises
from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory, some_operation
from exercises.tests.form_pages import ADD, CHANGES, change_path, fields_of, text_of

pytestmark = pytest.mark.django_db
SIMILAR = f"{CHANGES}similar/"


@pytest.mark.parametrize(
    ("name", "present"),
    [
        ("Press, Bench", "Bench Press"),
        ("bench presses", "Bench Press"),
        ("Bech Press", "Bench Press"),
        ("Squats", "Squat"),
        ("Row", "Rows"),
        ("Boxes", "Box"),
        ("Crunch", "Crunches"),
        ("Lunges", "Lunge"),
        ("Pullups", "Pull-Up"),
        ("Farmers Walk", "Farmer's Walk"),
        ("Ubung", "Übung"),
        ("Bench Press (DB)", "Dumbbell Bench Press"),
        ("Squat with Bands", "Squats - Bands"),
        ("Single Arm Row", "One-Arm Row"),
        ("Dumbbell Flyes", "Dumbbell Fly"),
        ("Abductoin", "Abduction"),
    ],
)
def test_similar_names(name, present):
    ExerciseFactory(name=present)

    assert [each["name"] for each in similar_exercises(name)] == [present]


@pytest.mark.parametrize(
    ("name", "present"),
    [
        ("Bench", "Bench Press"),
        ("Bench Press", "Bench"),
        ("Stage 1", "Stage 2"),
        ("Push-Up", "Pull-Up"),
        ("Bech Pres", "Bench Press"),
        ("Back Squat", "Hack Squat"),
        ("Chain Squat", "Chair Squat"),
        ("Hip Abduction", "Hip Adduction"),
        ("High Pull", "Thigh Pull"),
        ("Chest", "Bench Press"),
        ("", "Bench Press"),
    ],
)
def test_other_names(name, present):
    ExerciseFactory(name=present, primary_muscles=["chest"])

    assert similar_exercises(name) == []


def test_a_name_that_was_merged_away_is_similar(bench_press):
    flat = ExerciseFactory(name="Flat Press")
    merge_exercises(some_operation(), bench_press.pk, [flat.pk])

    assert [each["name"] for each in similar_exercises("Flat Presses")] == ["Bench Press"]


def test_adding_a_probable_duplicate_has_to_be_confirmed(curator, bench_press):
    told = curator.post(ADD, {**fields_of(curator.get(ADD)), "name": "Press Bench"})
    assert "Is it a duplicate of Bench Press ?" in text_of(told)
    assert f'href="{change_path(bench_press)}"' in told.content.decode()
    assert Exercise.objects.count() == 1

    curator.post(ADD, {**fields_of(told), "confirmed": ["name:press bench"]})

    assert Exercise.objects.count() == 2


def test_another_name_has_to_be_confirmed_anew(curator, bench_press):
    typed = {**fields_of(curator.get(ADD)), "name": "Bench Presses"}

    told = curator.post(ADD, {**typed, "confirmed": ["name:press bench"]})

    assert "Is it a duplicate of Bench Press ?" in text_of(told)


def test_the_page_can_ask_for_similar_exercises(curator, bench_press):
    archived = ExerciseFactory(name="Bench Presses", is_archived=True)

    found = curator.get(SIMILAR, {"name": "Press Bench", "besides": str(bench_press.pk)}).json()

    link = {"name": "Bench Presses", "url": change_path(archived), "isArchived": True}
    assert found == {"results": [link]}


def test_similar_exercises_need_the_permission_to_see_them(client, bench_press):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(SIMILAR, {"name": "Bench Press"}).status_code == 403
