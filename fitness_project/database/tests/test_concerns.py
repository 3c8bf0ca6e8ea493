"""An acknowledged write is on a majority of the disks, and reads see nothing that may be undone."""

import pytest
from django.db import connection

from fitness_project.database.transactions import transactional


@pytest.fixture
def probes(db):
    connection.ensure_connection()
    collection = connection.database["probe"]
    yield collection
    collection.drop()


def test_writes_are_acknowledged_by_a_majority_and_reads_see_only_such(probes, command_log):
    command_log.clear()

    probes.insert_one({"_id": 1})
    probes.find_one({"_id": 1})

    commands = dict(command_log)
    assert commands["insert"]["writeConcern"] == {"w": "majority", "j": True}
    assert commands["find"]["readConcern"] == {"level": "majority"}
    assert connection.connection.read_preference.name == "Primary"


def test_so_do_transactions(probes, command_log):
    probes.insert_one({"_id": 1})
    command_log.clear()

    transactional(lambda: probes.update_one({"_id": 1}, {"$set": {}}, session=connection.session))()

    commands = dict(command_log)
    assert commands["update"]["readConcern"]["level"] == "majority"
    assert commands["commitTransaction"]["writeConcern"] == {"w": "majority", "j": True}
