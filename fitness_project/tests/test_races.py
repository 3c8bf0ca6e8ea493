"""Simultaneous requests: no rule is broken, and no acknowledged write is undone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from bson import ObjectId
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory
from conftest import client_of
from exercises.models import CatalogueVersion, Exercise
from exercises.tests.factories import CuratorFactory, ExerciseFactory, entry
from fitness_project.tasks.worker import run_due
from routines.models import Routine, RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

pytestmark = pytest.mark.django_db

THREADS = 8


def at_once(work, times=THREADS):
    """The status codes, sorted."""
    with ThreadPoolExecutor(THREADS) as threads:
        return sorted(response.status_code for response in threads.map(work, range(times)))


def test_a_name_is_used_only_once():
    user = CuratorFactory()
    names = ["Bench Press", "bench press", "BENCH  PRESS"]

    codes = at_once(
        lambda n: client_of(user).post("/api/exercises", {"name": names[n % len(names)]})
    )

    assert codes == [201] + [400] * (THREADS - 1)
    assert Exercise.objects.count() == 1
    assert CatalogueVersion.objects.get().version == 1


def test_two_exercises_cannot_be_renamed_into_one():
    user = CuratorFactory()
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


def test_a_rename_reaches_routines_that_are_being_written(bench_press):
    user, staff = UserFactory(), CuratorFactory()
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
    run_due()

    assert codes == [200] * 3 * THREADS
    stored = Routine.objects.documents.collection.find()
    assert {e["name"] for r in stored for e in r["exercises"]} == {"Barbell Bench Press"}


def test_an_exercise_that_is_in_use_is_never_missing_for_good(bench_press):
    user, staff = UserFactory(), CuratorFactory()
    body = {"name": "Push", "exercises": [entry(bench_press)] * 100}

    def work(n):
        if n == 3:
            return client_of(staff).delete(f"/api/exercises/{bench_press.pk}")
        return client_of(user).post("/api/routines", body)

    codes = at_once(work, times=3 * THREADS)
    run_due()

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
