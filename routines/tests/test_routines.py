import pytest
from bson import ObjectId

from accounts.models import User
from exercises.tests.factories import entry
from routines import services
from routines.models import Routine
from routines.tests.factories import RoutineFactory

ROUTINES = "/api/routines"


@pytest.fixture
def body(bench_press):
    return {"name": "Push", "exercises": [entry(bench_press)]}


def routine_ids(user):
    return User.objects.documents.get(user.pk)["routines"]


def error(response):
    assert response.status_code == 400
    (found,) = response.json()["errors"]
    return found["pointer"], found["code"]


def test_a_routine_has_these_keys_in_this_order(api, bench_press, body):
    returned = api.post(ROUTINES, {**body, "notes": " slow "}).json()

    assert list(returned.items()) == [
        ("id", str(Routine.objects.get().pk)),
        ("name", "Push"),
        (
            "exercises",
            [
                {
                    "exerciseId": str(bench_press.pk),
                    "name": "Bench Press",
                    "sets": 3,
                    "reps": 8,
                    "weight": 60.0,
                }
            ],
        ),
        ("notes", "slow"),
        ("createdAt", returned["createdAt"]),
        ("updatedAt", returned["updatedAt"]),
        ("revision", returned["revision"]),
    ]
    assert list(returned["exercises"][0]) == ["exerciseId", "name", "sets", "reps", "weight"]


def test_get_returns_what_post_returned(api, body):
    response = api.post(ROUTINES, body)

    assert response.status_code == 201
    assert api.get(response["Location"]).json() == response.json()
    assert api.get(ROUTINES).json()["results"] == [response.json()]


def test_the_newest_comes_first(api, ann):
    created = [str(RoutineFactory(user=ann).pk) for _ in range(3)]

    assert [row["id"] for row in api.get(ROUTINES).json()["results"]] == created[::-1]


@pytest.mark.parametrize(
    ("search", "found"),
    [("DAY push", ["Push Day"]), ("day", ["Pull Day", "Push Day"]), ("p.sh", [])],
)
def test_search_finds_words_in_the_name(api, ann, search, found):
    for name in ("Push Day", "Pull Day", "Legs"):
        RoutineFactory(user=ann, name=name)

    rows = api.get(ROUTINES, {"search": search}).json()["results"]

    assert [row["name"] for row in rows] == found


@pytest.mark.parametrize(
    ("name", "search"),
    [
        ("Übungen", "ubung"),
        ("Ubungen", "ÜBUNG"),
        ("Große Straße", "STRASSE"),
        ("Strasse", "straße"),
        ("Ǩ\u0323ick", "kick"),
        ("Push-Up (A|B) [*]", "-up"),
        ("Push-Up (A|B) [*]", "(a|b) [*]"),
        ("a\\b^c", "A\\B^C"),
        ("懸垂がんばる", "がん"),
        ("벤치 프레스", "벤치"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_search_finds_any_part_of_the_name_whatever_its_case_and_accents(api, ann, name, search):
    RoutineFactory(user=ann, name=name)
    RoutineFactory(user=ann, name="Else")

    rows = api.get(ROUTINES, {"search": search}).json()["results"]

    assert [row["name"] for row in rows] == [name]


@pytest.mark.parametrize("part", ["cardiovascular", "Ganzkörpertraining", "o" * 120])
def test_a_long_search_finds_a_name_that_contains_it(api, ann, part):
    RoutineFactory(user=ann, name=part.upper()[:120])
    RoutineFactory(user=ann, name="Else")

    rows = api.get(ROUTINES, {"search": part}).json()["results"]

    assert [row["name"] for row in rows] == [part.upper()[:120]]


def test_pages_of_a_search_are_the_newest_first_without_what_was_deleted(api, ann):
    for number in range(7):
        RoutineFactory(user=ann, name=f"{'Push' if number % 2 else 'Pull'} {number}")
    gone = api.get(ROUTINES, {"search": "5"}).json()["results"][0]["id"]
    api.delete(f"{ROUTINES}/{gone}")

    first = api.get(ROUTINES, {"search": "push", "pageSize": 1}).json()
    second = api.get(first["next"]).json()

    assert [row["name"] for row in first["results"] + second["results"]] == ["Push 3", "Push 1"]
    assert (second["next"], api.get(second["previous"]).json()["results"]) == (
        None,
        first["results"],
    )


def test_put_replaces_all_fields_and_patch_those_that_are_sent(api, ann, body):
    routine = RoutineFactory(user=ann, name="Old", notes="old")
    path = f"{ROUTINES}/{routine.pk}"

    patched = api.patch(path, {"notes": "new"}).json()
    put = api.put(path, body).json()

    assert (patched["name"], patched["notes"]) == ("Old", "new")
    assert (put["name"], put["notes"], len(put["exercises"])) == ("Push", None, 1)
    assert put["createdAt"] == patched["createdAt"]
    assert put["updatedAt"] >= patched["updatedAt"]


def test_what_get_returned_can_be_put(api, ann):
    path = f"{ROUTINES}/{RoutineFactory(user=ann).pk}"
    returned = api.get(path).json()

    again = api.put(path, returned)

    assert again.status_code == 200
    assert {**again.json(), "updatedAt": None} == {**returned, "updatedAt": None}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"sets": 0}, ("/exercises/0/sets", "min_value")),
        ({"sets": 101}, ("/exercises/0/sets", "max_value")),
        ({"reps": -1}, ("/exercises/0/reps", "min_value")),
        ({"reps": 10_001}, ("/exercises/0/reps", "max_value")),
        ({"weight": -500.5}, ("/exercises/0/weight", "min_value")),
        ({"weight": 2000.5}, ("/exercises/0/weight", "max_value")),
        ({"weight": True}, ("/exercises/0/weight", "invalid")),
        ({"exerciseId": "0" * 24}, ("/exercises/0/exerciseId", "does_not_exist")),
        ({"exerciseId": "Bench Press"}, ("/exercises/0/exerciseId", "invalid")),
        ({"colour": "blue"}, ("/exercises/0/colour", "unknown")),
    ],
)
@pytest.mark.parametrize("verb", ["post", "put", "patch"])
def test_an_entry_out_of_bounds_is_refused_and_nothing_is_stored(
    api, ann, bench_press, verb, change, found
):
    routine = RoutineFactory(user=ann)
    path = ROUTINES if verb == "post" else f"{ROUTINES}/{routine.pk}"
    before = Routine.objects.documents.get(routine.pk)

    response = getattr(api, verb)(path, {"name": "N", "exercises": [entry(bench_press, **change)]})

    assert error(response) == found
    assert Routine.objects.documents.get(routine.pk) == before
    assert Routine.objects.count() == 1


