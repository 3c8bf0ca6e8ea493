"""A write returns what it did not read afterwards: that must be what is stored all the same."""

import pytest
from bson import ObjectId
from django.db import connection

from exercises.tests.factories import entry
from fitness_project.documents.owned import OwnedDocuments

pytestmark = pytest.mark.django_db
VERBS = ["put", "patch"]


@pytest.fixture(params=["routines", "history"])
def path(request):
    return f"/api/{request.param}"


@pytest.fixture
def body(path, bench_press):
    own = {"name": "Push"} if path.endswith("routines") else {"date": "2026-05-01T10:00:00Z"}
    return {**own, "exercises": [entry(bench_press)], "notes": "light"}


@pytest.fixture
def made(api, path, body):
    return api.post(path, body)


@pytest.fixture
def before_each_write(monkeypatch):
    """Calls that come between reading a document and writing it, one for each attempt."""
    write, calls = OwnedDocuments._write, []

    def interrupted(*args, **kwargs):
        if calls:
            calls.pop(0)()
        return write(*args, **kwargs)

    monkeypatch.setattr(OwnedDocuments, "_write", interrupted)
    return calls


def test_a_put_returns_what_is_stored(api, made, body):
    changed = {**body, "exercises": body["exercises"] * 2}
    del changed["notes"]

    put = api.put(made["Location"], changed)

    found = api.get(made["Location"])
    assert put.json() == found.json()
    assert put["ETag"] == found["ETag"] != made["ETag"]
    assert put.json()["createdAt"] == made.json()["createdAt"]
    assert put.json()["notes"] is None


def test_a_patch_returns_what_is_stored(api, made, body):
    patch = api.patch(made["Location"], {"notes": "heavy"})

    found = api.get(made["Location"])
    assert patch.json() == found.json()
    assert patch["ETag"] == found["ETag"] != made["ETag"]


def test_a_patch_keeps_what_another_one_changed_meanwhile(api, made, before_each_write, body):
    twice = body["exercises"] * 2
    before_each_write.append(lambda: api.patch(made["Location"], {"exercises": twice}))

    patch = api.patch(made["Location"], {"notes": "heavy"})

    found = api.get(made["Location"])
    assert patch.json() == found.json()
    assert (found.json()["notes"], len(found.json()["exercises"])) == ("heavy", 2)


@pytest.mark.parametrize("verb", VERBS)
def test_a_document_that_changed_since_its_etag(api, made, body, verb):
    current = api.patch(made["Location"], {"notes": "heavy"})
    write = getattr(api, verb)

    stale = write(made["Location"], body, headers={"If-Match": made["ETag"]})
    fresh = write(made["Location"], body, headers={"If-Match": current["ETag"]})

    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert fresh.json() == api.get(made["Location"]).json()


@pytest.mark.parametrize("verb", VERBS)
def test_if_match_is_checked_in_the_write_itself(api, made, body, before_each_write, verb):
    before_each_write.append(lambda: api.patch(made["Location"], {"notes": "heavy"}))

    late = getattr(api, verb)(made["Location"], body, headers={"If-Match": made["ETag"]})

    assert late.status_code == 412
    assert api.get(made["Location"]).json()["notes"] == "heavy"


@pytest.mark.parametrize("verb", VERBS)
def test_a_document_that_is_deleted_and_created_again_meanwhile(
    api, path, made, body, before_each_write, verb
):
    def delete_and_create():
        api.delete(made["Location"])
        api.post(path, {**body, "id": made.json()["id"], "notes": "again"})

    before_each_write.append(delete_and_create)

    written = getattr(api, verb)(made["Location"], {**body, "notes": "heavy"})

    assert written.status_code == 200
    assert written.json() == api.get(made["Location"]).json()
    assert written.json()["createdAt"] != made.json()["createdAt"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_document_that_is_deleted_meanwhile(api, made, body, before_each_write, verb):
    before_each_write.append(lambda: api.delete(made["Location"]))

    assert getattr(api, verb)(made["Location"], body).status_code == 404
    assert api.get(made["Location"]).status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_a_write_whose_reply_was_lost_is_not_done_again(api, made, body, monkeypatch, verb):
    write, attempts = OwnedDocuments._write, []

    def unheard(*args, **kwargs):
        attempts.append(write(*args, **kwargs))
        return False

    monkeypatch.setattr(OwnedDocuments, "_write", unheard)

    written = getattr(api, verb)(made["Location"], body, headers={"If-Match": made["ETag"]})

    assert written.status_code == 200
    assert attempts == [True]
    assert written.json() == api.get(made["Location"]).json()


def test_nobody_else_gets_in(stranger, api, made, body):
    assert stranger.put(made["Location"], body).status_code == 404
    api.delete(made["Location"])
    assert api.put(made["Location"], body).status_code == 404


@pytest.mark.parametrize("birth", [{}, {"createdAt": "$name"}, {"createdAt": {"$a": 1}}])
@pytest.mark.parametrize("has_entries", [True, False])
def test_a_document_of_another_program(ann, api, bench_press, body, path, birth, has_entries):
    collection = path.removeprefix("/api/")
    entries = [{"exerciseId": bench_press.pk}] if has_entries else None
    stored = {"_id": ObjectId(), "userId": ann.pk, "exercises": entries, **birth}
    connection.database[collection].insert_one(stored)
    location = f"{path}/{stored['_id']}"

    written = [api.put(location, body) for _ in range(2)]

    assert [response.status_code for response in written] == [200, 200]
    assert written[1].json() == api.get(location).json()
