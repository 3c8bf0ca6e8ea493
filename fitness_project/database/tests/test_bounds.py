"""Inclusive bounds for dates: what the embedded server makes of them, and what it is sent."""

from datetime import UTC, datetime, timedelta, timezone
from operator import ge, gt, le, lt

import pytest
from bson.datetime_ms import DatetimeMS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import DeleteMany, DeleteOne, ReplaceOne, UpdateMany, UpdateOne

from fitness_project.database.embedded.workarounds.bounds import exclusive, exclusive_matches

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
def test_a_bound_for_a_date_becomes_exclusive(given, sent):
    assert exclusive({"date": given}) == {"date": sent}


@pytest.mark.parametrize("operator", ["$and", "$or", "$nor"])
def test_inner_queries_have_exclusive_bounds_too(operator):
    query = {"userId": 1, operator: [{"date": {"$gte": NOON}}, {"date": None}]}

    sent = exclusive(query)

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
def test_everything_else_stays_as_it_is(query):
    assert exclusive(query) == query


def test_a_time_zone_is_kept():
    east = NOON.replace(tzinfo=timezone(timedelta(hours=5)))

    sent = exclusive({"date": {"$gte": east, "$gt": east.astimezone(UTC) + DAY}})

    assert sent == {"date": {"$gt": east + DAY}}


def test_the_calendar_does_not_end_at_pythons_ends():
    sent = exclusive({"date": {"$gte": datetime.min, "$lte": datetime.max}})

    lowest, highest = DatetimeMS(datetime.min), DatetimeMS(datetime.max)
    assert sent == {
        "date": {"$gt": DatetimeMS(int(lowest) - 1), "$lt": DatetimeMS(int(highest) + 1)}
    }


def test_what_was_given_is_not_changed():
    query = {"$and": [{"date": {"$gte": NOON, "$gt": NOON}}], "at": {"$not": {"$lte": NOON}}}

    exclusive(query)

    assert query == {
        "$and": [{"date": {"$gte": NOON, "$gt": NOON}}],
        "at": {"$not": {"$lte": NOON}},
    }


def test_matches_of_inner_pipelines_have_exclusive_bounds():
    match, sent = [{"$match": {"at": {"$lte": NOON}}}], [{"$match": {"at": {"$lt": LATER}}}]
    join = {"from": "sets", "as": "sets"}

    pipeline = exclusive_matches([*match, {"$lookup": {**join, "pipeline": match}}])

    assert pipeline == [*sent, {"$lookup": {**join, "pipeline": sent}}]


# What the server itself does, and what becomes of it.

INDEXES = {
    "$gte": [("userId", 1), ("date", -1), ("_id", -1)],
    "$lte": [("userId", 1), ("date", 1), ("_id", 1)],
}


@pytest.fixture(params=INDEXES)
def operator(request, gym):
    """Two of three days are within the inclusive bound NOON."""
    gym.create_index(INDEXES[request.param])
    sign = 1 if request.param == "$gte" else -1
    gym.insert_many([{"_id": n, "userId": 1, "date": NOON + sign * n * DAY} for n in (-1, 0, 1)])
    return request.param


def test_the_embedded_server_needs_it(operator, gym, raw_gym):
    """When the first answer is the right one, `bounds` can go."""
    query = {"userId": 1, "date": {operator: NOON}}

    as_it_is = {found["_id"] for found in raw_gym.find(query)}
    mended = {found["_id"] for found in gym.find(query)}

    assert as_it_is == {1}
    assert mended == {0, 1}


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


def test_every_method_finds_what_equals_a_bound(operator, gym):
    query = {"userId": 1, "date": {operator: NOON}}

    found = {name: read(gym, query) for name, read in READS.items()}

    assert found == dict.fromkeys(READS, 2)


@pytest.mark.parametrize("write", WRITES)
def test_a_write_finds_what_equals_a_bound(operator, gym, write):
    gym.delete_one({"_id": 1})

    assert WRITES[write](gym, {"userId": 1, "date": {operator: NOON}}) == 1


@pytest.mark.parametrize("write", WRITES_OF_MANY)
def test_a_write_of_many_finds_what_equals_a_bound(operator, gym, write):
    assert WRITES_OF_MANY[write](gym, {"userId": 1, "date": {operator: NOON}}) == 2


HOLDS = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}
instants = st.integers(-3, 3).map(lambda n: NOON + n * MILLISECOND)
ranges = st.dictionaries(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), instants, min_size=1)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(range=ranges, instants=st.lists(instants, max_size=6), direction=st.sampled_from([1, -1]))
def test_a_range_finds_the_same_with_any_index(gym, range, instants, direction):
    gym.drop()
    gym.create_index([("userId", 1), ("date", direction), ("_id", direction)])
    gym.insert_many(
        [{"userId": 1, "date": date, "number": n} for n, date in enumerate(instants)] or [{}]
    )

    found = {f["number"] for f in gym.find({"userId": 1, "date": range})}

    assert found == {
        number
        for number, date in enumerate(instants)
        if all(HOLDS[operator](date, bound) for operator, bound in range.items())
    }
