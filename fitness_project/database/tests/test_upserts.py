"""An upsert by `find_one_and_update` returns its document, whatever is deleted meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from pymongo import ReturnDocument

from .conftest import PATIENCE

AFTER = ReturnDocument.AFTER
INC = {"$inc": {"sets": 1}}


def upserted_during_deletions(log, is_enough):
    """The results of upserts that should return the document while another thread deletes it."""
    over, results = Event(), []
    # The service never creates a collection while others use it, which the engine can't bear.
    log.database.create_collection(log.name)

    def delete():
        while not over.is_set():
            log.delete_one({"_id": 1})

    def upsert():
        while not over.is_set():
            found = log.find_one_and_update({"_id": 1}, INC, upsert=True, return_document=AFTER)
            results.append(found)
            if is_enough(results):
                over.set()

    with ThreadPoolExecutor(5) as pool:
        tasks = [pool.submit(work) for work in (delete, upsert, upsert, upsert, upsert)]
        for task in tasks:
            task.result(PATIENCE)
    return results


def test_the_embedded_server_may_return_nothing_for_an_upsert(raw_gym):
    """When it always returns the document, `upserts` need not repeat them."""
    results = upserted_during_deletions(raw_gym, lambda found: None in found or len(found) > 3_000)

    assert None in results


def test_an_upsert_returns_the_document_in_spite_of_deletions(gym):
    results = upserted_during_deletions(gym, lambda found: len(found) > 500)

    assert all(result["sets"] >= 1 for result in results)
