"""An import that is killed again and again ends as if it had not been."""

import os
import random
import sys
import time

import pytest

from fitness_project.tests.processes import children, kill_all, wait_until

from .place import KEPT_WORKER, SHORT_LEASES, Place

pytestmark = pytest.mark.timeout(300)

KILLS = int(os.environ.get("FAULT_ROUNDS", "8"))
CHANGED, NEW = 150, 150
# About as long as a part takes.
PART_SECONDS = 0.1
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
IMPORT = f"""
import json
from bson import ObjectId
from exercises.audit.operations import Kind, Operation
from exercises.importing import stored
from exercises.importing.applying import confirm
from exercises.services import store_exercises

stored.PART_ROWS = 5
names = [f"Exercise {{number}}" for number in range({CHANGED + NEW})]
store_exercises(Operation(Kind.COMMAND), [{{"name": name}} for name in names[:{CHANGED}]], [])
rows = [{{"name": name, "level": "expert"}} for name in names]
import_id = stored.start_import(json.dumps(rows).encode(), "exercises.json", ObjectId())
confirm(import_id, ObjectId(), stored.preview(import_id).plan.every_change())
"""


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path / "var")
    yield place
    place.clear()


def test_every_row_is_imported_once(place):
    place.run(PREPARE, IMPORT)
    keeper = place.start(SHORT_LEASES, KEPT_WORKER)
    kills = 0

    while kills < KILLS and wait_for_more(place):
        time.sleep(random.uniform(0, PART_SECONDS))
        kill_all(children(keeper.pid))
        kills += 1
    wait_until(place.has_ended)

    sys.stdout.write(f"{kills} kills\n")
    assert kills > KILLS / 2
    assert place.task()["attempts"] == 0
    assert place.database["exercises"].count_documents({}) == CHANGED + NEW
    assert len({each["name"] for each in imported(place)}) == CHANGED + NEW
    assert_it_is_logged_once(place)


def imported(place):
    return list(place.database["exercises"].find({"level": "expert"}))


def wait_for_more(place):
    """Returns False if the import ended before."""
    before = len(imported(place))
    wait_until(lambda: len(imported(place)) > before or place.has_ended())
    return not place.has_ended()


def assert_it_is_logged_once(place):
    (stored,) = place.database["catalogueImports"].find()
    (operation,) = place.database["catalogueOperations"].find({"_id": stored["_id"]})
    assert stored["status"] == "done"
    assert operation["counts"] == {"add": NEW, "change": CHANGED}
    changes = list(place.database["catalogueChanges"].find({"operation": stored["_id"]}))
    assert len({change["exerciseId"] for change in changes}) == len(changes) == CHANGED + NEW
