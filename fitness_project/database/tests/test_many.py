"""Writes of many documents on the embedded server: what they do wrong, and what keeps it off."""

import time
from concurrent.futures import ThreadPoolExecutor

import pymongo
import pytest

WRITES = {
    "update_many": ({"_id": 1}, {"$set": {"by": "outsider"}}),
    "delete_many": ({"_id": 1},),
}


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
