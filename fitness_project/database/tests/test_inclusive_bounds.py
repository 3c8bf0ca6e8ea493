"""Inclusive date bounds reach the embedded server as exclusive ones."""

from datetime import UTC, datetime, timedelta, timezone
from operator import ge, gt, le, lt

import pytest
from bson.datetime_ms import DatetimeMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import DeleteMany, DeleteOne, ReplaceOne, UpdateMany, UpdateOne

from fitness_project.database.embedded.workarounds.inclusive_bounds import (
    make_bounds_exclusive,
    make_match_bounds_exclusive,
)

NOON = datetime(2026, 3, 29, 12, 0, 0, 123_000)
MILLISECOND = timedelta(milliseconds=1)
DAY = timedelta(days=1)
LATER, EARLIER = NOON + MILLISECOND, NOON - MILLISECOND


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"$gte": NOON}, {"$gt": EARLIER}),
        ({"$lte": NOON}, {"$lt": LATER}),
        ({"$gte": NOON, "$lt": NOON}, {"$gt": EARLIER, "$lt": NOON}),
        ({"$gte": NOON, "$gt": NOON}, {"$gt": NOON}),
        ({"$gt": NOON - DAY, "$gte": NOON}, {"$gt": EARLIER}),
        ({"$lt": NOON, "$lte": NOON + DAY}, {"$lt": NOON}),
        ({"$not": {"$gte": NOON}}, {"$not": {"$gt": EARLIER}}),
        ({"$elemMatch": {"$gte": NOON}}, {"$elemMatch": {"$gt": EARLIER}}),
        ({"$elemMatch": {"at": {"$lte": NOON}}}, {"$elemMatch": {"at": {"$lt": LATER}}}),
    ],
)
def test_a_date_bound_becomes_exclusive(given, sent):
    assert make_bounds_exclusive({"date": given}) == {"date": sent}


@pytest.mark.parametrize("operator", ["$and", "$or", "$nor"])
def test_bounds_in_inner_queries_become_exclusive(operator):
    query = {"userId": 1, operator: [{"date": {"$gte": NOON}}, {"date": None}]}

    sent = make_bounds_exclusive(query)

    assert sent == {"userId": 1, operator: [{"date": {"$gt": EARLIER}}, {"date": None}]}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"date": NOON},
        {"date": {"$gt": NOON, "$lt": NOON + DAY}},
        {"reps": {"$gte": 5, "$lte": 8}},
        {"name": {"$gte": "a"}},
        {"date": {"$gte": NOON, "$gt": 5}},
        {"date": {"$in": [NOON]}},
        {"$expr": {"$gte": ["$date", NOON]}},
        {"$expr": {"$not": {"$gte": ["$date", NOON]}}},
    ],
)
def test_other_queries_are_unchanged(query):
    assert make_bounds_exclusive(query) == query


def test_a_time_zone_is_kept():
    east = NOON.replace(tzinfo=timezone(timedelta(hours=5)))

    sent = make_bounds_exclusive({"date": {"$gte": east, "$gt": east.astimezone(UTC) + DAY}})

    assert sent == {"date": {"$gt": east + DAY}}


def test_bounds_may_be_pythons_first_and_last_dates():
    sent = make_bounds_exclusive({"date": {"$gte": datetime.min, "$lte": datetime.max}})

    lowest, highest = DatetimeMS(datetime.min), DatetimeMS(datetime.max)
    assert sent == {
        "date": {"$gt": DatetimeMS(int(lowest) - 1), "$lt": DatetimeMS(int(highest) + 1)}
    }


def test_the_argument_is_not_modified():
    query = {"$and": [{"date": {"$gte": NOON, "$gt": NOON}}], "at": {"$not": {"$lte": NOON}}}

    make_bounds_exclusive(query)

    assert query == {
        "$and": [{"date": {"$gte": NOON, "$gt": NOON}}],
        "at": {"$not": {"$lte": NOON}},
    }


def test_bounds_in_inner_pipelines_become_exclusive():
    match, sent = [{"$match": {"at": {"$lte": NOON}}}], [{"$match": {"at": {"$lt": LATER}}}]
    join = {"from": "sets", "as": "sets"}

    pipeline = make_match_bounds_exclusive([*match, {"$lookup": {**join, "pipeline": match}}])

    assert pipeline == [*sent, {"$lookup": {**join, "pipeline": sent}}]


# On the server

INDEXES = {
    "$gte": [("userId", 1), ("date", -1), ("_id", -1)],
    "$lte": [("userId", 1), ("date", 1), ("_id", 1)],
}


