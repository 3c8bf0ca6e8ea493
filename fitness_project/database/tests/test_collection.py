"""Writes of many documents on the embedded server: what they do wrong, and what keeps it off."""

import time
from concurrent.futures import ThreadPoolExecutor

import pymongo
import pytest

from fitness_project.database.embedded import lease
from fitness_project.database.embedded.client import LeasedClient
from fitness_project.database.embedded.collection import MendedCollection

from .conftest import is_alive, wait_until

WRITES = {
    "update_many": ({"_id": 1}, {"$set": {"by": "outsider"}}),
    "delete_many": ({"_id": 1},),
}


@pytest.fixture
def gym(tmp_path):
    with LeasedClient(tmp_path) as client:
        yield MendedCollection(client["gym"], "log")
    lease.release(tmp_path)


@pytest.mark.parametrize("write", WRITES)
def test_a_write_of_many_documents_holds_up_no_transaction(gym, write):
    gym.insert_many([{"_id": 1}, {"_id": 2}])

    with (
        ThreadPoolExecutor() as pool,
        pymongo.timeout(5),
        gym.database.client.start_session() as session,
        session.start_transaction(),
    ):
        gym.update_one({"_id": 1}, {"$set": {"by": "insider"}}, session=session)
        outsider = pool.submit(getattr(gym, write), *WRITES[write])
        time.sleep(0.3)
        gym.update_one({"_id": 2}, {"$set": {"by": "insider"}}, session=session)
        session.commit_transaction()
        outsider.result(5)

    assert gym.find_one({"_id": 2})["by"] == "insider"
    assert (gym.find_one({"_id": 1}) or {}).get("by") != "insider"


def test_in_a_transaction_it_is_part_of_that_one(gym):
    gym.insert_many([{"_id": 1}, {"_id": 2}])

    with gym.database.client.start_session() as session, session.start_transaction():
        gym.delete_many({}, session=session)
        session.abort_transaction()

    assert gym.count_documents({}) == 2


def test_a_server_whose_writers_wait_for_one_another_is_started_again(place):
    """Plain collections, as nobody here uses them. When this server needs no rescue any more,
    `MendedCollection` can leave such writes alone."""
    ann, bob = place.user(), place.user()
    bob.does("gym.insert_many([{'_id': 1}, {'_id': 2}]).acknowledged")
    ann.does("(session := client.start_session()).start_transaction() and None")
    ann.does("gym.update_one({'_id': 1}, {'$set': {'by': 'ann'}}, session=session).modified_count")
    stuck = place.pid("server")

    with ThreadPoolExecutor() as pool:
        pool.submit(bob.does, "gym.update_many({}, {'$set': {'by': 'bob'}}).modified_count")
        time.sleep(0.3)
        pool.submit(ann.does, "gym.update_one({'_id': 2}, {'$set': {}}, session=session)")
        wait_until(lambda: not is_alive(stuck), seconds=20)

    assert place.user().does("gym.update_many({}, {'$set': {'by': 'cat'}}).modified_count") == 2