@pytest.mark.parametrize("missing", ["exerciseId", "sets", "reps"])
@pytest.mark.parametrize("verb", ["post", "put", "patch"])
def test_an_entry_must_be_complete_even_in_a_patch(api, ann, bench_press, verb, missing):
    routine = RoutineFactory(user=ann)
    path = ROUTINES if verb == "post" else f"{ROUTINES}/{routine.pk}"
    half = {key: value for key, value in entry(bench_press).items() if key != missing}

    response = getattr(api, verb)(path, {"name": "N", "exercises": [half]})

    assert error(response) == (f"/exercises/0/{missing}", "required")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"exercises": {}}, ("/exercises", "not_a_list")),
        ({"exercises": None}, ("/exercises", "null")),
        ({"exercises": [5]}, ("/exercises/0", "invalid")),
        ({"exercises": [{}] * 101}, ("/exercises", "max_length")),
        ({"name": None}, ("/name", "null")),
        ({"name": "n" * 121}, ("/name", "max_length")),
        ({"notes": "n" * 2001}, ("/notes", "max_length")),
        ({"notes": 5}, ("/notes", "invalid")),
    ],
)
def test_a_routine_out_of_bounds_is_refused(api, body, change, found):
    assert error(api.post(ROUTINES, {**body, **change})) == found
    assert not Routine.objects.exists()


@pytest.mark.parametrize(
    ("sent", "stored"), [({"weight": -500}, -500.0), ({"weight": None}, 0.0), ({}, 0.0)]
)
@pytest.mark.parametrize("verb", ["post", "patch"])
def test_a_weight_may_be_assistance_and_is_zero_if_it_is_not_given(
    api, ann, bench_press, verb, sent, stored
):
    path = ROUTINES if verb == "post" else f"{ROUTINES}/{RoutineFactory(user=ann).pk}"
    pull_up = {"exerciseId": str(bench_press.pk), "sets": 1, "reps": 0, **sent}

    response = getattr(api, verb)(path, {"name": "Pull", "exercises": [pull_up]})

    (returned,) = response.json()["exercises"]
    assert (returned["weight"], list(returned)[-1]) == (stored, "weight")
    assert api.get(f"{ROUTINES}/{response.json()['id']}").json() == response.json()


def test_a_routine_may_have_no_exercises(api):
    assert api.post(ROUTINES, {"name": "Rest", "exercises": []}).json()["exercises"] == []


def test_the_server_sets_the_name_of_an_entry(api, bench_press):
    body = {"name": "Push", "exercises": [entry(bench_press, name="My Own Press")]}

    assert api.post(ROUTINES, body).json()["exercises"][0]["name"] == "Bench Press"


def test_a_routine_is_created_and_deleted_together_with_its_entry_in_the_user(api, ann, body):
    first, second = (api.post(ROUTINES, body).json()["id"] for _ in range(2))
    assert routine_ids(ann) == [ObjectId(first), ObjectId(second)]

    api.delete(f"{ROUTINES}/{first}")

    assert routine_ids(ann) == [ObjectId(second)]


def test_a_failure_between_the_two_writes_undoes_the_first(ann, monkeypatch):
    def fail(*args):
        raise RuntimeError("power cut")

    monkeypatch.setattr(services, "_change_user", fail)

    with pytest.raises(RuntimeError):
        services.create_routine(ann, {"name": "Push", "exercises": []})

    assert not Routine.objects.exists()
    assert routine_ids(ann) == []


def test_a_user_has_at_most_500_routines(api, ann, body):
    ids = [ObjectId() for _ in range(499)]
    User.objects.documents.update({"_id": ann.pk}, {"routines": ids})
    assert api.post(ROUTINES, body).status_code == 201

    response = api.post(ROUTINES, body)

    assert response.status_code == 409
    assert response.json()["code"] == "limit"
    assert Routine.objects.count() == 1
    assert len(routine_ids(ann)) == 500
