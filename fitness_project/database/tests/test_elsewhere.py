"""What a deployment with MONGODB_URI runs of the embedded engine's workarounds: nothing.

An embedded server stands in for MongoDB. The process that asks it doesn't know that.
"""

import json
import os
import subprocess
import sys

import pytest

from fitness_project.database.embedded import lease

from .conftest import PROJECT

DEPLOYMENT = """
import json, sys
from datetime import datetime
import django
from bson import json_util
from pymongo import ReturnDocument, monitoring

class Sent(monitoring.CommandListener):
    commands = []
    def started(self, event):
        self.commands.append(event.command)
    def succeeded(self, event):
        pass
    failed = succeeded

django.setup()
from django.db import connection
monitoring.register(Sent())
connection.ensure_connection()
Sent.commands.clear()
NOON, USER = datetime(2026, 3, 29, 12), 7
log = connection.get_collection("elsewhere")
log.find({"userId": USER, "date": {"$gte": NOON, "$lte": NOON}}).to_list()
log.find({"userId": USER}).sort([("date", -1), ("_id", -1)]).limit(21).to_list()
log.find_one_and_update({"_id": USER}, {"$inc": {"sets": 1}}, return_document=ReturnDocument.AFTER)
log.aggregate([{"$project": {"user": {"name": 1}}}]).to_list()
log.update_many({"userId": USER}, {"$set": {"sets": 1}})
parts = {"filter", "sort", "limit", "query", "update", "pipeline", "updates"}
print(json_util.dumps({
    "commands": [
        [name, *(command[part] for part in rest if part in parts)]
        for command in Sent.commands
        for name, *rest in [command]
    ],
    "modules": [name for name in sys.modules if "database.embedded" in name],
}))
"""
NOON = {"$date": "2026-03-29T12:00:00Z"}


@pytest.fixture
def deployment(embedded_dir):
    """What a process of such a deployment sends for five calls, and what it has imported."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "fitness_project.settings",
        "SECRET_KEY": "a key that is long enough for every test, and for nothing else at all",
        "MONGODB_URI": lease.acquire(embedded_dir),
        "MONGODB_NAME": "elsewhere",
    }
    done = subprocess.run(
        [sys.executable, "-c", DEPLOYMENT],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_of_the_embedded_database_is_imported(deployment):
    assert deployment["modules"] == []


def test_every_call_is_one_command_that_is_sent_as_written(deployment):
    inc = {"$inc": {"sets": 1}}
    change = {"q": {"userId": 7}, "u": {"$set": {"sets": 1}}, "multi": True, "upsert": False}

    assert deployment["commands"] == [
        ["find", {"userId": 7, "date": {"$gte": NOON, "$lte": NOON}}],
        ["find", {"userId": 7}, {"date": -1, "_id": -1}, 21],
        ["findAndModify", {"_id": 7}, inc],
        ["aggregate", [{"$project": {"user": {"name": 1}}}]],
        ["update", [change]],
    ]
