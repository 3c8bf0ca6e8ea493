"""The embedded server, where its writers wait for one another for ever."""

import time
from concurrent.futures import ThreadPoolExecutor

from fitness_project.database.tests.conftest import is_alive, place, wait_until

__all__ = ["place"]


def test_a_server_whose_writers_wait_for_one_another_is_started_again(place):
    """Plain collections, as nobody here uses them. When this server needs no rescue any more,
    `EmbeddedCollection` can leave such writes alone."""
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
