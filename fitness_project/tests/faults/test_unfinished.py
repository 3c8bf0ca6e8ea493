"""What outlives a request is finished, although everything is killed right after the response."""

from datetime import timedelta

import pytest
from bson import ObjectId
from pymongo import MongoClient

from fitness_project.tests.e2e.client import PASSWORD
from fitness_project.tests.processes import wait_until

pytestmark = pytest.mark.timeout(300)

ROUTINES, SESSIONS = 1_500, 6_000
STAFF = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}


def multiply(service, collection, count):
    """Adds copies of the only document, with ids and instants of their own."""
    with MongoClient(port=service.database_port, directConnection=True) as client:
        stored = client["fitness"][collection]
        one = stored.find_one()
        stored.insert_many(
            {**one, "_id": ObjectId(), "updatedAt": one["updatedAt"] + timedelta(milliseconds=n)}
            for n in range(count - 1)
        )


def stored(service, collection, query):
    with MongoClient(port=service.database_port, directConnection=True) as client:
        return client["fitness"][collection].count_documents(query)


@pytest.fixture
def staff(own_service):
    done = own_service.manage("createsuperuser", "--noinput", "--email", "s@example.com", **STAFF)
    assert done.returncode == 0, done.stderr
    return own_service.sign_in("s@example.com")


def test_a_rename_reaches_every_routine(own_service, staff):
    ann = own_service.register("ann@example.com")
    body = {"name": "Push day", "exercises": ann.entries()}
    assert ann.call("POST", "/api/routines", body).status == 201
    multiply(own_service, "routines", ROUTINES)

    path = f"/api/exercises/{body['exercises'][0]['exerciseId']}"
    assert staff.call("PATCH", path, {"name": "Renamed"}).status == 200
    own_service.crash()
    own_service.start()

    renamed = {"exercises.name": "Renamed"}
    assert stored(own_service, "routines", renamed) >= 500
    wait_until(lambda: stored(own_service, "routines", renamed) == ROUTINES)


def test_a_merge_reaches_every_session(own_service, staff):
    ann = own_service.register("ann@example.com")
    session = {"date": "2026-05-01T10:00:00Z", "exercises": ann.entries()}
    assert ann.call("POST", "/api/history", session).status == 201
    multiply(own_service, "history", SESSIONS)
    merged_id = session["exercises"][0]["exerciseId"]
    kept_id = staff.call("POST", "/api/exercises", {"name": "Kept"}).json["id"]

    merge = {"exerciseIds": [merged_id]}
    assert staff.call("POST", f"/api/exercises/{kept_id}/merge", merge).status == 200
    own_service.crash()
    own_service.start()

    kept = {"exercises.exerciseId": ObjectId(kept_id)}
    assert 100 <= stored(own_service, "history", kept) < SESSIONS
    wait_until(lambda: stored(own_service, "history", kept) == SESSIONS)
    assert stored(own_service, "history", {"exercises.exerciseId": ObjectId(merged_id)}) == 0


def test_a_closed_account_is_deleted(own_service):
    ann = own_service.register("ann@example.com")
    session = {"date": "2026-05-01T10:00:00Z", "exercises": ann.entries()}
    assert ann.call("POST", "/api/history", session).status == 201
    multiply(own_service, "history", SESSIONS)

    assert ann.call("DELETE", "/api/auth/me", {"password": PASSWORD}).status == 204
    own_service.crash()
    own_service.start()

    credentials = {"email": "ann@example.com", "password": PASSWORD}
    assert own_service.call("POST", "/api/auth/login", credentials).status == 401
    wait_until(lambda: own_service.call("POST", "/api/auth/register", credentials).status == 201)
    assert stored(own_service, "history", {"userId": ObjectId(ann.user["id"])}) == 0
