"""What the service does behind mongos, shown with a stand-in (see `mongos`)."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from fitness_project.database.embedded import lease

from .mongos import Mongos

CHOOSE_IDS = """
import json
import django
from bson import ObjectId
from pymongo import monitoring

django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from rest_framework.test import APIClient

class Sent(monitoring.CommandListener):
    commands = []
    def started(self, event):
        self.commands.append(event.command)
    def succeeded(self, event):
        pass
    failed = succeeded

monitoring.register(Sent())
settings.ALLOWED_HOSTS += ["testserver"]
call_command("migrate", verbosity=0)

def user(email):
    client = APIClient()
    made = client.post("/api/auth/register", {"email": email, "password": "correct horse 9"})
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made.json()['access']}")
    return client

from exercises.catalogue import catalogue

ann, bob = user("ann@example.com"), user("bob@example.com")
SESSION = {"date": "2026-05-01T10:00:00Z", "exercises": []}
chosen, generated = str(ObjectId()), ann.post("/api/history", SESSION).json()["id"]
catalogue.current()
catalogue._checked += 60
Sent.commands.clear()
statuses = [ann.post("/api/history", {"id": chosen, **SESSION}).status_code]
sent = [(name := next(iter(command)), command[name]) for command in Sent.commands]
reserved = connection.database["chosenIds"].count_documents({})
statuses += [
    bob.post("/api/history", {"id": chosen, **SESSION}).status_code,
    bob.post("/api/history", {"id": generated, **SESSION}).status_code,
    ann.post("/api/history", {"id": chosen, **SESSION}).status_code,
    ann.delete(f"/api/history/{chosen}").status_code,
    ann.post("/api/history", {"id": chosen, **SESSION}).status_code,
    ann.delete("/api/auth/me", {"password": "correct horse 9"}).status_code,
]
left = connection.database["chosenIds"].count_documents({})
print(json.dumps({"statuses": statuses, "sent": sent, "reserved": reserved, "left": left}))
"""


@pytest.fixture
def mongos(tmp_path):
    uri = lease.acquire(tmp_path)
    mongos = Mongos(int(uri.partition("127.0.0.1:")[2].partition("/")[0]))
    yield mongos
    mongos.close()
    lease.release(tmp_path)


def run(port, *arguments):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "fitness_project.settings",
        "MONGODB_URI": f"mongodb://127.0.0.1:{port}/?directConnection=true",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_id_that_a_client_chose_is_reserved_and_looked_up_on_all_shards(mongos):
    done = run(mongos.port, "-c", CHOOSE_IDS)

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["sent"] == [
        ["insert", "chosenIds"],
        ["find", "history"],
        ["insert", "history"],
    ]
    assert (result["reserved"], result["left"]) == (1, 0)
    assert result["statuses"] == [201, 409, 409, 409, 204, 201, 204]


def _without_session(command):
    return {name: value for name, value in command.items() if name not in ("lsid", "$clusterTime")}


def test_users_documents_are_sharded_by_user(mongos):
    too_early = run(mongos.port, "manage.py", "shard_collections")
    run(mongos.port, "manage.py", "migrate")
    runs = [run(mongos.port, "manage.py", "shard_collections") for _ in range(2)]

    assert "isn't migrated" in too_early.stderr
    assert [done.returncode for done in runs] == [0, 0], runs[0].stderr
    first, again = mongos.commands[:3], mongos.commands[3:]
    assert list(map(_without_session, first)) == list(map(_without_session, again))
    sharded = {c["shardCollection"]: c["key"] for c in mongos.commands if "shardCollection" in c}
    assert sharded == {"fitness.routines": {"userId": 1}, "fitness.history": {"userId": 1}}


def test_without_mongos_the_command_says_why_nothing_is_sharded(mongos):
    done = run(mongos.target, "manage.py", "shard_collections")

    assert done.returncode == 1
    assert "isn't a sharded cluster" in done.stderr
    assert mongos.commands == []
