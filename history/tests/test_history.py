from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from exercises import services as catalogue_services
from exercises.tests.factories import ExerciseFactory, entry, some_operation
from history.models import Session, SessionEntry
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory, embedded

HISTORY = "/api/history"
DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def body(bench_press):
    return {"date": "2026-05-01T20:30:00.5+02:00", "exercises": [entry(bench_press)]}


def error(response):
    assert response.status_code == 400
    (found,) = response.json()["errors"]
    return found["pointer"], found["code"]


def test_a_session_has_these_keys_in_this_order(api, bench_press, body):
    returned = api.post(HISTORY, {**body, "durationSeconds": 3600}).json()

    assert list(returned.items()) == [
        ("id", str(Session.objects.get().pk)),
        ("date", "2026-05-01T18:30:00.500Z"),
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
        ("routineId", None),
        ("notes", None),
        ("durationSeconds", 3600),
        ("createdAt", returned["createdAt"]),
        ("updatedAt", returned["updatedAt"]),
        ("revision", returned["revision"]),
    ]


def test_get_returns_what_post_returned(api, body):
    response = api.post(HISTORY, body)

    assert response.status_code == 201
    assert api.get(response["Location"]).json() == response.json()
    assert api.get(HISTORY).json()["results"] == [response.json()]


def test_the_newest_date_comes_first_regardless_of_creation(api, ann):
    created = [SessionFactory(user=ann, date=DAY + timedelta(days=n)) for n in (2, 0, 1)]

    rows = api.get(HISTORY).json()["results"]

    assert [row["id"] for row in rows] == [str(created[n].pk) for n in (0, 2, 1)]


@pytest.mark.parametrize(
    ("bound", "found"), [("from=2026-05-01T18:30:00.0005Z", 0), ("to=2026-05-01T18:30:00.0005Z", 1)]
)
def test_a_bound_between_two_milliseconds_cuts_between_them(api, ann, bound, found):
    SessionFactory(user=ann, exercises=[])

    assert len(api.get(f"{HISTORY}?{bound}").json()["results"]) == found


class TestFilters:
    @pytest.fixture
    def sessions(self, ann):
        return [SessionFactory(user=ann, date=DAY + timedelta(days=n)) for n in range(4)]

    @pytest.mark.parametrize(
        ("query", "days"),
        [
            ({"from": "2026-01-02T00:00:00Z"}, [3, 2, 1]),
            ({"from": "2026-01-02T00:00:00.001Z"}, [3, 2]),
            ({"to": "2026-01-02T00:00:00Z"}, [0]),
            ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-03T00:00:00Z"}, [1]),
            ({"from": "2026-01-02T01:00:00+01:00", "to": "2026-01-04T00:00:00Z"}, [2, 1]),
            ({"from": "2026-01-03T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, []),
            ({"from": "0001-01-01T00:00:00Z"}, [3, 2, 1, 0]),
            ({"to": "9999-12-31T23:59:59.999Z"}, [3, 2, 1, 0]),
            ({"to": "9999-12-31T23:59:59.9999Z"}, [3, 2, 1, 0]),
            ({"from": "9999-12-31T23:59:59.9999Z"}, []),
        ],
    )
    def test_from_is_inclusive_and_to_exclusive(self, api, sessions, query, days):
        rows = api.get(HISTORY, query).json()["results"]

        assert [row["id"] for row in rows] == [str(sessions[day].pk) for day in days]

    def test_by_exercise_and_by_routine(self, api, ann, bench_press):
        routine = ObjectId()
        pressed = SessionFactory(user=ann, exercises=[embedded(SessionEntry, bench_press)])
        planned = SessionFactory(user=ann, routine_id=routine)

        by_exercise = api.get(HISTORY, {"exerciseId": str(bench_press.pk)}).json()["results"]
        by_routine = api.get(HISTORY, {"routineId": str(routine)}).json()["results"]

        assert [row["id"] for row in by_exercise] == [str(pressed.pk)]
        assert [row["id"] for row in by_routine] == [str(planned.pk)]

    @pytest.mark.parametrize(
        ("name", "value"),
        [("from", "yesterday"), ("to", "2026-01-01"), ("exerciseId", "1"), ("routineId", "x")],
    )
    def test_an_invalid_value_is_refused(self, api, name, value):
        assert error(api.get(HISTORY, {name: value}))[0] == f"?{name}"

    def test_an_offset_whose_plus_became_a_space_is_explained(self, api):
        response = api.get(f"{HISTORY}?from=2026-11-01T00:00:00+01:00")

        assert error(response) == ("?from", "plus")
        assert "%2B" in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"date": None}, ("/date", "null")),
        ({"date": "2026-05-01T18:30:00"}, ("/date", "invalid")),
        ({"date": 1777660200}, ("/date", "invalid")),
        ({"date": "1969-12-31T23:59:59.999Z"}, ("/date", "min_value")),
        ({"date": "2999-01-01T00:00:00Z"}, ("/date", "max_value")),
        ({"durationSeconds": -1}, ("/durationSeconds", "min_value")),
        ({"durationSeconds": 604_801}, ("/durationSeconds", "max_value")),
        ({"durationSeconds": 0.5}, ("/durationSeconds", "invalid")),
        ({"notes": "n" * 2001}, ("/notes", "max_length")),
        ({"routineId": "0" * 24}, ("/routineId", "does_not_exist")),
        ({"routineId": ""}, ("/routineId", "invalid")),
        ({"name": "Monday"}, ("/name", "unknown")),
    ],
)
def test_a_session_out_of_bounds_is_refused(api, body, change, found):
    assert error(api.post(HISTORY, {**body, **change})) == found
    assert not Session.objects.exists()


