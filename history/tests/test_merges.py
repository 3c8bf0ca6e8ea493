"""What merging exercises does to routines and sessions, and to the clients that have them."""

import pytest

from conftest import client_of
from exercises.catalogue import catalogue
from exercises.merging import merge as merging
from exercises.merging.merge import merge_exercises
from exercises.services import change_exercise
from exercises.tests.factories import ExerciseFactory, entry, some_operation
from fitness_project.tasks.worker import run_due
from fitness_project.tests.device import Device
from history.models import SessionEntry
from history.tests.factories import SessionFactory
from routines.models import RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

ROUTINES, HISTORY = "/api/routines", "/api/history"
DATE = "2026-05-02T18:30:00Z"


@pytest.fixture
def flat(db):
    return ExerciseFactory(name="Flat Press")


@pytest.fixture
def routine(ann, bench_press, flat):
    entries = [embedded(RoutineEntry, flat, reps=5), embedded(RoutineEntry, bench_press)]
    return RoutineFactory(user=ann, exercises=entries)


@pytest.fixture
def session(ann, flat):
    return SessionFactory(user=ann, exercises=[embedded(SessionEntry, flat)])


@pytest.fixture
def only_the_task(monkeypatch):
    """As if the process had been killed right after the merge."""
    monkeypatch.setattr(merging, "REPLACED_AT_ONCE", 0)


def merge(kept, *others):
    return merge_exercises(some_operation(), kept.pk, [other.pk for other in others])


def entries(document):
    return [(each["exerciseId"], each["name"]) for each in document["exercises"]]


def stored(row):
    collection = type(row).objects.documents.collection
    return collection.find_one({"_id": row.pk, "userId": row.user_id})


def test_routines_get_the_kept_exercise_and_its_name(routine, bench_press, flat):
    merge(bench_press, flat)

    first, second = stored(routine)["exercises"]
    assert entries(stored(routine)) == [(bench_press.pk, "Bench Press")] * 2
    assert (first["reps"], second["reps"]) == (5, 8)


def test_sessions_keep_the_names(session, bench_press, flat):
    merge(bench_press, flat)

    assert entries(stored(session)) == [(bench_press.pk, "Flat Press")]


def test_a_killed_merge_is_finished_by_the_task(routine, session, bench_press, flat, only_the_task):
    merge(bench_press, flat)
    assert entries(stored(session)) == [(flat.pk, "Flat Press")]

    run_due()

    assert entries(stored(session)) == [(bench_press.pk, "Flat Press")]
    assert entries(stored(routine)) == [(bench_press.pk, "Bench Press")] * 2
    assert catalogue.refreshed().used_ids(bench_press.pk) == [bench_press.pk]


def test_what_another_process_writes_during_the_merge_is_found(ann, bench_press, flat):
    merge(bench_press, flat)
    late = SessionFactory(user=ann, exercises=[embedded(SessionEntry, flat)])

    run_due()

    assert entries(stored(late)) == [(bench_press.pk, "Flat Press")]


def test_what_is_written_while_the_task_runs_is_found(ann, bench_press, flat, monkeypatch):
    merge(bench_press, flat)
    late = []

    def replace(merged, most=None):
        if not late:  # A request that began before the merge ends now.
            late.append(SessionFactory(user=ann, exercises=[embedded(SessionEntry, flat)]))
            return 1
        return replacing(merged, most)

    replacing = merging.references.replace
    monkeypatch.setattr(merging.references, "replace", replace)
    run_due()

    assert entries(stored(late[0])) == [(bench_press.pk, "Flat Press")]


def test_two_merges_in_a_chain_end_at_the_last_one(session, bench_press, flat, only_the_task):
    press = ExerciseFactory(name="Press")
    merge(bench_press, flat)
    merge(press, bench_press)

    run_due()

    assert entries(stored(session)) == [(press.pk, "Flat Press")]


def test_a_name_chosen_in_the_merge_reaches_routines(routine, bench_press, flat):
    merge_exercises(some_operation(), bench_press.pk, [flat.pk], {"name": "Flat Press"})

    assert entries(stored(routine)) == [(bench_press.pk, "Flat Press")] * 2


def test_each_document_is_changed_on_its_own(
    session, bench_press, flat, command_log, only_the_task
):
    merge(bench_press, flat)
    command_log.clear()

    run_due()

    (update,) = [
        command
        for name, command in command_log
        if name == "update" and "history" in command.values()
    ]
    assert [each["q"]["userId"] for each in update["updates"]] == [session.user_id]


