"""The commands that calls of the API send with MONGODB_URI set.

An embedded server stands in for MongoDB; the process that calls it uses the stock engine.
"""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from fitness_project.database.embedded import lease

CALLS = """
import json, sys
import django
from bson import json_util
from pymongo import monitoring

django.setup()
from django.conf import settings
from django.core.management import call_command
from rest_framework.test import APIClient

class Sent(monitoring.CommandListener):
    commands = []
    def started(self, event):
        if event.command_name not in ("ping", "hello", "endSessions"):
            self.commands.append(event.command)
    def succeeded(self, event):
        pass
    failed = succeeded

monitoring.register(Sent())
settings.ALLOWED_HOSTS += ["testserver"]
call_command("migrate", verbosity=0)

from exercises.catalogue import catalogue
from exercises.audit.operations import Kind, Operation
from exercises.services import create_exercise
exercise = create_exercise(Operation(Kind.COMMAND), {"name": "Bench Press"})["_id"]
client = APIClient()
made = client.post("/api/auth/register", {"email": "a@example.com", "password": "correct horse 9"})
client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.json()['access']}")
entry = {"exerciseId": str(exercise), "sets": 3, "reps": 8, "weight": 60}
SESSION = {"date": "2026-05-01T10:00:00Z", "exercises": [entry]}
session = client.post("/api/history", SESSION)["Location"]
CALLS = {
    "POST": lambda: client.post("/api/history", SESSION),
    "GET": lambda: client.get(session),
    "PATCH": lambda: client.patch(session, {"notes": "x"}),
    "newest page": lambda: client.get("/api/history?pageSize=2"),
    "from": lambda: client.get("/api/history?from=2026-01-01T00:00:00Z"),
}
sent = {}
for name, call in CALLS.items():
    catalogue.current()
    catalogue._checked += 60
    Sent.commands.clear()
    response = call()
    assert response.status_code < 300, response.content
    sent[name] = [dict(command) for command in Sent.commands]
print(json_util.dumps({
    "sent": sent, "modules": [name for name in sys.modules if "database.embedded" in name]
}, json_options=json_util.RELAXED_JSON_OPTIONS))
"""
FIRST = {"date": -1, "_id": -1}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    """What each call sends, and what the process has imported."""
    var_dir = tmp_path_factory.mktemp("stock-engine")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "fitness_project.settings",
        "VAR_DIR": str(var_dir),
        "MONGODB_URI": lease.acquire(var_dir),
    }
    done = subprocess.run(
        [sys.executable, "-c", CALLS],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    lease.release(var_dir)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_of_the_embedded_database_is_imported(deployment):
    assert deployment["modules"] == []


def test_a_page_is_one_find_as_written(deployment):
    (newest,) = deployment["sent"]["newest page"]
    (since,) = deployment["sent"]["from"]

    assert (newest["sort"], newest["limit"]) == (FIRST, 3)
    assert list(newest["filter"]) == ["userId", "date"]
    assert newest["filter"]["date"] == {"$gte": {"$date": "1970-01-01T00:00:00Z"}}
    assert since["filter"]["date"] == {"$gte": {"$date": "2026-01-01T00:00:00Z"}}
    assert since["sort"] == FIRST


def test_one_document_is_found_by_its_id_and_its_owner(deployment):
    (find,) = deployment["sent"]["GET"]

    assert list(find["filter"]) == ["_id", "userId"]


def test_a_write_is_one_command_and_a_change_reads_first(deployment):
    sent = {
        name: [next(iter(command)) for command in sent] for name, sent in deployment["sent"].items()
    }

    assert sent["POST"] == ["insert"]
    assert sent["PATCH"] == ["find", "update"]
