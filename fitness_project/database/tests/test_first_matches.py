"""Finding one of many documents with the same value doesn't take longer than finding one of few."""

from datetime import datetime
from time import monotonic

import pytest
from bson import ObjectId

from fitness_project.database.embedded.workarounds import first_matches

ANN, BEA, CID = ObjectId(), ObjectId(), ObjectId()
PRESS, SQUAT, UNUSED = ObjectId(), ObjectId(), ObjectId()
NOON = datetime(2026, 1, 1)


@pytest.fixture(autouse=True)
def _empty_memory():
    first_matches.forget()


@pytest.fixture
def log(gym):
    gym.create_index([("entries.exercise", 1), ("userId", 1), ("date", -1)])
    gym.create_index([("userId", 1), ("date", -1), ("_id", -1)])
    return gym


def document(user, *exercises):
    return {"userId": user, "date": NOON, "entries": [{"exercise": one} for one in exercises]}


def list_of(log, user):
    newest = [("date", -1), ("_id", -1)]
    return log.find({"userId": user}).sort(newest).limit(5).to_list()


def uses(log, *exercises):
    return log.find_one({"entries.exercise": {"$in": [*exercises]}}, {"entries": 1})


def test_the_embedded_server_needs_the_workaround(log, raw_gym):
    """When plain PyMongo is as fast, `first_matches` can be removed."""
    log.insert_many([document(BEA, PRESS) for _ in range(20_000)])
    log.insert_one(document(ANN, PRESS))
    list_of(log, ANN)

    def milliseconds(collection):
        started = monotonic()
        assert uses(collection, PRESS)
        return 1000 * (monotonic() - started)

    plain = min(milliseconds(raw_gym) for _ in range(3))
    assert plain > 4 * min(milliseconds(log) for _ in range(3))


def test_a_document_of_a_user_whose_list_was_read_is_found_first(log, sent):
    log.insert_many([document(BEA, PRESS), document(ANN, PRESS, SQUAT)])
    list_of(log, ANN)
    uses(log, PRESS)
    sent.clear()

    found = uses(log, PRESS)

    assert [entry["exercise"] for entry in found["entries"]] == [PRESS, SQUAT]
    assert [command["filter"]["userId"] for command in sent.of("find")] == [{"$in": [ANN]}]


@pytest.mark.parametrize("seen", [[], [CID], [CID, ANN, BEA], [ObjectId() for _ in range(100)]])
def test_nothing_is_missed_whoever_was_seen(log, seen):
    log.insert_many([document(ANN, PRESS), document(BEA, SQUAT)])
    for user in seen:
        list_of(log, user)

    assert [bool(uses(log, one)) for one in (PRESS, SQUAT, UNUSED)] == [True, True, False]
    assert log.find_one({"entries.exercise": PRESS})["userId"] == ANN


def test_a_slow_find_teaches_whose_document_it_was(log, sent, monkeypatch):
    monkeypatch.setattr(first_matches, "SLOW_SECONDS", 0)
    log.insert_one(document(ANN, PRESS))
    before = uses(log, PRESS)
    sent.clear()

    assert uses(log, PRESS) == before

    assert before.keys() == {"_id", "entries"}
    assert [command["filter"]["userId"] for command in sent.of("find")] == [{"$in": [ANN]}]


@pytest.fixture
def people(log, monkeypatch):
    monkeypatch.setattr(first_matches, "_table_referred_to", lambda *_: "people")
    return log.database.people


def test_a_document_of_one_of_the_first_users_is_found_before_anybody_was_seen(log, people, sent):
    people.insert_many([{"_id": ANN}, {"_id": CID}])
    log.insert_many([document(BEA, PRESS), document(ANN, PRESS, SQUAT)])

    found = uses(log, PRESS)

    assert [entry["exercise"] for entry in found["entries"]] == [PRESS, SQUAT]
    tried = [command["filter"].get("userId") for command in sent.of("find")]
    assert tried == [None, {"$in": [CID]}, {"$in": [ANN]}]


def test_the_first_users_are_read_once(log, people, sent):
    people.insert_one({"_id": ANN})
    uses(log, UNUSED)
    sent.clear()

    uses(log, UNUSED)

    assert {command["find"] for command in sent.of("find")} == {log.name}


def test_the_field_userid_refers_to_users():
    assert first_matches._table_referred_to("history", "userId") == "users"
    assert first_matches._table_referred_to("history", "date") is None


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 10])
def test_of_several_documents_none_is_found_twice(log, people, limit):
    people.insert_many([{"_id": ANN}, {"_id": BEA}])
    log.insert_many([document(ANN, PRESS), document(BEA, PRESS), document(CID, PRESS)])
    list_of(log, ANN)

    found = log.find({"entries.exercise": PRESS}, {"_id": 1}).limit(limit).to_list()

    assert len(found) == len({one["_id"] for one in found}) == min(limit, 3)


def test_many_documents_of_known_users_are_found_without_reading_all(log, people, sent):
    people.insert_one({"_id": ANN})
    log.insert_many([document(ANN, PRESS) for _ in range(5)])

    found = log.find({"entries.exercise": PRESS}, {"_id": 1}).limit(5).to_list()

    assert len(found) == 5
    assert [command["filter"].get("userId") for command in sent.of("find")] == [
        None,
        {"$in": [ANN]},
    ]


def test_few_ids_are_remembered(log):
    for _ in range(200):
        list_of(log, ObjectId())

    (known,) = first_matches._ids.values()
    assert len(known) <= first_matches.MOST_IDS


OTHERS = {
    "by _id": lambda log: log.find_one({"_id": PRESS}),
    "more conditions": lambda log: log.find_one({"entries.exercise": PRESS, "userId": ANN}),
    "a range": lambda log: log.find_one({"entries.exercise": {"$gt": PRESS}}),
    "no index": lambda log: log.find_one({"name": "x"}),
    "all documents": lambda log: log.find({"entries.exercise": PRESS}).to_list(),
    "several values": lambda log: uses(log, PRESS, SQUAT),
    "skip": lambda log: log.find({"entries.exercise": PRESS}).skip(1).limit(1).to_list(),
}


@pytest.mark.parametrize("find", OTHERS.values(), ids=OTHERS)
def test_other_finds_are_sent_unchanged(log, sent, find):
    list_of(log, BEA)
    find(log)
    sent.clear()

    find(log)

    ((name, command),) = sent.commands
    assert name == "find"
    assert str(BEA) not in str(command["filter"])
