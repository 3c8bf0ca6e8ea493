"""A PUT answers what it did not read: it must be what is stored all the same."""

import pytest
from bson import ObjectId

from exercises.tests.factories import entry
from fitness_project.api.owned import Births, births

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
    assert births.get(ObjectId(made.json()["id"]))
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
    id = ObjectId(made.json()["id"])
    remembered = births.get(id)
    current = api.patch(made["Location"], {"notes": "heavy"})
    births.remember({"_id": id, "createdAt": remembered})

    stale = api.put(made["Location"], body, headers={"If-Match": made["ETag"]})
    fresh = api.put(made["Location"], body, headers={"If-Match": current["ETag"]})

    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert fresh.json() == api.get(made["Location"]).json()


def test_what_is_remembered_lets_nobody_else_in(stranger, api, made, body):
    assert stranger.put(made["Location"], body).status_code == 404
    api.delete(made["Location"])
    assert api.put(made["Location"], body).status_code == 404


def test_no_more_is_remembered_than_fits(monkeypatch):
    monkeypatch.setattr(Births, "MOST", 2)
    known, ids = Births(), [ObjectId() for _ in range(3)]

    for id in ids:
        known.remember({"_id": id, "createdAt": id.generation_time})
    known.remember({"_id": ids[0]})

    assert [known.get(id) is not None for id in ids] == [False, False, True]
