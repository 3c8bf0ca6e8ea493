"""A transaction that runs out of time is over: it locks nobody out."""

import time

import pymongo
import pytest
from django.db import connection
from pymongo.errors import PyMongoError

from fitness_project.database.transactions import transactional


@pytest.fixture
def probes(db):
    connection.ensure_connection()
    collection = connection.database["probe"]
    collection.delete_many({})
    collection.insert_one({"_id": 1})
    yield collection
    collection.drop()


@transactional
def write_and_run_out_of_time(probes):
    probes.update_one({"_id": 1}, {"$set": {"by": "late"}}, session=connection.session)
    time.sleep(0.4)
    probes.update_one({"_id": 1}, {"$set": {"by": "later"}}, session=connection.session)


def test_a_transaction_past_its_deadline_leaves_its_documents_free(probes):
    with pytest.raises(PyMongoError), pymongo.timeout(0.3):
        write_and_run_out_of_time(probes)

    with pymongo.timeout(5):
        probes.update_one({"_id": 1}, {"$set": {"by": "next"}})

    assert probes.find_one()["by"] == "next"
