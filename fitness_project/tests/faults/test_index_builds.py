"""An index over 60,000 sessions, whose building is killed again and again."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from bson import ObjectId
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from fitness_project.database.embedded import lease
from fitness_project.database.embedded.client import LeasedClient
from fitness_project.tests.processes import PATIENCE_SECONDS, wait_until

PROJECT = Path(__file__).resolve().parents[3]
SESSIONS, USERS, ENTRIES = 60_000, 300, 6
BY_EXERCISE = [("exercises.exerciseId", 1), ("userId", 1), ("date", -1)]
BY_DATE = [("userId", 1), ("date", -1), ("_id", -1)]
EXERCISES = [ObjectId() for _ in range(100)]
OWNERS = [ObjectId() for _ in range(USERS)]
START = datetime(2020, 1, 1)
BUILD = """
import sys
from pathlib import Path
from fitness_project.database.embedded.client import LeasedClient

with LeasedClient(Path(sys.argv[1])) as client:
    keys = [("exercises.exerciseId", 1), ("userId", 1), ("date", -1)]
    client["fitness"]["history"].create_index(keys, name="by_exercise")
"""
# Seconds until a kill. Alone on a machine, the building takes some 30 s.
KILLS = (0.5, 3, 6, 12, 20)

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture
def var_dir(tmp_path):
    yield tmp_path
    lease.release(tmp_path)


def session(number):
    entries = [
        {"exerciseId": EXERCISES[(number + n) % len(EXERCISES)], "sets": 3, "reps": 8}
        for n in range(ENTRIES)
    ]
    date = START + timedelta(hours=number)
    return {"userId": OWNERS[number % USERS], "date": date, "exercises": entries, "notes": None}


def fill(history):
    history.create_index(BY_DATE, name="by_date")
    for first in range(0, SESSIONS, 1_000):
        history.insert_many(session(number) for number in range(first, first + 1_000))


def building(var_dir):
    return subprocess.Popen(
        [sys.executable, "-c", BUILD, var_dir], cwd=PROJECT, stderr=subprocess.DEVNULL
    )


def server(var_dir):
    return json.loads((var_dir / "database.json").read_text())["server"]


def stored(history):
    return {found["_id"]: found for found in history.find()}


def test_kills_lose_no_session_and_no_index(var_dir):
    with LeasedClient(var_dir) as client:
        history = client["fitness"]["history"]
        fill(history)
        expected = stored(history)

        for number, seconds in enumerate(KILLS):
            build = building(var_dir)
            time.sleep(seconds)
            os.kill((build.pid, server(var_dir))[number % 2], signal.SIGKILL)
            build.wait(PATIENCE_SECONDS)
            wait_until(lambda: history.find_one({"_id": 0}) is None)
            new = session(number)
            history.insert_one(new)
            expected[new["_id"]] = new
        started = time.monotonic()
        assert building(var_dir).wait(900) == 0
        sys.stdout.write(f"the last attempt took {time.monotonic() - started:.1f} s\n")

        assert stored(history) == expected
        assert history.index_information().keys() == {"_id_", "by_date", "by_exercise"}
        found = history.count_documents({"exercises.exerciseId": EXERCISES[0]})
        assert found == sum(
            any(entry["exerciseId"] == EXERCISES[0] for entry in one["exercises"])
            for one in expected.values()
        )


def test_the_embedded_server_needs_the_workaround(var_dir):
    """When the server builds the index, `index_builds` can be removed."""
    with MongoClient(lease.acquire(var_dir)) as client:
        history = client["fitness"]["history"]
        fill(history)

        def create_index():
            with suppress(PyMongoError):
                history.create_index(BY_EXERCISE, name="by_exercise")

        build = threading.Thread(target=create_index)
        build.start()
        build.join(PATIENCE_SECONDS / 2)

        assert build.is_alive()
        os.kill(server(var_dir), signal.SIGKILL)
        build.join(PATIENCE_SECONDS)
