"""The embedded server when its writers wait for one another for ever."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pymongo import MongoClient
from pymongo.errors import NetworkTimeout

from fitness_project.database.tests.conftest import place
from fitness_project.tests.processes import have_ended, wait_until

__all__ = ["place"]

pytestmark = pytest.mark.timeout(300)

IMPATIENT = {"socketTimeoutMS": 2000, "retryWrites": False}


def test_a_server_whose_writers_wait_for_one_another_is_started_again(place):
    """With plain collections, which nobody here uses. Once this server needs no rescue any more,
    our own collections can leave such writes as they are."""
    ann, bob = place.user(), place.user()
    bob.does("gym.insert_many([{'_id': 1}, {'_id': 2}]).acknowledged")
    ann.does("(session := client.start_session()).start_transaction() and None")
    ann.does("gym.update_one({'_id': 1}, {'$set': {'by': 'ann'}}, session=session).modified_count")
    bob.does("(plain := __import__('pymongo').MongoClient(uri)['gym']['log']).name")
    stuck = place.pid("server")

    with ThreadPoolExecutor() as pool:
        pool.submit(bob.does, "plain.update_many({}, {'$set': {'by': 'bob'}}).modified_count")
        wait_until(lambda: keeps_others_waiting(place.state()["port"]))
        pool.submit(ann.does, "gym.update_one({'_id': 2}, {'$set': {}}, session=session)")
        wait_until(lambda: have_ended([stuck]))

    assert place.user().does("gym.update_many({}, {'$set': {'by': 'cat'}}).modified_count") == 2


def keeps_others_waiting(port):
    """Whether a write that changes nothing gets no reply: another one waits and holds the lock."""
    with MongoClient(port=port, directConnection=True, **IMPATIENT) as client:
        try:
            client.gym.log.delete_one({"_id": 0})
        except NetworkTimeout:
            return True
    return False
