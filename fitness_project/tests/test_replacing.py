"""A PUT answers what it did not read: it must be what is stored all the same."""

import pytest
from bson import ObjectId
from django.db import connection

from exercises.tests.factories import entry
from fitness_project.api import owned

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["routines", "history"])
def path(request):
    return f"/api/{request.param}"


@pytest.fixture
def body(path, bench_press):
    own = {"name": "Push"} if path.endswith("routines") else {"date": "2026-05-01T10:00:00Z"}
    return {**own, "exercises": [entry(bench_press)], "notes": "light"}


@pytest.fixture
def made(api, path, body):
    """A document that this process remembers."""
    made = api.post(path, body)
    api.get(made["Location"])
    assert ObjectId(made.json()["id"]) in owned.births
    return made


def test_a_remembered_document(api, made, body):
    changed = {**body, "exercises": body["exercises"] * 2}
    del changed["notes"]

    put = api.put(made["Location"], changed)

    found = api.get(made["Location"])
    assert put.json() == found.json()
    assert put["ETag"] == found["ETag"] != made["ETag"]
    assert put.json()["createdAt"] == made.json()["createdAt"]
    assert put.json()["notes"] is None


def test_an_id_that_was_given_again_since(api, path, body, made):
    id = made.json()["id"]
    api.delete(made["Location"])
    again = api.post(path, {**body, "id": id})

    put = api.put(again["Location"], body)

    assert put.json() == api.get(again["Location"]).json()
    assert put.json()["createdAt"] == again.json()["createdAt"] != made.json()["createdAt"]


def test_what_another_process_did_since(api, made, body):
    current = api.patch(made["Location"], {"notes": "heavy"})

    stale = api.put(made["Location"], body, headers={"If-Match": made["ETag"]})
    fresh = api.put(made["Location"], body, headers={"If-Match": current["ETag"]})

    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert fresh.json() == api.get(made["Location"]).json()


def test_what_is_remembered_lets_nobody_else_in(stranger, api, made, body):
    assert stranger.put(made["Location"], body).status_code == 404
    api.delete(made["Location"])
    assert api.put(made["Location"], body).status_code == 404


def test_a_document_of_another_program(ann, api, body, path):
    collection = path.removeprefix("/api/")
    stored = {"_id": ObjectId(), "userId": ann.pk, "exercises": []}
    connection.database[collection].insert_one(stored)

    first, second = (api.put(f"{path}/{stored['_id']}", body).json() for _ in range(2))

    assert first["createdAt"] is second["createdAt"] is None
    assert second == api.get(f"{path}/{stored['_id']}").json()


def test_no_more_is_remembered_than_fits(monkeypatch, api, made, path, body):
    monkeypatch.setattr(owned, "MOST_BIRTHS", 2)
    locations = [api.post(path, body)["Location"] for _ in range(3)]

    for location in locations:
        api.get(location)

    assert 1 <= len(owned.births) <= 2
