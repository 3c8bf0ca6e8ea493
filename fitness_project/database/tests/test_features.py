"""Every feature that the project needs from a database, one per test.

Run this file against another engine or version to find out whether the project can use it.
"""

import re
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from bson import ObjectId
from django.db import connection
from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError, OperationFailure

NOON = datetime(2026, 3, 29, 12, 0, 0, 123_000, tzinfo=UTC)
DAY = timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)
NEWEST = [("date", DESCENDING), ("_id", DESCENDING)]


@pytest.fixture
def probe(db):
    yield from _emptied("probe")


@pytest.fixture
def other(db):
    yield from _emptied("probe_other")


def _emptied(name):
    """Creates the collection, since not every database can create one in a transaction."""
    connection.database.drop_collection(name)
    yield connection.database.create_collection(name)
    connection.database.drop_collection(name)


@pytest.fixture
def client(db):
    connection.ensure_connection()
    return connection.connection


# Unique indexes


def test_a_unique_index_refuses_a_duplicate(probe):
    probe.create_index("email", unique=True)
    probe.insert_one({"email": "ann@example.com"})

    with pytest.raises(DuplicateKeyError):
        probe.insert_one({"email": "ann@example.com"})


def test_a_deleted_value_can_be_inserted_again(probe):
    probe.create_index("email", unique=True)
    probe.insert_one({"email": "ann@example.com"})

    probe.delete_one({"email": "ann@example.com"})
    probe.insert_one({"email": "ann@example.com"})

    assert probe.count_documents({}) == 1


def test_a_unique_value_can_be_written_over_itself(probe):
    probe.create_index("email", unique=True)
    probe.insert_one({"_id": 1, "email": "ann@example.com"})

    probe.replace_one({"_id": 1}, {"email": "ann@example.com", "name": "Ann"})
    probe.update_one({"_id": 1}, {"$set": {"email": "ann@example.com"}})

    assert probe.find_one() == {"_id": 1, "email": "ann@example.com", "name": "Ann"}


def test_a_partial_unique_index_ignores_documents_without_the_key(probe):
    probe.create_index(
        [("userId", ASCENDING), ("key", ASCENDING)],
        unique=True,
        partialFilterExpression={"key": {"$type": "string"}},
    )
    probe.insert_many([{"userId": 1}, {"userId": 1}, {"userId": 1, "key": None}])
    probe.insert_many([{"userId": 1, "key": "a"}, {"userId": 2, "key": "a"}])

    with pytest.raises(DuplicateKeyError):
        probe.insert_one({"userId": 1, "key": "a"})