class TestClients:
    def test_a_session_with_the_old_id_is_recorded(self, api, bench_press, flat):
        merge(bench_press, flat)

        created = api.post(HISTORY, {"date": DATE, "exercises": [entry(flat)]}, format="json")

        assert created.status_code == 201
        (recorded,) = created.json()["exercises"]
        assert recorded["exerciseId"] == str(bench_press.pk)
        assert recorded["name"] == "Bench Press"

    def test_the_old_id_costs_no_query(self, api, bench_press, flat, command_log):
        merge(bench_press, flat)
        body = {"date": DATE, "exercises": [entry(bench_press)]}
        api.post(HISTORY, body, format="json")
        command_log.clear()
        api.post(HISTORY, body, format="json")
        usual = [name for name, _ in command_log]
        command_log.clear()

        api.post(HISTORY, {"date": DATE, "exercises": [entry(flat)]}, format="json")

        assert [name for name, _ in command_log] == usual

    def test_a_routine_with_the_old_id_can_be_put_back(self, api, routine, bench_press, flat):
        path = f"{ROUTINES}/{routine.pk}"
        read = api.get(path).json()
        merge(bench_press, flat)

        response = api.put(path, read, format="json")

        assert response.status_code == 200
        assert {each["exerciseId"] for each in response.json()["exercises"]} == {
            str(bench_press.pk)
        }

    def test_putting_it_back_before_the_task_has_run_works_too(
        self, api, routine, session, bench_press, flat, only_the_task
    ):
        paths = f"{ROUTINES}/{routine.pk}", f"{HISTORY}/{session.pk}"
        read = [api.get(path).json() for path in paths]
        merge(bench_press, flat)

        put = [api.put(path, body, format="json") for path, body in zip(paths, read, strict=True)]

        assert [response.status_code for response in put] == [200, 200]
        assert entries(stored(session)) == [(bench_press.pk, "Flat Press")]

    def test_an_archived_kept_exercise_stays_in_routines(
        self, ann, api, bench_press, flat, only_the_task
    ):
        RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, flat)])
        change_exercise(some_operation(), bench_press.pk, {"isArchived": True})
        merge(bench_press, flat)

        response = api.post(ROUTINES, {"name": "Pull", "exercises": [entry(flat)]}, format="json")

        assert response.status_code == 201

    @pytest.mark.parametrize("asked", ["bench_press", "flat"])
    def test_sessions_are_found_by_both_ids(
        self, api, session, bench_press, flat, only_the_task, asked
    ):
        merge(bench_press, flat)
        asked_id = {"bench_press": bench_press, "flat": flat}[asked].pk

        before = api.get(HISTORY, {"exerciseId": str(asked_id)}).json()["results"]
        run_due()
        after = api.get(HISTORY, {"exerciseId": str(asked_id)}).json()["results"]

        assert [row["id"] for row in before] == [row["id"] for row in after] == [str(session.pk)]

    def test_a_device_that_had_the_old_id_follows(
        self, ann, api, routine, session, bench_press, flat
    ):
        device = Device(api).sync()
        assert str(flat.pk) in device.has["exercises"]

        merge(bench_press, flat)
        run_due()

        assert device.sync().is_as_the_server()
        assert str(flat.pk) not in device.has["exercises"]

    def test_a_new_device_hears_nothing_of_it(self, api, bench_press, flat):
        merge(bench_press, flat)
        run_due()

        device = Device(api).sync()

        assert device.is_as_the_server()
        assert device.heard == 1

    def test_a_curator_deletes_the_kept_one_only_if_neither_is_used(
        self, staff, session, bench_press, flat, only_the_task
    ):
        merge(bench_press, flat)

        assert staff.delete(f"/api/exercises/{bench_press.pk}").status_code == 409
        run_due()
        assert staff.delete(f"/api/exercises/{bench_press.pk}").status_code == 409


def test_a_merge_belongs_to_no_user(session, bench_press, flat):
    other = SessionFactory(exercises=[embedded(SessionEntry, flat)])

    merge(bench_press, flat)

    assert entries(stored(other)) == [(bench_press.pk, "Flat Press")]
    assert client_of(other.user).get(f"{HISTORY}/{session.pk}").status_code == 404
