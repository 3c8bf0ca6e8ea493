"""A database that the first version wrote, after this version has migrated it.

`data/version_1.json.gz` has its documents and indexes, and some responses of that version.
"""

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bson import json_util
from django.conf import settings
from django.db import connection
from pymongo import MongoClient

from fitness_project.database.embedded import lease

RECORDED = Path(__file__).parent / "data" / "version_1.json.gz"
SECRET_KEY = "the key with which the recorded data was written"
PASSWORD = "correct horse 9"

CALLS = """
import json, sys
import django

django.setup()
from django.conf import settings
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

settings.ALLOWED_HOSTS += ["testserver"]
recorded = json.load(sys.stdin)
ann = APIClient()
login = {"email": "ann@example.com", "password": "correct horse 9"}
access = ann.post("/api/auth/login", login, format="json").json()["access"]
ann.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")

def get(path):
    response = ann.get(path)
    return {"json": response.json(), "etag": response["ETag"]}

def post(key, body):
    return ann.post("/api/history", body, format="json", headers={"Idempotency-Key": key})

def ids(path):
    return [row["id"] for row in ann.get(path).json()["results"]]

browser = Client()
browser.cookies["sessionid"] = recorded["browser"]
living = recorded["living_key"]
repeated = post(living["key"], living["body"])
feed = ann.get("/api/sync").json()
print(json.dumps({
    "documents": {path: get(path) for path in recorded["documents"]},
    "routines": ids("/api/routines"),
    "history": ids("/api/history"),
    "by_exercise": ids(f"/api/history?exerciseId={recorded['pull_ups'][0]}"),
    "exercises": ids("/api/exercises"),
    "repeated": [repeated.status_code, repeated.json()["id"]],
    "deleted_key": post(recorded["deleted_key"], living["body"]).status_code,
    "gone": [
        ann.get(f"/api/{kind}/{document_id}").status_code
        for kind, deleted in recorded["deleted"].items()
        for document_id in deleted
    ],
    "feed": {"changes": sorted(row["id"] for row in feed["changes"]["history"]),
             "deleted": {kind: feed["deleted"][kind] for kind in recorded["deleted"]}},
    "foreign": ann.get(f"/api/history/{recorded['bobs']}").status_code,
    "browser": browser.get("/admin/").status_code,
    "indexes": {name: sorted(connection.database[name].index_information())
                for name in ("routines", "history")},
}))
"""


def recorded_data():
    return json.loads(gzip.decompress(RECORDED.read_bytes()))


@pytest.fixture(scope="module")
def recorded():
    return recorded_data()


@pytest.fixture(scope="module")
def upgraded(recorded, tmp_path_factory):
    """What this version responds after it has migrated that database."""
    var_dir = tmp_path_factory.mktemp("upgrade")
    with MongoClient(lease.acquire(var_dir), tz_aware=True) as client:
        restore(client["fitness"], recorded["collections"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "fitness_project.settings",
        "VAR_DIR": str(var_dir),
        "SECRET_KEY": SECRET_KEY,
    }
    environment.pop("MONGODB_URI", None)
    run(environment, "manage.py", "migrate")
    done = run(environment, "-c", CALLS, input=json.dumps(recorded))
    lease.release(var_dir)
    return json.loads(done.stdout)


def restore(database, collections):
    for name, collection in json_util.loads(json.dumps(collections)).items():
        stored = database.create_collection(name)
        for index, options in collection["indexes"].items():
            keys = [tuple(key) for key in options.pop("key")]
            options.pop("v", None)
            stored.create_index(keys, name=index, **options)
        if documents := [unexpired(document) for document in collection["documents"]]:
            stored.insert_many(documents)


def unexpired(document):
    """The recorded dates may have passed, after which the database deletes the document."""
    present = datetime.now(UTC)
    for name, shift in (("deletedAt", -1), ("expiresAt", 1), ("expire_date", 1)):
        if name in document:
            document[name] = present + timedelta(hours=shift)
    return document


def run(environment, *arguments, **options):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_every_document_is_what_it_was_at_the_same_etag(upgraded, recorded):
    for document in upgraded["documents"].values():
        assert document["etag"] == f'"{document["json"].pop("revision")}"'
    assert upgraded["documents"] == recorded["documents"]


def test_lists_have_the_living_documents_alone(upgraded, recorded):
    listed = {f"/api/{kind}/{each}" for kind in ("routines", "history") for each in upgraded[kind]}

    assert listed == set(recorded["documents"])
    assert set(upgraded["by_exercise"]) == set(upgraded["history"])


def test_deleted_documents_stay_deleted(upgraded):
    assert set(upgraded["gone"]) == {404}
    assert upgraded["foreign"] == 404


def test_the_feed_reports_what_was_deleted(upgraded, recorded):
    reported = {kind: set(ids) for kind, ids in upgraded["feed"]["deleted"].items()}

    for kind, ids in recorded["deleted"].items():
        assert set(ids) <= reported[kind]
    assert upgraded["feed"]["changes"] == sorted(upgraded["history"])


def test_retries_find_what_they_created(upgraded, recorded):
    assert upgraded["repeated"] == [201, recorded["living_key"]["id"]]
    assert upgraded["deleted_key"] == 410


def test_exercises_whose_names_are_the_same_now_stay(upgraded, recorded):
    assert set(recorded["pull_ups"]) <= set(upgraded["exercises"])


def test_a_browser_stays_signed_in(upgraded):
    assert upgraded["browser"] == 200


@pytest.mark.django_db
def test_the_indexes_are_those_of_a_new_database(upgraded):
    for name, indexes in upgraded["indexes"].items():
        assert indexes == sorted(connection.database[name].index_information())
