"""`revision`: clients write routines and sessions conditionally without a GET first."""

import json

import pytest
from bson import ObjectId
from django.db import connection

from history.models import Session
from history.tests.factories import SessionFactory
from routines.models import Routine
from routines.tests.factories import RoutineFactory

pytestmark = pytest.mark.django_db

KINDS = {"routines": (Routine, RoutineFactory), "history": (Session, SessionFactory)}


@pytest.fixture(params=KINDS)
def name(request):
    return request.param


@pytest.fixture
def document(ann, name):
    return KINDS[name][1](user=ann)


@pytest.fixture
def path(name, document):
    return f"/api/{name}/{document.pk}"


def rows(api, name):
    """The document as each of the calls that return many returns it."""
    (row,) = api.get(f"/api/{name}").json()["results"]
    (changed,) = api.get("/api/sync").json()["changes"][name]
    (exported,) = json.loads(api.get("/api/auth/export").getvalue())[name]
    return row, changed, exported


def test_it_is_the_etag_without_quotation_marks_wherever_the_document_is_returned(api, name, path):
    single = api.get(path)

    revisions = [each["revision"] for each in (single.json(), *rows(api, name))]

    assert revisions == [single["ETag"].strip('"')] * 4


def test_a_write_with_it_succeeds_until_the_document_changes(api, name, path):
    row, _, _ = rows(api, name)
    known = {"If-Match": f'"{row["revision"]}"'}

    first = api.patch(path, {"notes": "light"}, headers=known)
    second = api.patch(path, {"notes": "heavy"}, headers=known)

    assert (first.status_code, second.status_code) == (200, 412)
    assert f'"{first.json()["revision"]}"' == first["ETag"] == api.get(path)["ETag"]


@pytest.mark.parametrize("sent", ["as read", "5f0000000000000000000001", "", 5, None])
def test_it_may_be_sent_back_and_changes_nothing(api, path, sent):
    before = api.get(path).json()
    body = before if sent == "as read" else {**before, "revision": sent}

    responses = [api.put(path, body), api.patch(path, {"revision": body["revision"]})]

    assert [each.json() for each in responses] == [before] * 2


def test_a_new_document_never_takes_the_revision_that_its_body_has(api, name, path):
    body = {k: v for k, v in api.get(path).json().items() if k != "id"}

    created = api.post(f"/api/{name}", {**body, "revision": "5f0000000000000000000001"})

    assert created.status_code == 201
    assert created["ETag"] == f'"{created.json()["revision"]}"' != '"5f0000000000000000000001"'


def test_a_document_that_another_program_stored_without_one_has_its_id(api, name, path, document):
    stored = connection.database[KINDS[name][0]._meta.db_table]
    stored.update_one({"_id": ObjectId(document.pk)}, {"$unset": {"revision": 1}})

    revisions = [each["revision"] for each in (api.get(path).json(), *rows(api, name))]

    assert revisions == [str(document.pk)] * 4
