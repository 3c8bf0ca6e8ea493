import pytest
from bson import ObjectId

from exercises.catalogue import catalogue
from exercises.models import CatalogueVersion, Exercise
from exercises.tests.factories import ExerciseFactory

EXERCISES = "/api/exercises"


def names(response):
    return [row["name"] for row in response.json()["results"]]


def error(response):
    assert response.status_code == 400
    (found,) = response.json()["errors"]
    return found["pointer"], found["code"]


def test_an_exercise_has_these_keys_in_this_order(api):
    exercise = ExerciseFactory(name="Plank", gif_url="https://example.com/plank.gif")

    returned = api.get(f"{EXERCISES}/{exercise.pk}").json()

    assert list(returned.items()) == [
        ("id", str(exercise.pk)),
        ("name", "Plank"),
        ("description", "Stand upright. Lift it. Set it down."),
        ("gifUrl", "https://example.com/plank.gif"),
        ("defaultSets", None),
        ("defaultReps", None),
        ("category", None),
        ("equipment", None),
        ("level", None),
        ("primaryMuscles", []),
        ("secondaryMuscles", []),
        ("isArchived", False),
        ("attribution", None),
        ("createdAt", returned["createdAt"]),
        ("updatedAt", returned["updatedAt"]),
    ]


def test_the_list_is_sorted_by_name_ignoring_case(api):
    for name in ("squat", "Bench Press", "deadlift"):
        ExerciseFactory(name=name)

    assert names(api.get(EXERCISES)) == ["Bench Press", "deadlift", "squat"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=bench press", ["Bench Press", "Incline Bench Press"]),
        ("search=PRESS  bench", ["Bench Press", "Incline Bench Press"]),
        ("search=.*", []),
        ("search=", ["Bench Press", "Incline Bench Press", "Row"]),
        ("category=Strength", ["Incline Bench Press"]),
        ("equipment=barbell", ["Bench Press"]),
        ("level=expert", ["Row"]),
        ("muscle=chest", ["Bench Press", "Incline Bench Press"]),
        ("muscle=Triceps&search=incline", ["Incline Bench Press"]),
        ("archived=true", ["Bench Press", "Incline Bench Press", "Old Machine", "Row"]),
        ("archived=false", ["Bench Press", "Incline Bench Press", "Row"]),
        ("ordering=-name", ["Row", "Incline Bench Press", "Bench Press"]),
    ],
)
def test_lists_are_filtered_and_sorted(api, query, found):
    ExerciseFactory(name="Bench Press", equipment="barbell", primary_muscles=["chest"])
    ExerciseFactory(
        name="Incline Bench Press",
        category="strength",
        primary_muscles=["Chest"],
        secondary_muscles=["triceps"],
    )
    ExerciseFactory(name="Row", level="expert")
    ExerciseFactory(name="Old Machine", is_archived=True)

    assert names(api.get(f"{EXERCISES}?{query}")) == found


@pytest.mark.parametrize("query", ["ordering=level", "archived=1", f"search={'a' * 121}"])
def test_an_invalid_query_value_is_refused(api, query):
    assert error(api.get(f"{EXERCISES}?{query}"))[0] == f"?{query.split('=')[0]}"


def test_an_archived_exercise_can_be_read_by_its_id(api):
    exercise = ExerciseFactory(is_archived=True)

    assert api.get(f"{EXERCISES}/{exercise.pk}").json()["isArchived"] is True


def test_staff_create_an_exercise(staff, api):
    response = staff.post(
        EXERCISES, {"name": " Farmer's Walk ", "defaultSets": 3.0, "primaryMuscles": ["forearms"]}
    )

    assert response.status_code == 201
    assert response["Location"] == f"http://testserver{EXERCISES}/{response.json()['id']}"
    assert api.get(response["Location"]).json() == response.json()
    assert response.json()["name"] == "Farmer's Walk"


@pytest.mark.parametrize("name", ["Bench Press", "bench  PRESS", " Bench\tPress "])
def test_a_taken_name_is_refused_in_any_case_and_spacing(staff, bench_press, name):
    response = staff.post(EXERCISES, {"name": name})

    assert error(response) == ("/name", "unique")
    assert Exercise.objects.count() == 1


