"""A write returns the stored document without reading it again."""

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
def created(api, path, body):
    return api.post(path, body)


@pytest.fixture
def before_each_write(monkeypatch):
    """Calls to make between reading a document and writing it, one for each attempt."""
    write, calls = OwnedDocuments._write, []

    def interrupted(*args, **kwargs):
        if calls:
            calls.pop(0)()
        return write(*args, **kwargs)

    monkeypatch.setattr(OwnedDocuments, "_write", interrupted)
    return calls


def test_a_put_returns_what_is_stored(api, created, body):
    changed = {**body, "exercises": body["exercises"] * 2}
    del changed["notes"]

    put = api.put(created["Location"], changed)

    found = api.get(created["Location"])
    assert put.json() == found.json()
    assert put["ETag"] == found["ETag"] != created["ETag"]
    assert put.json()["createdAt"] == created.json()["createdAt"]
    assert put.json()["notes"] is None


def test_a_patch_returns_what_is_stored(api, created, body):
    patch = api.patch(created["Location"], {"notes": "heavy"})

    found = api.get(created["Location"])
    assert patch.json() == found.json()
    assert patch["ETag"] == found["ETag"] != created["ETag"]


def test_a_patch_keeps_what_another_patch_changes_meanwhile(api, created, before_each_write, body):
    twice = body["exercises"] * 2
    before_each_write.append(lambda: api.patch(created["Location"], {"exercises": twice}))

    patch = api.patch(created["Location"], {"notes": "heavy"})

    found = api.get(created["Location"])
    assert patch.json() == found.json()
    assert (found.json()["notes"], len(found.json()["exercises"])) == ("heavy", 2)


@pytest.mark.parametrize("verb", VERBS)
def test_a_document_that_changed_after_its_etag_was_read(api, created, body, verb):
    current = api.patch(created["Location"], {"notes": "heavy"})
    write = getattr(api, verb)

    stale = write(created["Location"], body, headers={"If-Match": created["ETag"]})
    fresh = write(created["Location"], body, headers={"If-Match": current["ETag"]})

    assert (stale.status_code, fresh.status_code) == (412, 200)
    assert fresh.json() == api.get(created["Location"]).json()


@pytest.mark.parametrize("verb", VERBS)
def test_if_match_is_checked_in_the_write_itself(api, created, body, before_each_write, verb):
    before_each_write.append(lambda: api.patch(created["Location"], {"notes": "heavy"}))
    match = {"If-Match": created["ETag"]}

    late = getattr(api, verb)(created["Location"], {**body, "notes": "late"}, headers=match)

    assert late.status_code == 412
    assert api.get(created["Location"]).json()["notes"] == "heavy"


@pytest.mark.parametrize("verb", VERBS)
def test_a_document_that_is_deleted_and_created_again_meanwhile(
    api, path, created, body, before_each_write, verb
):
    def delete_and_create():
        api.delete(created["Location"])
        api.post(path, {**body, "id": created.json()["id"], "notes": "again"})

    before_each_write.append(delete_and_create)

    written = getattr(api, verb)(created["Location"], {**body, "notes": "heavy"})

    assert written.status_code == 200
    assert written.json() == api.get(created["Location"]).json()
    assert written.json()["createdAt"] != created.json()["createdAt"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_document_that_is_deleted_meanwhile(api, created, body, before_each_write, verb):
    before_each_write.append(lambda: api.delete(created["Location"]))

    late = getattr(api, verb)(created["Location"], {**body, "notes": "late"})

    assert late.status_code == 404
    assert api.get(created["Location"]).status_code == 404


def test_a_patch_succeeds_however_often_others_come_first(api, created, before_each_write):
    before_each_write += [
        lambda n=n: api.patch(created["Location"], {"notes": f"{n}"}) for n in "ab"
    ]

    patch = api.patch(created["Location"], {"notes": "last"})

    assert patch.status_code == 200
    assert patch.json() == api.get(created["Location"]).json()
    assert patch.json()["notes"] == "last"


@pytest.mark.parametrize("verb", VERBS)
def test_a_malformed_id_is_a_404_whatever_the_body(api, path, verb):
    broken = getattr(api, verb)(f"{path}/zzz", data="{", content_type="application/json")

    assert broken.status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_a_write_whose_reply_is_lost_is_not_repeated(api, created, body, monkeypatch, verb):
    write, attempts = OwnedDocuments._write, []

    def without_reply(*args, **kwargs):
        attempts.append(write(*args, **kwargs))
        return False

    monkeypatch.setattr(OwnedDocuments, "_write", without_reply)
    match = {"If-Match": created["ETag"]}

    written = getattr(api, verb)(created["Location"], {**body, "notes": "new"}, headers=match)

    assert written.status_code == 200
    assert attempts.count(True) == 1
    assert written.json() == api.get(created["Location"]).json()


def test_only_the_owner_replaces_a_document_and_only_while_it_exists(stranger, api, created, body):
    assert stranger.put(created["Location"], body).status_code == 404
    api.delete(created["Location"])
    assert api.put(created["Location"], body).status_code == 404


@pytest.mark.parametrize(
    "birth", [{}, {"createdAt": "$name"}, {"revision": None}, {"revision": "$name"}]
)
@pytest.mark.parametrize("has_entries", [True, False])
def test_a_document_that_another_program_stored_can_be_replaced(
    ann, api, bench_press, body, path, birth, has_entries
):
    collection = path.removeprefix("/api/")
    entries = [{"exerciseId": bench_press.pk}] if has_entries else None
    stored = {"_id": ObjectId(), "userId": ann.pk, "exercises": entries, **birth}
    connection.database[collection].insert_one(stored)
    location = f"{path}/{stored['_id']}"

    written = [api.put(location, body) for _ in range(2)]

    assert [response.status_code for response in written] == [200, 200]
    assert written[1].json() == api.get(location).json()