@pytest.fixture(params=INDEXES)
def operator(request, gym):
    """An operator with which two of three days are within the bound NOON."""
    gym.create_index(INDEXES[request.param])
    sign = 1 if request.param == "$gte" else -1
    gym.insert_many([{"_id": n, "userId": 1, "date": NOON + sign * n * DAY} for n in (-1, 0, 1)])
    return request.param


def test_the_embedded_server_needs_the_workaround(operator, gym, raw_gym):
    """When plain PyMongo gets the right result, `inclusive_bounds` can be removed."""
    query = {"userId": 1, "date": {operator: NOON}}

    plain = {found["_id"] for found in raw_gym.find(query)}
    rewritten = {found["_id"] for found in gym.find(query)}

    assert plain == {1}
    assert rewritten == {0, 1}


READS = {
    "find": lambda gym, query: len(gym.find(query).to_list()),
    "find by keyword": lambda gym, query: len(gym.find(filter=query).to_list()),
    "find_raw_batches": lambda gym, query: sum(
        b.count(b"userId") for b in gym.find_raw_batches(query)
    ),
    "count_documents": lambda gym, query: gym.count_documents(query),
    "distinct": lambda gym, query: len(gym.distinct("_id", query)),
    "a cursor's distinct": lambda gym, query: len(gym.find(query).distinct("_id")),
    "aggregate": lambda gym, query: len(gym.aggregate([{"$match": query}]).to_list()),
}
CHANGE = {"$set": {"seen": True}}
WRITES = {
    "update_one": lambda gym, query: gym.update_one(query, CHANGE).modified_count,
    "replace_one": lambda gym, query: gym.replace_one(query, {"seen": True}).modified_count,
    "delete_one": lambda gym, query: gym.delete_one(query).deleted_count,
    "find_one": lambda gym, query: gym.find_one(query) is not None,
    "find_one_and_update": lambda gym, query: gym.find_one_and_update(query, CHANGE) is not None,
    "find_one_and_replace": lambda gym, query: gym.find_one_and_replace(query, {}) is not None,
    "find_one_and_delete": lambda gym, query: gym.find_one_and_delete(query) is not None,
    "UpdateOne": lambda gym, query: gym.bulk_write([UpdateOne(query, CHANGE)]).modified_count,
    "ReplaceOne": lambda gym, query: gym.bulk_write([ReplaceOne(query, {"a": 1})]).modified_count,
    "DeleteOne": lambda gym, query: gym.bulk_write([DeleteOne(query)]).deleted_count,
}
WRITES_OF_MANY = {
    "update_many": lambda gym, query: gym.update_many(query, CHANGE).modified_count,
    "delete_many": lambda gym, query: gym.delete_many(query).deleted_count,
    "UpdateMany": lambda gym, query: gym.bulk_write([UpdateMany(query, CHANGE)]).modified_count,
    "DeleteMany": lambda gym, query: gym.bulk_write([DeleteMany(query)]).deleted_count,
}


def test_every_read_finds_documents_that_equal_a_bound(operator, gym):
    query = {"userId": 1, "date": {operator: NOON}}

    found = {name: read(gym, query) for name, read in READS.items()}

    assert found == dict.fromkeys(READS, 2)


@pytest.mark.parametrize("write", WRITES)
def test_a_write_finds_a_document_that_equals_a_bound(operator, gym, write):
    gym.delete_one({"_id": 1})

    assert WRITES[write](gym, {"userId": 1, "date": {operator: NOON}}) == 1


@pytest.mark.parametrize("write", WRITES_OF_MANY)
def test_a_write_of_many_finds_documents_that_equal_a_bound(operator, gym, write):
    assert WRITES_OF_MANY[write](gym, {"userId": 1, "date": {operator: NOON}}) == 2


HOLDS = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}
instants = st.integers(-3, 3).map(lambda n: NOON + n * MILLISECOND)
ranges = st.dictionaries(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), instants, min_size=1)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bounds=ranges, instants=st.lists(instants, max_size=6), direction=st.sampled_from([1, -1]))
def test_a_range_finds_the_same_documents_with_any_index(gym, bounds, instants, direction):
    gym.drop()
    gym.create_index([("userId", 1), ("date", direction), ("_id", direction)])
    gym.insert_many(
        [{"userId": 1, "date": date, "number": n} for n, date in enumerate(instants)] or [{}]
    )

    found = {f["number"] for f in gym.find({"userId": 1, "date": bounds})}

    assert found == {
        number
        for number, date in enumerate(instants)
        if all(HOLDS[operator](date, bound) for operator, bound in bounds.items())
    }