def test_one_of_many_simultaneous_inserts_succeeds_under_a_unique_index(probe):
    probe.create_index("key", unique=True)
    refused = []

    def insert():
        try:
            probe.insert_one({"key": "a"})
        except DuplicateKeyError as error:
            refused.append(error)

    threads = [Thread(target=insert) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 7
    assert probe.count_documents({}) == 1


# Transactions


def test_a_transaction_commits_in_all_collections(client, probe, other):
    with client.start_session() as session, session.start_transaction():
        probe.insert_one({"_id": 1}, session=session)
        other.insert_one({"_id": 2}, session=session)
        unseen = probe.find_one()

    assert unseen is None
    assert probe.find_one() == {"_id": 1}
    assert other.find_one() == {"_id": 2}


def test_a_transaction_rolls_back_in_all_collections(client, probe, other):
    probe.insert_one({"_id": 1, "sets": 3})

    with client.start_session() as session:
        session.start_transaction()
        probe.update_one({"_id": 1}, {"$set": {"sets": 9}}, session=session)
        other.insert_one({"_id": 2}, session=session)
        session.abort_transaction()

    assert probe.find_one() == {"_id": 1, "sets": 3}
    assert other.find_one() is None


def test_a_transaction_reads_its_own_writes(client, probe):
    with client.start_session() as session, session.start_transaction():
        probe.insert_one({"_id": 1}, session=session)

        seen = probe.find_one({}, session=session)

    assert seen == {"_id": 1}


def test_a_write_conflict_between_transactions_is_a_transient_error(client, probe):
    probe.insert_one({"_id": 1, "sets": 0})

    with client.start_session() as first, client.start_session() as second:
        first.start_transaction()
        second.start_transaction()
        probe.update_one({"_id": 1}, {"$inc": {"sets": 1}}, session=first)
        with pytest.raises(OperationFailure) as refused:
            probe.update_one({"_id": 1}, {"$inc": {"sets": 1}}, session=second)
        first.commit_transaction()

    assert refused.value.has_error_label("TransientTransactionError")
    assert probe.find_one() == {"_id": 1, "sets": 1}


def test_a_duplicate_is_reported_in_a_transaction(client, probe):
    probe.create_index("key", unique=True)
    probe.insert_one({"key": "a"})

    with client.start_session() as session:
        session.start_transaction()
        with pytest.raises(DuplicateKeyError):
            probe.insert_one({"key": "a"}, session=session)
        session.abort_transaction()

    assert probe.count_documents({}) == 1


def test_killing_a_session_ends_its_transaction_and_no_other(client, probe):
    probe.insert_many([{"_id": 1, "sets": 0}, {"_id": 2, "sets": 0}])
    with client.start_session() as killed, client.start_session() as spared:
        for session, number in ((killed, 1), (spared, 2)):
            session.start_transaction()
            probe.update_one({"_id": number}, {"$set": {"sets": 9}}, session=session)

        client.admin.command({"killSessions": [killed.session_id]})
        probe.update_one({"_id": 1}, {"$inc": {"sets": 1}})

        spared.commit_transaction()
        with pytest.raises(OperationFailure) as refused:
            killed.commit_transaction()
    assert refused.value.has_error_label("TransientTransactionError")
    assert [found["sets"] for found in probe.find().sort("_id")] == [1, 9]


# Writes


def test_find_one_and_update_returns_the_updated_document(probe):
    probe.insert_one({"_id": 1, "version": 1})

    after = probe.find_one_and_update(
        {"_id": 1, "version": 1},
        {"$inc": {"version": 1}},
        return_document=ReturnDocument.AFTER,
    )
    missed = probe.find_one_and_update({"_id": 1, "version": 1}, {"$inc": {"version": 1}})

    assert after == {"_id": 1, "version": 2}
    assert missed is None


@pytest.mark.parametrize(("revision", "notes"), [(1, "$name"), (2, "heavy")])
def test_a_pipeline_replaces_a_document_or_keeps_it(probe, revision, notes):
    """A stored text may look like an expression."""
    probe.insert_one({"_id": 1, "revision": 1, "notes": "heavy", "sets": 3})
    holds = {"$and": [{"$in": [{"$ifNull": ["$revision", "$_id"]}, [revision]]}]}
    changed = {"$mergeObjects": ["$$ROOT", {"$literal": {"notes": "$name"}}]}

    after = probe.find_one_and_update(
        {"_id": 1},
        [{"$replaceWith": {"$cond": [holds, changed, "$$ROOT"]}}],
        return_document=ReturnDocument.AFTER,
    )

    assert after == probe.find_one() == {"_id": 1, "revision": 1, "notes": notes, "sets": 3}


def test_a_missing_field_is_omitted_from_a_replacement(probe):
    probe.insert_one({"_id": 1, "userId": 7})

    probe.update_one(
        {"_id": 1}, [{"$replaceWith": {"_id": "$_id", "deletedFor": "$userId", "key": "$key"}}]
    )

    assert probe.find_one() == {"_id": 1, "deletedFor": 7}


def test_array_filters_change_matching_entries(probe):
    bench, squat = ObjectId(), ObjectId()
    entries = [{"exerciseId": bench, "name": "Bench"}, {"exerciseId": squat, "name": "Squat"}]
    probe.insert_one({"_id": 1, "exercises": entries})

    probe.update_many(
        {"exercises.exerciseId": bench},
        {"$set": {"exercises.$[e].name": "Bench Press"}},
        array_filters=[{"e.exerciseId": bench}],
    )

    names = [entry["name"] for entry in probe.find_one()["exercises"]]
    assert names == ["Bench Press", "Squat"]


def test_a_push_can_be_guarded_by_the_length_of_the_array(probe):
    probe.insert_one({"_id": 1, "routines": [1]})
    guarded = {"_id": 1, "routines.1": {"$exists": False}}

    first = probe.update_one(guarded, {"$push": {"routines": 2}})
    second = probe.update_one(guarded, {"$push": {"routines": 3}})

    assert (first.matched_count, second.matched_count) == (1, 0)
    assert probe.find_one()["routines"] == [1, 2]


def test_a_push_can_be_guarded_far_into_a_long_array(probe):
    probe.insert_one({"_id": 1, "routines": [ObjectId() for _ in range(499)]})
    guarded = {"_id": 1, "routines.499": {"$exists": False}}

    first = probe.update_one(guarded, {"$push": {"routines": ObjectId()}})
    second = probe.update_one(guarded, {"$push": {"routines": ObjectId()}})

    assert (first.matched_count, second.matched_count) == (1, 0)


def test_pull_removes_a_value_from_an_array(probe):
    gone, kept = ObjectId(), ObjectId()
    probe.insert_one({"_id": 1, "routines": [gone, kept]})

    probe.update_one({"_id": 1}, {"$pull": {"routines": gone}})

    assert probe.find_one()["routines"] == [kept]


def test_an_upsert_increments_and_sets_on_insert(probe):
    for _ in range(2):
        probe.update_one(
            {"_id": "ann"},
            {"$inc": {"failures": 1}, "$setOnInsert": {"since": NOON}},
            upsert=True,
        )

    found = probe.find_one()
    assert found["failures"] == 2
    assert found["since"].replace(tzinfo=UTC) == NOON


def test_delete_many_returns_a_count(probe):
    probe.insert_many([{"userId": 1}, {"userId": 1}, {"userId": 2}])

    deleted = probe.delete_many({"userId": 1}).deleted_count

    assert deleted == 2


# Reads


@pytest.fixture
def sessions(probe):
    """Three days with two sessions each, with the index that lists use."""
    probe.create_index([("userId", ASCENDING), ("date", DESCENDING), ("_id", DESCENDING)])
    days = [NOON + number // 2 * DAY for number in range(6)]
    probe.insert_many({"_id": n, "userId": 1, "date": day} for n, day in enumerate(days))
    probe.insert_one({"_id": 6, "userId": 2, "date": NOON})
    return probe


def test_a_sort_by_two_keys_can_be_limited(sessions):
    found = sessions.find({"userId": 1}).sort(NEWEST).limit(3)

    assert [session["_id"] for session in found] == [5, 4, 3]


@pytest.mark.parametrize(
    "far_side",
    [
        {"$or": [{"date": {"$lt": NOON + DAY}}, {"date": NOON + DAY, "_id": {"$lt": 3}}]},
        {"$nor": [{"date": NOON + DAY, "_id": {"$gte": 3}}]},
    ],
    ids=["or", "nor"],
)
def test_a_page_continues_after_a_document(sessions, far_side):
    """The embedded server reads the range on `date`, and only filters by the rest."""
    dates = {"$lt": NOON + DAY + MILLISECOND}

    found = sessions.find({"userId": 1, "date": dates, **far_side}, sort=NEWEST)

    assert [session["_id"] for session in found] == [2, 1, 0]


def test_a_range_includes_its_start_and_excludes_its_end(sessions):
    dates = {"$gte": NOON, "$lt": NOON + DAY}

    found = sessions.find({"userId": 1, "date": dates})

    assert {session["_id"] for session in found} == {0, 1}


def test_in_matches_values_in_arrays(probe):
    probe.insert_many([{"_id": 1, "muscles": ["chest", "arms"]}, {"_id": 2, "muscles": ["legs"]}])

    found = probe.find({"muscles": {"$in": ["arms", "back"]}})

    assert [exercise["_id"] for exercise in found] == [1]


def test_equality_matches_fields_of_array_entries(probe):
    probe.create_index([("userId", 1), ("exercises.exerciseId", 1), ("date", -1)])
    bench, squat = ObjectId(), ObjectId()
    both = [{"exerciseId": bench}, {"exerciseId": squat}]
    probe.insert_many(
        [
            {"_id": 1, "userId": 1, "exercises": both},
            {"_id": 2, "userId": 1, "exercises": both[:1]},
            {"_id": 3, "userId": 2, "exercises": both},
        ]
    )

    found = probe.find({"userId": 1, "exercises.exerciseId": squat})

    assert [session["_id"] for session in found] == [1]


def test_a_regular_expression_can_ignore_case(probe):
    probe.insert_many([{"name": "Bench Press (wide)"}, {"name": "Squat"}])

    found = probe.find({"name": {"$regex": re.escape("PRESS (w"), "$options": "i"}})

    assert [exercise["name"] for exercise in found] == ["Bench Press (wide)"]


def test_dates_keep_their_milliseconds(probe):
    probe.insert_one({"date": NOON})

    found = probe.find_one()["date"].replace(tzinfo=UTC)

    assert found == NOON


def test_null_matches_missing_fields(probe):
    probe.insert_many([{"_id": 1, "notes": None}, {"_id": 2}, {"_id": 3, "notes": "x"}])

    either = {found["_id"] for found in probe.find({"notes": None})}
    missing = {found["_id"] for found in probe.find({"notes": {"$exists": False}})}

    assert either == {1, 2}
    assert missing == {2}


def test_a_dotted_projection_keeps_the_nesting(probe):
    probe.insert_one({"_id": 1, "exercises": [{"name": "Squat", "sets": 3}], "notes": "x"})

    found = probe.find_one({}, {"exercises.name": 1})

    assert found == {"_id": 1, "exercises": [{"name": "Squat"}]}


# Indexes and aggregations


def test_a_ttl_index_can_be_created(probe):
    probe.create_index("expiresAt", name="expiry", expireAfterSeconds=0)

    assert probe.index_information()["expiry"]["expireAfterSeconds"] == 0


def test_dates_can_be_grouped_by_week(probe):
    days = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in (22, 23, 29, 30)]
    probe.insert_many({"date": day} for day in days)
    week = {"$dateTrunc": {"date": "$date", "unit": "week", "startOfWeek": "monday"}}

    found = probe.aggregate(
        [{"$group": {"_id": week, "sessions": {"$sum": 1}}}, {"$sort": {"_id": 1}}]
    )

    assert [(row["_id"].day, row["sessions"]) for row in found] == [(16, 1), (23, 2), (30, 1)]


def test_unwound_entries_can_be_grouped(probe):
    probe.insert_one({"exercises": [{"name": "Squat", "sets": 3}, {"name": "Bench", "sets": 2}]})
    probe.insert_one({"exercises": [{"name": "Squat", "sets": 4}]})

    found = probe.aggregate(
        [
            {"$unwind": "$exercises"},
            {"$group": {"_id": "$exercises.name", "sets": {"$sum": "$exercises.sets"}}},
            {"$sort": {"_id": 1}},
        ]
    )

    assert found.to_list() == [{"_id": "Bench", "sets": 2}, {"_id": "Squat", "sets": 7}]


def test_facets_run_several_pipelines(probe):
    probe.insert_many({"_id": number} for number in range(3))

    found = probe.aggregate(
        [{"$facet": {"count": [{"$count": "n"}], "first": [{"$sort": {"_id": 1}}, {"$limit": 1}]}}]
    )

    assert found.to_list() == [{"count": [{"n": 3}], "first": [{"_id": 0}]}]


def test_a_lookup_joins_by_a_field(probe, other):
    other.insert_one({"_id": 1, "name": "Ann"})
    probe.insert_many([{"_id": 1, "userId": 1}, {"_id": 2, "userId": 9}])
    join = {"from": other.name, "localField": "userId", "foreignField": "_id", "as": "user"}

    found = probe.aggregate([{"$lookup": join}, {"$sort": {"_id": 1}}])

    assert [row["user"] for row in found] == [[{"_id": 1, "name": "Ann"}], []]
