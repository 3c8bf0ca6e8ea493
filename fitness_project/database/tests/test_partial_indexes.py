"""Lookups by the fields of a partial index don't grow with the collection."""

import os
from time import monotonic

import pytest
from bson import ObjectId
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from fitness_project.database.embedded.workarounds.partial_indexes import lookup_name

USER = ObjectId()
KEYS = [("userId", 1), ("key", 1)]
WHERE_PRESENT = {"unique": True, "partialFilterExpression": {"key": {"$exists": True}}}
TTL = {"expireAfterSeconds": 60, "partialFilterExpression": {"deletedAt": {"$exists": True}}}


def fastest_lookup(collection, query):
    """In milliseconds."""
    times = []
    for _ in range(5):
        started = monotonic()
        assert collection.find_one(query)
        times.append(1000 * (monotonic() - started))
    return min(times)


def test_the_embedded_server_needs_the_workaround(gym, raw_gym):
    """When plain PyMongo is as fast, `partial_indexes` can be removed."""
    plain = raw_gym.database["plain"]
    for collection in (gym, plain):
        collection.create_index(KEYS, **WHERE_PRESENT)
        collection.insert_many({"userId": USER, "key": os.urandom(16)} for _ in range(20_000))
    query = {"userId": USER, "key": gym.find_one({"userId": USER})["key"]}
    plain.insert_one(query.copy())

    assert fastest_lookup(plain, query) > 4 * fastest_lookup(gym, query)


def test_the_partial_index_stays_unique(gym):
    gym.create_index(KEYS, **WHERE_PRESENT)
    gym.insert_many([{"userId": USER}, {"userId": USER}, {"userId": USER, "key": 1}])

    with pytest.raises(DuplicateKeyError):
        gym.insert_one({"userId": USER, "key": 1})


CREATE = {
    "create_index": lambda gym: gym.create_index(KEYS, name="once", **WHERE_PRESENT),
    "create_indexes": lambda gym: gym.create_indexes(
        [IndexModel(KEYS, name="once", **WHERE_PRESENT)]
    )[0],
}
DROP = {
    "by name": lambda gym, name: gym.drop_index(name),
    "by keys": lambda gym, name: gym.drop_index(KEYS),
}


@pytest.mark.parametrize("create", CREATE.values(), ids=CREATE)
def test_only_the_index_that_was_asked_for_is_listed(gym, raw_gym, create):
    names = {create(gym) for _ in "twice"}

    assert names == {"once"}
    assert gym.index_information().keys() == {"_id_", "once"}
    assert raw_gym.index_information().keys() == {"_id_", "once", lookup_name("once")}


@pytest.mark.parametrize("drop", DROP.values(), ids=DROP)
def test_the_plain_index_is_dropped_with_the_partial_one(gym, raw_gym, drop):
    drop(gym, gym.create_index(KEYS, **WHERE_PRESENT))

    assert raw_gym.index_information().keys() == {"_id_"}


@pytest.mark.parametrize("options", [{}, {"unique": True}, TTL])
def test_other_indexes_get_none_beside_them(gym, raw_gym, options):
    gym.create_index([("deletedAt", 1)], name="only", **options)

    assert raw_gym.index_information().keys() == {"_id_", "only"}
