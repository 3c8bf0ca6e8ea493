"""Unexpected errors and outages of the database are problems, too."""

import pytest
from bson import ObjectId
from django.db import DatabaseError
from pymongo.errors import (
    AutoReconnect,
    NetworkTimeout,
    OperationFailure,
    ServerSelectionTimeoutError,
)

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


def conflict_past_the_deadline():
    """As PyMongo raises it when there is no time left to run a transaction again."""
    late = NetworkTimeout("timed out")
    late.__cause__ = OperationFailure("write conflict", 112)
    return late


def conflict_in_the_orm():
    wrapped = DatabaseError("write conflict")
    wrapped.__cause__ = OperationFailure("write conflict", 112)
    return wrapped


@pytest.mark.parametrize(
    "error",
    [
        OperationFailure("write conflict", 112),
        OperationFailure("lock timeout", 24, {"errorLabels": ["TransientTransactionError"]}),
        conflict_past_the_deadline(),
        conflict_in_the_orm(),
    ],
)
def test_a_lasting_write_conflict_is_a_409(api, monkeypatch, error):
    monkeypatch.setattr(Documents, "find", raising(error))

    response = api.patch(f"{ROUTINES}/{ObjectId()}", {"name": "Push Day"})

    assert response.status_code == 409
    assert response.json()["code"] == "conflict"


def test_a_late_reply_of_a_database_that_responds_means_that_the_service_is_busy(
    api, monkeypatch, caplog
):
    monkeypatch.setattr(Documents, "fetch", raising(NetworkTimeout("timed out")))

    response = api.get(ROUTINES)

    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert response.json()["code"] == "busy"
    assert "The service is busy" in caplog.text
    assert "can't be reached" not in caplog.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_checks_may_use_any_host_name(db, client, path):
    assert client.get(path, HTTP_HOST="10.1.2.3:8000").status_code == 200
    assert client.get("/api/docs", HTTP_HOST="10.1.2.3:8000").status_code == 400


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