def test_put_replaces_all_fields_and_patch_those_that_are_sent(api, body):
    created = api.post(HISTORY, {**body, "notes": "old", "durationSeconds": 60})

    patched = api.patch(created["Location"], {"notes": None}).json()
    put = api.put(created["Location"], body).json()

    assert (patched["notes"], patched["durationSeconds"]) == (None, 60)
    assert (put["durationSeconds"], put["createdAt"]) == (None, created.json()["createdAt"])


@pytest.mark.parametrize("sets", [0, 100])
def test_a_session_may_have_only_warm_ups_of_an_exercise(api, body, bench_press, sets):
    created = api.post(HISTORY, {**body, "exercises": [entry(bench_press, sets=sets)]})

    assert created.json()["exercises"][0]["sets"] == sets


@pytest.mark.parametrize("sets", [-1, 101])
def test_sets_out_of_bounds_are_refused(api, body, bench_press, sets):
    response = api.post(HISTORY, {**body, "exercises": [entry(bench_press, sets=sets)]})

    assert error(response)[0] == "/exercises/0/sets"


def test_a_session_may_have_no_exercises(api, body):
    assert api.post(HISTORY, {**body, "exercises": []}).json()["exercises"] == []


def test_a_deleted_session_is_gone(api, body):
    created = api.post(HISTORY, body)

    assert api.delete(created["Location"]).status_code == 204
    assert api.get(created["Location"]).status_code == 404
    assert api.delete(created["Location"]).status_code == 404


class TestNames:
    """A session keeps the names that the exercises had when it was recorded."""

    @pytest.fixture
    def recorded(self, api, body, bench_press):
        created = api.post(HISTORY, body)
        catalogue_services.change_exercise(
            some_operation(), bench_press.pk, {"name": "Barbell Bench Press"}
        )
        return created

    @pytest.mark.parametrize("verb", ["put", "patch"])
    def test_a_recorded_entry_keeps_its_name(self, api, recorded, body, bench_press, verb):
        row = ExerciseFactory(name="Row")
        body["exercises"] = [entry(row), entry(bench_press, sets=5, name="Anything")]

        entries = getattr(api, verb)(recorded["Location"], body).json()["exercises"]

        assert [e["name"] for e in entries] == ["Row", "Bench Press"]
        assert entries[1]["sets"] == 5

    def test_reordered_entries_keep_their_names(self, api, recorded, bench_press):
        both = [*recorded.json()["exercises"], entry(bench_press)]
        old, new = api.patch(recorded["Location"], {"exercises": both}).json()["exercises"]

        reordered = api.patch(recorded["Location"], {"exercises": [new, old]}).json()

        assert (old["name"], new["name"]) == ("Bench Press", "Barbell Bench Press")
        assert reordered["exercises"] == [new, old]

    def test_a_new_session_gets_the_current_name(self, api, recorded, body):
        created = api.post(HISTORY, body).json()

        assert created["exercises"][0]["name"] == "Barbell Bench Press"


class TestRoutine:
    def test_a_session_can_name_one_of_the_users_own_routines(self, api, ann, body):
        routine = str(RoutineFactory(user=ann).pk)

        assert api.post(HISTORY, {**body, "routineId": routine}).json()["routineId"] == routine

    def test_a_session_keeps_a_deleted_routine_and_can_be_put_back(self, api, ann, body):
        routine = str(RoutineFactory(user=ann).pk)
        created = api.post(HISTORY, {**body, "routineId": routine})
        api.delete(f"/api/routines/{routine}")

        kept = api.get(created["Location"]).json()
        again = api.put(created["Location"], kept)

        assert kept["routineId"] == routine
        assert again.status_code == 200

    def test_a_session_recorded_offline_can_name_a_routine_deleted_since(
        self, api, ann, stranger, body
    ):
        routine = str(RoutineFactory(user=ann).pk)
        api.delete(f"/api/routines/{routine}")
        session = {**body, "routineId": routine}

        assert api.post(HISTORY, session).json()["routineId"] == routine
        assert error(stranger.post(HISTORY, session)) == ("/routineId", "does_not_exist")


def test_a_session_can_have_an_archived_exercise(api, body, bench_press):
    catalogue_services.change_exercise(some_operation(), bench_press.pk, {"isArchived": True})

    assert api.post(HISTORY, body).status_code == 201


def test_an_exercise_in_a_session_is_not_deleted(staff, ann, bench_press):
    SessionFactory(user=ann, exercises=[embedded(SessionEntry, bench_press)])

    assert staff.delete(f"/api/exercises/{bench_press.pk}").status_code == 409