def test_an_exercise_may_keep_its_own_name(staff, bench_press):
    response = staff.put(f"{EXERCISES}/{bench_press.pk}", {"name": "bench press"})

    assert response.status_code == 200


def test_put_replaces_all_fields_and_patch_those_that_are_sent(staff):
    exercise = ExerciseFactory(name="Row", category="strength", level="expert")
    path = f"{EXERCISES}/{exercise.pk}"

    patched = staff.patch(path, {"category": None, "description": ""}).json()
    put = staff.put(path, {"name": "Row", "equipment": "barbell"}).json()

    assert (patched["category"], patched["level"], patched["description"]) == (None, "expert", "")
    assert (put["level"], put["equipment"]) == (None, "barbell")


def test_what_get_returned_can_be_put(staff, bench_press):
    path = f"{EXERCISES}/{bench_press.pk}"
    returned = staff.get(path).json()

    again = staff.put(path, returned)

    assert again.status_code == 200
    assert {**again.json(), "updatedAt": None} == {**returned, "updatedAt": None}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"name": ""}, ("/name", "blank")),
        ({"name": "n" * 121}, ("/name", "max_length")),
        ({"description": "d" * 5001}, ("/description", "max_length")),
        ({"description": None}, ("/description", "null")),
        ({"gifUrl": "http://example.com/a.gif"}, ("/gifUrl", "invalid")),
        ({"gifUrl": "javascript:alert(1)"}, ("/gifUrl", "invalid")),
        ({"gifUrl": f"https://example.com/{'a' * 2000}"}, ("/gifUrl", "max_length")),
        ({"defaultSets": 0}, ("/defaultSets", "min_value")),
        ({"defaultSets": 101}, ("/defaultSets", "max_value")),
        ({"defaultReps": -1}, ("/defaultReps", "min_value")),
        ({"defaultReps": 10_001}, ("/defaultReps", "max_value")),
        ({"level": "l" * 61}, ("/level", "max_length")),
        ({"primaryMuscles": ["m"] * 21}, ("/primaryMuscles", "max_length")),
        ({"primaryMuscles": ["m" * 61]}, ("/primaryMuscles/0", "max_length")),
        ({"primaryMuscles": "chest"}, ("/primaryMuscles", "not_a_list")),
        ({"primaryMuscles": [""]}, ("/primaryMuscles/0", "blank")),
        ({"secondaryMuscles": None}, ("/secondaryMuscles", "null")),
        ({"attribution": "a" * 501}, ("/attribution", "max_length")),
        ({"isArchived": "true"}, ("/isArchived", "invalid")),
        ({"nameKey": "x"}, ("/nameKey", "unknown")),
    ],
)
def test_a_value_out_of_bounds_is_refused_by_field(staff, change, found):
    response = staff.post(EXERCISES, {"name": "New", **change})

    assert error(response) == found
    assert not Exercise.objects.exists()


@pytest.mark.parametrize("path", [EXERCISES, f"{EXERCISES}/facets"])
def test_responses_to_very_long_paths_are_not_kept(api, bench_press, path):
    for n in range(5):
        assert api.get(f"{path}?format={n}{'y' * 500}").status_code == 200

    assert catalogue.current()._responses._kept == {}


def test_an_unused_exercise_is_deleted(staff, bench_press):
    path = f"{EXERCISES}/{bench_press.pk}"

    assert staff.delete(path).status_code == 204
    assert staff.get(path).status_code == 404
    assert staff.delete(path).status_code == 404


def test_an_exercise_that_does_not_exist_cannot_be_changed(staff):
    assert staff.patch(f"{EXERCISES}/{ObjectId()}", {"level": "expert"}).status_code == 404


def test_every_write_increments_the_version(staff, bench_press):
    def version():
        document = CatalogueVersion.objects.documents.collection.find_one()
        return document["version"] if document else 0

    start = version()
    staff.post(EXERCISES, {"name": "New"})
    staff.patch(f"{EXERCISES}/{bench_press.pk}", {"level": "expert"})
    staff.delete(f"{EXERCISES}/{bench_press.pk}")

    assert version() == start + 3


def test_a_refused_write_does_not_increment_the_version(staff, bench_press):
    staff.post(EXERCISES, {"name": "bench press"})

    assert CatalogueVersion.objects.documents.collection.find_one() is None
