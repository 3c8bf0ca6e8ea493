"""A transaction that runs out of time ends, and blocks no other writer."""

import os
import time

import pymongo
import pytest
from django.db import connection
from pymongo.errors import NetworkTimeout, OperationFailure, PyMongoError

from fitness_project.database import deadline, transactions
from fitness_project.database.deadline import Deadline
from fitness_project.database.transactions import new_id, transactional
from fitness_project.errors import InUse

from .conftest import PATIENCE


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
def test_a_transaction_past_its_deadline_releases_its_documents(probes, error, monkeypatch):
    monkeypatch.setattr(deadline, "CLEANING_SECONDS", PATIENCE)

    with pytest.raises((PyMongoError, InUse)), Deadline(0.3):
        write_and_run_out_of_time(probes, error)

    with pymongo.timeout(PATIENCE):
        probes.update_one({"_id": 1}, {"$set": {"by": "next"}})

    assert probes.find_one()["by"] == "next"


def test_a_transaction_that_is_run_again_gets_the_same_ids(probes):
    runs = []

    @transactional
    def work():
        runs.append([new_id(), new_id()])
        if len(runs) < 3:
            error = PyMongoError("Another transaction has changed this document.")
            error._add_error_label("TransientTransactionError")
            raise error

    work()

    assert len(runs) == 3
    assert runs[0] == runs[1] == runs[2]
    assert len({*runs[0]}) == 2


def test_ids_of_other_transactions_and_outside_of_them_are_new(probes):
    ids = [transactional(new_id)(), transactional(new_id)(), new_id(), new_id()]

    assert len({*ids}) == 4


@pytest.mark.parametrize("error", [InUse("It is in use."), OperationFailure("no", 2)])
def test_a_transaction_that_was_aborted_leaves_no_session_to_end(probes, error, command_log):
    command_log.clear()

    with pytest.raises(type(error)):
        write_and_run_out_of_time(probes, error)
    transactions._cleaner.submit(int).result()

    sent = [name for name, _ in command_log]
    assert "abortTransaction" in sent
    assert "killSessions" not in sent


def test_the_session_of_a_lost_connection_is_ended(probes, command_log):
    command_log.clear()

    with pytest.raises(NetworkTimeout):
        write_and_run_out_of_time(probes, NetworkTimeout("timed out"))
    transactions._cleaner.submit(int).result()

    assert "killSessions" in [name for name, _ in command_log]


def test_a_forked_child_can_end_transactions_too(probes):
    transactions._cleaner.submit(int).result()  # Starts the thread, which a child doesn't have.

    child = os.fork()
    if child == 0:
        os._exit(transactions._cleaner.submit(int).result(PATIENCE))

    assert os.waitpid(child, 0)[1] == 0
