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


def test_an_id_that_was_given_again_since(api, path, body, made, monkeypatch):
    """By another process: this one remembers the first document's birth."""
    id = ObjectId(made.json()["id"])
    birth = owned.births[id]
    api.delete(made["Location"])
    again = api.post(path, {**body, "id": str(id)})
    owned.births[id] = birth
    monkeypatch.setattr(owned, "_remembered", lambda document: document)

    put = api.put(again["Location"], body)

    assert put.json() == api.get(again["Location"]).json()
    assert put.json()["createdAt"] == again.json()["createdAt"] != made.json()["createdAt"]


def test_a_document_that_changed_since(api, made, body):
    current = api.patch(made["Location"], {"notes": "heavy"})

    stale = api.put(made["Location"], body, headers={"If-Match": made["ETag"]})
    fresh = api.put(made["Location"], body, headers={"If-Match": current["ETag"]})

    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert fresh.json() == api.get(made["Location"]).json()


@pytest.mark.parametrize("verb", ["put", "patch"])
def test_what_went_and_came_again_between_write_and_look(api, made, body, monkeypatch, verb):
    write, tries = owned.OwnedDocuments._write_once, []

    def gone_at_first(*args, **kwargs):
        tries.append(args)
        return len(tries) > 1 and write(*args, **kwargs)

    monkeypatch.setattr(owned.OwnedDocuments, "_write_once", gone_at_first)
    owned.births.clear()

    assert getattr(api, verb)(made["Location"], body).status_code == 200
    assert len(tries) == 2


def test_what_is_remembered_lets_nobody_else_in(stranger, api, made, body):
    assert stranger.put(made["Location"], body).status_code == 404
    api.delete(made["Location"])
    assert api.put(made["Location"], body).status_code == 404


@pytest.mark.parametrize("birth", [{}, {"createdAt": "$name"}, {"createdAt": {"$a": 1}}])
@pytest.mark.parametrize("has_entries", [True, False])
def test_a_document_of_another_program(
    ann, api, bench_press, body, path, command_log, birth, has_entries
):
    collection = path.removeprefix("/api/")
    entries = [{"exerciseId": bench_press.pk}] if has_entries else None
    stored = {"_id": ObjectId(), "userId": ann.pk, "exercises": entries, **birth}
    connection.database[collection].insert_one(stored)
    location = f"{path}/{stored['_id']}"

    first = api.put(location, body)
    command_log.clear()
    second = api.put(location, body)

    assert (first.status_code, second.status_code) == (200, 200)
    assert "update" in [name for name, _ in command_log]
    assert [name for name, _ in command_log].index("update") == len(command_log) - 1
    assert second.json() == api.get(location).json()


def test_no_more_is_remembered_than_fits(monkeypatch, api, made, path, body):
    monkeypatch.setattr(owned, "MOST_BIRTHS", 2)
    for _ in range(3):
        api.get(api.post(path, body)["Location"])

    assert 1 <= len(owned.births) <= 2
