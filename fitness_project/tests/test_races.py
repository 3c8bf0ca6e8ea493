"""Simultaneous requests: no rule is broken, and no acknowledged write is undone."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from bson import ObjectId
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from conftest import client_of
from exercises import services
from exercises.models import CatalogueVersion, Exercise
from exercises.tests.factories import ExerciseFactory, entry
from fitness_project.database.deadline import paused
from fitness_project.documents.collection import Documents
from fitness_project.tests.processes import PATIENCE_SECONDS
from routines.models import Routine, RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

pytestmark = pytest.mark.django_db

THREADS = 8
# As the service waits. A shorter wait would have to be longer on a loaded machine.
SETTLE_SECONDS = services.SETTLE_SECONDS


def at_once(work, times=THREADS):
    """The status codes, sorted."""
    with ThreadPoolExecutor(THREADS) as threads:
        return sorted(response.status_code for response in threads.map(work, range(times)))


def test_a_name_is_used_only_once():
    user = UserFactory(is_staff=True)
    names = ["Bench Press", "bench press", "BENCH  PRESS"]

    codes = at_once(
        lambda n: client_of(user).post("/api/exercises", {"name": names[n % len(names)]})
    )

    assert codes == [201] + [400] * (THREADS - 1)
    assert Exercise.objects.count() == 1
    assert CatalogueVersion.objects.get().version == 1


def test_two_exercises_cannot_be_renamed_into_one():
    user = UserFactory(is_staff=True)
    exercises = [ExerciseFactory() for _ in range(THREADS)]

    codes = at_once(
        lambda n: client_of(user).patch(f"/api/exercises/{exercises[n].pk}", {"name": "Same"})
    )

    assert codes == [200] + [400] * (THREADS - 1)


def test_an_email_address_is_registered_only_once():
    body = {"email": "ann@example.com", "password": PASSWORD}

    codes = at_once(lambda n: APIClient().post("/api/auth/register", body))

    assert codes == [201] + [400] * (THREADS - 1)
    assert User.objects.count() == 1


def test_a_user_never_has_more_than_500_routines(bench_press):
    user = UserFactory()
    User.objects.documents.update({"_id": user.pk}, {"routines": [ObjectId() for _ in range(497)]})
    body = {"name": "Push", "exercises": [entry(bench_press)]}

    codes = at_once(lambda n: client_of(user).post("/api/routines", body))

    assert codes == [201] * 3 + [409] * (THREADS - 3)
    assert Routine.objects.count() == 3
    assert len(User.objects.documents.get(user.pk)["routines"]) == 500


def test_a_rename_reaches_routines_that_are_being_written(bench_press, monkeypatch):
    monkeypatch.setattr(services, "SETTLE_SECONDS", SETTLE_SECONDS)
    user, staff = UserFactory(), UserFactory(is_staff=True)
    routines = [
        RoutineFactory(user=user, exercises=[embedded(RoutineEntry, bench_press)]).pk
        for _ in range(THREADS - 1)
    ]
    body = {"name": "Push", "exercises": [entry(bench_press)]}

    def work(n):
        if n == 3:
            path = f"/api/exercises/{bench_press.pk}"
            return client_of(staff).patch(path, {"name": "Barbell Bench Press"})
        return client_of(user).put(f"/api/routines/{routines[n % len(routines)]}", body)

    codes = at_once(work, times=3 * THREADS)

    assert codes == [200] * 3 * THREADS
    stored = Routine.objects.documents.collection.find()
    assert {e["name"] for r in stored for e in r["exercises"]} == {"Barbell Bench Press"}


def test_a_rename_and_the_routines_it_reaches_are_stored_together(bench_press, monkeypatch):
    routine = RoutineFactory(exercises=[embedded(RoutineEntry, bench_press)])
    stored = []

    def read(_):
        """Before the rename looks once more for the old name."""
        stored.append(Routine.objects.documents.get(routine.pk))

    monkeypatch.setattr(services, "sleep", read)
    services.change_exercise(bench_press.pk, {"name": "Barbell Bench Press"})

    assert [[e["name"] for e in r["exercises"]] for r in stored] == [["Barbell Bench Press"]]


def test_a_deletion_waits_for_a_request_that_may_use_the_exercise(bench_press, monkeypatch):
    user, staff = client_of(UserFactory()), client_of(UserFactory(is_staff=True))
    begun, settling, stored, insert = Event(), Event(), Event(), Documents.insert

    def insert_late(documents, document):
        begun.set()
        with paused():
            assert settling.wait(PATIENCE_SECONDS)
        return insert(documents, document)

    def settle(_):
        settling.set()
        assert stored.wait(PATIENCE_SECONDS)

    monkeypatch.setattr(Documents, "insert", insert_late)
    monkeypatch.setattr(services, "sleep", settle)
    body = {"name": "Push", "exercises": [entry(bench_press)]}
    with ThreadPoolExecutor() as threads:
        created = threads.submit(user.post, "/api/routines", body)
        created.add_done_callback(lambda _: stored.set())
        assert begun.wait(PATIENCE_SECONDS)
        refused = staff.delete(f"/api/exercises/{bench_press.pk}")

    assert (created.result().status_code, refused.status_code) == (201, 409)
    assert not Exercise.objects.get().is_archived


def test_an_exercise_is_deleted_or_used_and_never_both(bench_press, monkeypatch):
    monkeypatch.setattr(services, "SETTLE_SECONDS", SETTLE_SECONDS)
    user, staff = UserFactory(), UserFactory(is_staff=True)
    body = {"name": "Push", "exercises": [entry(bench_press)] * 100}

    def work(n):
        if n == 3:
            return client_of(staff).delete(f"/api/exercises/{bench_press.pk}")
        return client_of(user).post("/api/routines", body)

    codes = at_once(work, times=3 * THREADS)

    assert set(codes) <= {201, 204, 400, 409}
    assert Exercise.objects.exists() == Routine.objects.exists()


def test_staff_who_edit_an_account_undo_none_of_the_users_writes(bench_press):
    user = UserFactory()
    admin = UserFactory(is_staff=True, is_superuser=True)
    body = {"name": "Push", "exercises": [entry(bench_press)]}

    def work(n):
        if n % 2:
            return client_of(user).post("/api/routines", body)
        browser = Client()
        browser.force_login(admin)
        fields = {"name": f"Name {n}", "weight_unit": "kg", "is_active": "on"}
        return browser.post(f"/admin/accounts/user/{user.pk}/change/", fields)

    codes = at_once(work, times=4 * THREADS)

    assert codes == [201] * 2 * THREADS + [302] * 2 * THREADS
    assert len(User.objects.documents.get(user.pk)["routines"]) == Routine.objects.count()
