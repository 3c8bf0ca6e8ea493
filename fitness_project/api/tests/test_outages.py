"""Unexpected errors and outages of the database are problems, too."""

import pytest
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from accounts.models import User
from fitness_project.documents.collection import Documents

ROUTINES = "/api/routines"


@pytest.mark.parametrize("outage", [ServerSelectionTimeoutError("gone"), AutoReconnect("gone")])
def test_an_unreachable_database_is_a_503(api, monkeypatch, outage):
    monkeypatch.setattr(Documents, "fetch", raising(outage))

    response = api.get(ROUTINES)

    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert response.json()["code"] == "unavailable"


def test_readyz_fails_without_the_database_and_healthz_does_not(db, client, monkeypatch):
    monkeypatch.setattr(
        "pymongo.collection.Collection.find_one", raising(ServerSelectionTimeoutError("gone"))
    )

    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_an_unexpected_error_is_logged_but_not_revealed(api, monkeypatch, caplog):
    monkeypatch.setattr(Documents, "fetch", raising(RuntimeError("the secret cause")))

    response = api.get(ROUTINES, HTTP_X_REQUEST_ID="find-me")

    assert response.status_code == 500
    assert response.json()["requestId"] == "find-me"
    assert "secret cause" not in response.content.decode()
    assert "the secret cause" in caplog.text


def test_the_admin_returns_503_without_the_database(client, ann, monkeypatch):
    ann.is_staff = ann.is_superuser = True
    ann.save()
    client.force_login(ann)
    client.raise_request_exception = False
    monkeypatch.setattr(
        "pymongo.collection.Collection.aggregate", raising(ServerSelectionTimeoutError("gone"))
    )

    assert client.get("/admin/").status_code == 503
    assert User.objects.documents.collection.count_documents({}) == 1


def raising(error):
    def fail(*args, **kwargs):
        raise error

    return fail
