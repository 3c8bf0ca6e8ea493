"""`find_one_and_...` by `_id` reaches the embedded server as a read and a write."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, OperationFailure

from .conftest import PATIENCE

AFTER = ReturnDocument.AFTER
INC = {"$inc": {"sets": 1}}

BY_ID = {
    "update": lambda log: log.find_one_and_update({"_id": 1}, INC),
    "update, after": lambda log: log.find_one_and_update({"_id": 1}, INC, return_document=AFTER),
    "pipeline": lambda log: log.find_one_and_update(
        {"_id": 1}, [{"$set": {"sets": {"$add": ["$sets", 2]}}}], return_document=AFTER
    ),
    "conditions": lambda log: log.find_one_and_update({"_id": 1, "userId": 7, "sets": 3}, INC),
    "another's": lambda log: log.find_one_and_update({"userId": 8, "_id": 1}, INC),
    "another's, after": lambda log: log.find_one_and_update(
        {"userId": 8, "_id": 1}, INC, return_document=AFTER
    ),
    "missing": lambda log: log.find_one_and_update({"_id": 2}, INC, return_document=AFTER),
    "missing, before": lambda log: log.find_one_and_update({"_id": 2}, INC),
    "projection": lambda log: log.find_one_and_update({"_id": 1}, INC, projection=["sets"]),
    "replace": lambda log: log.find_one_and_replace({"_id": 1}, {"a": 1}),
    "replace, after": lambda log: log.find_one_and_replace(
        {"_id": 1, "userId": 7}, {"a": 1}, return_document=AFTER
    ),
    "delete": lambda log: log.find_one_and_delete({"_id": 1}),
    "delete another's": lambda log: log.find_one_and_delete({"_id": 1, "userId": 8}),
    "by keywords": lambda log: log.find_one_and_update(filter={"_id": 1}, update=INC),
}
OTHERS = {
    "sort": lambda log: log.find_one_and_update({"_id": 1}, INC, sort=[("a", 1)]),
    "no _id": lambda log: log.find_one_and_update({"userId": 7}, INC),
    "range of _id": lambda log: log.find_one_and_update({"_id": {"$gt": 0}}, INC),
    "upsert": lambda log: log.find_one_and_update({"_id": 2}, INC, upsert=True),
    "array filters": lambda log: log.find_one_and_update(
        {"_id": 1},
        {"$set": {"tags.$[tag].name": "c"}},
        array_filters=[{"tag.name": "b"}],
        return_document=AFTER,
    ),
}


def stored(collection):
    collection.drop()
    collection.insert_many(
        [
            {"_id": 1, "userId": 7, "sets": 3, "tags": [{"name": "a"}, {"name": "b"}]},
            {"_id": 3, "userId": 7, "sets": 3},
        ]
    )


@pytest.mark.parametrize("name", [*BY_ID, *OTHERS])
def test_result_and_effect_are_those_of_the_command(gym, raw_gym, name):
    call = (BY_ID | OTHERS)[name]
    results = []
    for collection in (raw_gym, gym):
        stored(gym)
        result = call(collection)
        results.append((result, gym.find().sort("_id").to_list()))

    assert results[1] == results[0]


@pytest.mark.parametrize("name", BY_ID)
def test_the_command_is_not_sent_if_the_query_names_an_id(gym, sent, name):
    stored(gym)

    BY_ID[name](gym)

    assert sent.of("findAndModify") == []


@pytest.mark.parametrize("name", OTHERS)
def test_other_calls_send_the_command(gym, sent, name):
    stored(gym)

    OTHERS[name](gym)

    assert len(sent.of("findAndModify")) == 1


def test_a_positional_update_sends_the_command(gym, sent):
    """The embedded server refuses it."""
    stored(gym)

    with pytest.raises(OperationFailure):
        gym.find_one_and_update({"_id": 1, "tags.name": "b"}, {"$set": {"tags.$.name": "c"}})

    assert len(sent.of("findAndModify")) == 1


def test_simultaneous_updates_are_all_applied(gym):
    stored(gym)

    with ThreadPoolExecutor(6) as pool:
        results = pool.map(
            lambda _: gym.find_one_and_update({"_id": 1, "userId": 7}, INC, return_document=AFTER),
            range(30),
        )

    assert sorted(result["sets"] for result in results) == list(range(4, 34))


def test_only_one_of_many_simultaneous_conditional_updates_succeeds(gym):
    stored(gym)

    with ThreadPoolExecutor(6) as pool:
        results = pool.map(lambda _: gym.find_one_and_update({"_id": 1, "sets": 3}, INC), range(12))

    assert sum(result is not None for result in results) == 1


def test_it_joins_the_sessions_transaction(gym):
    stored(gym)

    with gym.database.client.start_session() as session, session.start_transaction():
        within = gym.find_one_and_update({"_id": 1}, INC, return_document=AFTER, session=session)
        outside = gym.find_one({"_id": 1})
        session.abort_transaction()

    assert (within["sets"], outside["sets"]) == (4, 3)
    assert gym.find_one({"_id": 1})["sets"] == 3


def test_a_session_need_not_have_a_transaction(gym):
    stored(gym)

    with gym.database.client.start_session() as session:
        gym.find_one_and_update({"_id": 1}, INC, session=session)

    assert gym.find_one({"_id": 1})["sets"] == 4


def test_a_refused_write_raises_an_error_and_changes_nothing(gym):
    gym.create_index("key", unique=True)
    gym.insert_many([{"_id": 1, "key": "a"}, {"_id": 2, "key": "b"}])

    with pytest.raises(DuplicateKeyError):
        gym.find_one_and_update({"_id": 1}, {"$set": {"key": "b"}})

    assert gym.find_one({"_id": 1})["key"] == "a"


def test_the_embedded_server_needs_the_workaround(gym, raw_gym):
    """When the command is as fast as its replacement, `by_id` need not replace it."""
    gym.insert_many({"_id": number, "sets": 0, "notes": "x" * 200} for number in range(20_000))

    def milliseconds(collection):
        started = monotonic()
        collection.find_one_and_update({"_id": 10_000}, INC)
        return 1000 * (monotonic() - started)

    times = [(milliseconds(raw_gym), milliseconds(gym)) for _ in range(15)]
    plain, rewritten = map(min, zip(*times, strict=True))

    assert plain > 2 * rewritten


def upserted_during_deletions(log, is_enough):
    """The results of upserts that should return the document while another thread deletes it."""
    over, results = Event(), []

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
    """When it always returns the document, `by_id` need not repeat upserts."""
    results = upserted_during_deletions(raw_gym, lambda found: None in found or len(found) > 3_000)

    assert None in results


def test_an_upsert_returns_the_document_in_spite_of_deletions(gym):
    results = upserted_during_deletions(gym, lambda found: len(found) > 500)

    assert all(result["sets"] >= 1 for result in results)
