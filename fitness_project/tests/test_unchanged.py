"""A PATCH or PUT that changes nothing writes nothing."""

import pytest
from bson import ObjectId
from django.db import connection

from exercises.catalogue import catalogue
from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

pytestmark = pytest.mark.django_db

KINDS = ("exercises", "routines", "history")
CHANGES = {"exercises": {"level": "expert"}, "routines": {"notes": "x"}, "history": {"notes": "x"}}


@pytest.fixture
def path(kind, ann):
    match kind:
        case "exercises":
            document = ExerciseFactory(name="Row", primary_muscles=["lats"])
        case "routines":
            document = RoutineFactory(user=ann, notes="Slowly.")
        case "history":
            document = SessionFactory(user=ann, routine_id=ObjectId())
    return f"/api/{kind}/{document.pk}"


@pytest.fixture
def client(kind, staff, api):
    return staff if kind == "exercises" else api


@pytest.fixture
def stored(kind, path):
    collection, document_id = connection.database[kind], ObjectId(path.split("/")[-1])
    return lambda: collection.find_one({"_id": document_id})


@pytest.mark.parametrize("kind", KINDS)
class TestNothing:
    @pytest.mark.parametrize("verb", ["put", "patch"])
    def test_what_get_returned(self, client, path, stored, verb):
        before, returned = stored(), client.get(path)

        response = getattr(client, verb)(path, returned.json())

        assert (response.status_code, response.json()) == (200, returned.json())
        assert response["ETag"] == returned["ETag"]
        assert stored() == before

    def test_an_empty_object(self, client, path, stored):
        before = stored()

        assert client.patch(path, {}).json() == client.get(path).json()
        assert stored() == before

    def test_null_where_there_is_nothing(self, client, kind, path, stored):
        optional = {"exercises": "gifUrl", "routines": "notes", "history": "durationSeconds"}[kind]
        place = {"_id": stored()["_id"]}
        connection.database[kind].update_one(place, {"$unset": {optional: 1}})
        catalogue.__init__()
        before = stored()

        assert client.patch(path, {optional: None}).status_code == 200
        assert stored() == before

    def test_if_match_is_checked_all_the_same(self, client, kind, path):
        old = client.get(path)["ETag"]
        current = client.patch(path, CHANGES[kind])["ETag"]

        refused = client.patch(path, CHANGES[kind], headers={"If-Match": old})
        accepted = client.patch(path, CHANGES[kind], headers={"If-Match": current})

        assert (refused.status_code, refused["ETag"]) == (412, current)
        assert (accepted.status_code, accepted["ETag"]) == (200, current)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_a_412_carries_the_current_etag(client, kind, path, verb):
    etag = client.get(path)["ETag"]
    body = None if verb == "delete" else {**client.get(path).json(), **CHANGES[kind]}

    refused = getattr(client, verb)(path, body, headers={"If-Match": '"x"'})

    assert (refused.status_code, refused["ETag"]) == (412, etag)


@pytest.mark.parametrize("kind", ["routines", "history"])
@pytest.mark.parametrize("change", [{"sets": 4}, {"weight": 60.5}])
def test_a_changed_entry_is_written(client, path, change):
    (entry,) = client.get(path).json()["exercises"]

    patched = client.patch(path, {"exercises": [{**entry, **change}]})

    assert patched.json()["exercises"] == [{**entry, **change}]
    assert client.patch(path, {"exercises": []}).json()["exercises"] == []


@pytest.mark.parametrize("kind", ["exercises"])
def test_an_exercise_is_compared_with_what_is_stored_and_not_with_an_older_copy(
    client, path, monkeypatch
):
    monkeypatch.setattr("exercises.catalogue.MAX_AGE", 60)
    client.get(path)
    # Another process writes what follows.
    changes = {"level": "expert", "changedIn": 1}
    Exercise.objects.documents.update({"_id": ObjectId(path.split("/")[-1])}, changes)
    connection.database["catalogue"].insert_one({"_id": "exercises", "version": 1})

    assert client.patch(path, {"level": None}).json()["level"] is None
    assert Exercise.objects.get().level is None
