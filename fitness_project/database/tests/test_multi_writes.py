"""Writes of many documents must not deadlock with a transaction on the embedded server."""

from concurrent.futures import ThreadPoolExecutor

import pymongo
import pytest

from .conftest import PATIENCE, wait_until

WRITES = {
    "update_many": ("update", {"_id": 1}, {"$set": {"by": "outsider"}}),
    "delete_many": ("delete", {"_id": 1}),
}


@pytest.mark.parametrize("method", WRITES)
def test_a_write_of_many_documents_gives_way_to_a_transaction(gym, sent, method):
    """Without the workaround, the outsider's write waits and is never retried."""
    command, *arguments = WRITES[method]
    gym.insert_many([{"_id": 1}, {"_id": 2}])

    with (
        ThreadPoolExecutor() as pool,
        pymongo.timeout(PATIENCE),
        gym.database.client.start_session() as session,
        session.start_transaction(),
    ):
        gym.update_one({"_id": 1}, {"$set": {"by": "insider"}}, session=session)
        sent.clear()
        outsider = pool.submit(getattr(gym, method), *arguments)
        wait_until(lambda: len(sent.of(command)) > 1, PATIENCE / 2)
        gym.update_one({"_id": 2}, {"$set": {"by": "insider"}}, session=session)
        session.commit_transaction()
        outsider.result(PATIENCE)

    assert gym.find_one({"_id": 2})["by"] == "insider"
    assert (gym.find_one({"_id": 1}) or {}).get("by") != "insider"


def test_in_a_transaction_it_is_part_of_that_transaction(gym):
    gym.insert_many([{"_id": 1}, {"_id": 2}])

    with gym.database.client.start_session() as session, session.start_transaction():
        gym.delete_many({}, session=session)
        session.abort_transaction()

    assert gym.count_documents({}) == 2
