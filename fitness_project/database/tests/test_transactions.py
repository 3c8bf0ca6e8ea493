"""A transaction that runs out of time is over: it locks nobody out."""

import time

import pymongo
import pytest
from django.db import connection
from pymongo.errors import PyMongoError

from fitness_project.database.deadline import Deadline
from fitness_project.database.transactions import transactional
from fitness_project.errors import InUse


@pytest.fixture
def probes(db):
    connection.ensure_connection()
    collection = connection.database["probe"]
    collection.delete_many({})
    collection.insert_one({"_id": 1})
    yield collection
    collection.drop()


@transactional
def write_and_run_out_of_time(probes, error):
    probes.update_one({"_id": 1}, {"$set": {"by": "late"}}, session=connection.session)
    time.sleep(0.4)
    if error:
        raise error
    probes.update_one({"_id": 1}, {"$set": {"by": "later"}}, session=connection.session)


@pytest.mark.parametrize("error", [None, InUse("It is in use.")])
def test_a_transaction_past_its_deadline_leaves_its_documents_free(probes, error):
    with pytest.raises((PyMongoError, InUse)), Deadline(0.3):
        write_and_run_out_of_time(probes, error)

    with pymongo.timeout(5):
        probes.update_one({"_id": 1}, {"$set": {"by": "next"}})

    assert probes.find_one()["by"] == "next"
