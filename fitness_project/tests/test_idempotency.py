"""A POST that is sent again creates nothing twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from bson import ObjectId
from django.db import connection

from accounts.models import User
from conftest import client_of
from exercises import services
from exercises.tests.factories import ExerciseFactory, entry, some_operation

KEY = "tap-1"
PATHS = ("/api/routines", "/api/history")
NAMES = {"/api/routines": "routines", "/api/history": "history"}

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("path", PATHS)]


@pytest.fixture
def body(path, bench_press):
    common = {"exercises": [entry(bench_press)], "notes": "heavy"}
    required = {"/api/routines": {"name": "Push"}, "/api/history": {"date": "2026-05-01T10:00:00Z"}}
    return {**common, **required[path]}


def post(client, path, body, key=KEY):
    return client.post(path, body, headers={"Idempotency-Key": key})


def count(path):
    return connection.database[NAMES[path]].count_documents({})


def test_the_same_key_and_body_return_the_document_created_the_first_time(api, path, body):
    first = post(api, path, body)

    again = post(api, path, dict(reversed(body.items())))

    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert count(path) == 1


def test_a_retry_returns_the_document_as_it_is_now(api, path, body):
    first = post(api, path, body)
    api.patch(first["Location"], {"notes": "light"})

    assert post(api, path, body).json()["notes"] == "light"


def test_the_same_key_with_another_body_is_a_422(api, path, body):
    post(api, path, body)

    for other in ({**body, "notes": "light"}, {**body, "notes": 5}):
        refused = post(api, path, other)
        assert refused.status_code == 422
        assert refused.json()["code"] == "idempotency_key_reused"
        assert refused.json()["errors"] == []
    assert count(path) == 1


def test_a_retry_succeeds_after_its_exercise_is_archived(api, path, body, bench_press):
    first = post(api, path, body)
    services.change_exercise(some_operation(), bench_press.pk, {"isArchived": True})

    again = post(api, path, body)

    assert (again.status_code, again.json()) == (201, first.json())


def test_a_retry_succeeds_after_the_limit_of_routines_is_reached(api, ann, path, body):
    first = post(api, path, body)
    User.objects.documents.update({"_id": ann.pk}, {"routines": [ObjectId() for _ in range(500)]})

    again = post(api, path, body)

    assert (again.status_code, again.json()) == (201, first.json())


def test_a_retry_after_a_deletion_is_a_410_and_creates_nothing(api, path, body):
    first = post(api, path, body)
    api.delete(first["Location"])

    again = post(api, path, body)

    assert (again.status_code, again.json()["code"]) == (410, "gone")
    assert api.get(path).json()["results"] == []


def test_a_retry_with_a_chosen_id_is_a_410_even_after_an_undo(api, path, body):
    chosen = {**body, "id": TestAChosenId.ID}
    first = post(api, path, chosen)
    api.delete(first["Location"])

    assert post(api, path, chosen).status_code == 410
    assert api.post(path, {**chosen, "notes": "back"}).status_code == 201
    assert post(api, path, chosen).status_code == 410
    assert [row["notes"] for row in api.get(path).json()["results"]] == ["back"]


def test_after_a_deletion_another_body_is_a_410_too(api, path, body):
    first = post(api, path, body)
    api.delete(first["Location"])

    assert post(api, path, {**body, "notes": "light"}).status_code == 410


def test_a_body_nested_too_deeply_is_a_400(api, path, body):
    nested = "[" * 500 + "]" * 500

    refused = api.generic(
        "POST", path, nested, "application/json", headers={"Idempotency-Key": KEY}
    )

    assert refused.status_code == 400


def test_an_invalid_body_does_not_use_up_the_key(api, path, body):
    assert post(api, path, {**body, "exercises": {}}).status_code == 400

    assert post(api, path, body).status_code == 201


def test_two_users_may_use_the_same_key(api, stranger, path, body):
    post(api, path, body)

    other = post(stranger, path, body)

    assert other.status_code == 201
    assert "Idempotent-Replayed" not in other
    assert count(path) == 2


@pytest.mark.parametrize("key", ["", "a b", "ü", "x" * 256])
def test_an_invalid_key_is_a_400(api, path, body, key):
    refused = post(api, path, body, key)

    assert refused.status_code == 400
    assert "1 to 255 visible ASCII characters" in refused.json()["detail"]
    assert post(api, path, body, "!" + "~" * 254).status_code == 201


def test_many_simultaneous_posts_create_one_document(ann, path, body):
    with ThreadPoolExecutor(8) as threads:
        responses = list(threads.map(lambda _: post(client_of(ann), path, body), range(16)))

    assert {response.status_code for response in responses} == {201}
    assert len({response.json()["id"] for response in responses}) == 1
    assert sum("Idempotent-Replayed" not in response for response in responses) == 1
    assert count(path) == 1


class TestAChosenId:
    ID = "5f00000000000000000000aa"

    def test_it_becomes_the_documents_id(self, api, path, body):
        created = api.post(path, {**body, "id": self.ID.upper()})

        assert (created.status_code, created.json()["id"]) == (201, self.ID)
        assert api.get(f"{path}/{self.ID}").json() == created.json()

    def test_it_can_be_used_only_once(self, api, path, body):
        api.post(path, {**body, "id": self.ID})

        refused = api.post(path, {**body, "id": self.ID, "notes": "light"})

        assert (refused.status_code, refused.json()["code"]) == (409, "taken")
        assert api.get(f"{path}/{self.ID}").json()["notes"] == "heavy"

    def test_another_users_id_is_taken_and_reveals_nothing(self, api, stranger, path, body):
        api.post(path, {**body, "id": self.ID})

        refused = stranger.post(path, {**body, "id": self.ID})

        assert (refused.status_code, refused.json()["code"]) == (409, "taken")
        assert "heavy" not in refused.content.decode()
        assert "errors" not in refused.json()

    def test_it_can_be_used_again_after_a_deletion(self, api, stranger, path, body):
        api.post(path, {**body, "id": self.ID})
        api.delete(f"{path}/{self.ID}")

        assert stranger.post(path, {**body, "id": self.ID}).status_code == 409
        again = post(api, path, {**body, "id": self.ID, "notes": "light"})

        assert (again.status_code, again.json()["notes"]) == (201, "light")
        assert count(path) == 1
        if path == "/api/routines":
            assert api.get("/api/auth/me").json()["routines"] == [self.ID]

    @pytest.mark.parametrize("invalid", [None, "", "5f", 5, "z" * 24])
    def test_an_invalid_id_is_a_400(self, api, path, body, invalid):
        refused = api.post(path, {**body, "id": invalid})

        assert refused.status_code == 400
        assert [error["pointer"] for error in refused.json()["errors"]] == ["/id"]

    def test_a_key_distinguishes_a_retry_from_a_clash(self, api, path, body):
        post(api, path, {**body, "id": self.ID})

        assert post(api, path, {**body, "id": self.ID}).status_code == 201
        assert post(api, path, {**body, "id": self.ID}, "tap-2").status_code == 409


def test_the_key_of_a_deleted_document_does_not_stand_for_its_successor(api, path, body):
    chosen = {**body, "id": TestAChosenId.ID}
    post(api, path, chosen)
    api.delete(f"{path}/{TestAChosenId.ID}")

    assert post(api, path, chosen, "tap-2").status_code == 201
    assert post(api, path, chosen, "tap-2")["Idempotent-Replayed"] == "true"


def test_internal_fields_are_in_no_response(api, path, body):
    created = post(api, path, body)
    ExerciseFactory()

    for response in (created, api.get(created["Location"]), api.get(path), api.get("/api/sync")):
        assert "dempotency" not in response.content.decode()
