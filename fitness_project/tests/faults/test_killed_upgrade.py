"""The migration of a database with 60,000 sessions that the first version wrote, killed midway."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from bson import ObjectId
from django.conf import settings
from pymongo import MongoClient

from fitness_project.database.embedded import lease
from fitness_project.tests.processes import PATIENCE_SECONDS
from fitness_project.tests.test_upgrade import recorded_data, restore

SESSIONS, ENTRIES, TOMBSTONES = 60_000, 6, 1_200
# Seconds until a kill. Alone on a machine, the migration takes some 40 s.
KILLS = (1, 4, 12, 20)

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture
def var_dir(tmp_path):
    yield tmp_path
    lease.release(tmp_path)


def migration(var_dir):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "fitness_project.settings"}
    environment |= {"VAR_DIR": str(var_dir), "SECRET_KEY": "k" * 32}
    environment.pop("MONGODB_URI", None)
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def fill(history):
    """Copies of a recorded session and of a recorded tombstone."""
    living = history.find_one({"userId": {"$exists": True}, "idempotencyKey": None})
    dead = history.find_one({"deletedFor": {"$exists": True}, "idempotencyKey": None})
    entries = [*living["exercises"], *living["exercises"]][:1] * ENTRIES
    for first in range(0, SESSIONS, 1_000):
        dates = [living["date"] - timedelta(hours=first + n) for n in range(1_000)]
        history.insert_many(
            {**living, "_id": ObjectId(), "exercises": entries, "date": date} for date in dates
        )
    history.insert_many({**dead, "_id": ObjectId()} for _ in range(TOMBSTONES))


def stored(history):
    return {document["_id"]: document for document in history.find()}


def test_kills_lose_no_session_and_no_tombstone(var_dir):
    with MongoClient(lease.acquire(var_dir)) as client:
        history = client["fitness"]["history"]
        restore(client["fitness"], recorded_data()["collections"])
        fill(history)
        before = stored(history)

        for seconds in KILLS:
            run = migration(var_dir)
            time.sleep(seconds)
            run.send_signal(signal.SIGKILL)
            run.wait(PATIENCE_SECONDS)
        assert migration(var_dir).wait(900) == 0

        after = stored(history)
        assert after.keys() == before.keys()
        for document_id, old in before.items():
            owner = old.pop("deletedFor", None)
            moved = {"userId": owner, "updatedAt": old["deletedAt"]} if owner else {}
            assert after[document_id] == {**old, **moved}
