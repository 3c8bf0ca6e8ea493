"""An index over many documents is built in small steps, and an interruption loses nothing."""

import pytest
from bson import ObjectId
from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from fitness_project.database.embedded.collection import EmbeddedCollection
from fitness_project.database.embedded.workarounds import index_builds
from fitness_project.database.embedded.workarounds.index_builds import batches
from fitness_project.database.embedded.workarounds.index_builds.saved import Saved

COUNT = 25
OLD = IndexModel([("userId", 1), ("_id", 1)], name="old", unique=True)
NEW = IndexModel([("entries.id", 1), ("userId", 1)], name="new")
ONCE = IndexModel(
    [("userId", 1), ("key", 1)],
    name="once",
    unique=True,
    partialFilterExpression={"key": {"$exists": True}},
)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr(index_builds, "MOST_DOCUMENTS", 5)
    monkeypatch.setattr(batches, "BATCH", 10)


@pytest.fixture
def log(gym):
    gym.create_indexes([OLD])
    gym.insert_many(document(number) for number in range(COUNT))
    return gym


@pytest.fixture
def saved(embedded_dir):
    return embedded_dir / "saved" / "gym.log"


def document(number, **fields):
    return {"userId": number % 3, "entries": [{"id": number}] * 2, "key": number, **fields}


def stored(collection):
    return sorted(collection.find(), key=lambda found: found["_id"])


def is_small(steps):
    return sum(steps) == COUNT and max(steps) <= 10


def test_the_documents_are_inserted_anew_in_small_steps(log, sent):
    before = stored(log)
    sent.clear()

    assert log.create_indexes([NEW, ONCE]) == ["new", "once"]

    assert stored(log) == before
    assert is_small([len(command["documents"]) for command in sent.of("insert")])
    assert is_small([len(c["deletes"][0]["q"]["_id"]["$in"]) for c in sent.of("delete")])


def test_all_indexes_are_there_afterwards(log, raw_gym):
    log.create_indexes([NEW, ONCE])

    found = raw_gym.index_information()
    assert found.keys() == {"_id_", "old", "new", "once", "once__lookup"}
    assert found["old"]["unique"]
    assert found["once"]["partialFilterExpression"] == {"key": {"$exists": True}}
    assert found["new"]["key"] == [("entries.id", 1), ("userId", 1)]


def test_nothing_is_left_behind(log, saved):
    log.create_indexes([NEW])

    assert not saved.exists()
    assert [*saved.parent.iterdir()] == []


def test_an_index_that_exists_is_not_built_again(log, sent):
    log.create_indexes([NEW])
    sent.clear()

    log.create_indexes([NEW])

    assert not sent.of("delete")


def test_a_few_documents_stay_where_they_are(gym, sent):
    gym.insert_many([document(1), document(2)])
    sent.clear()

    gym.create_indexes([NEW])

    assert not sent.of("delete")
    assert "new" in gym.index_information()


def test_duplicates_are_refused_before_anything_is_removed(log, saved):
    log.insert_one(document(0))
    before = stored(log)

    with pytest.raises(DuplicateKeyError):
        log.create_indexes([ONCE])

    assert stored(log) == before
    assert not saved.exists()


class Interrupted(Exception):
    pass


def interrupt(monkeypatch, place, name, call, is_done):
    """Lets a function fail at the given call, before or after it has done its work."""
    original, calls = getattr(place, name), []

    def run(*args, **options):
        calls.append(name)
        if len(calls) == call and not is_done:
            raise Interrupted
        result = original(*args, **options)
        if len(calls) == call:
            raise Interrupted
        return result

    monkeypatch.setattr(place, name, run)


STEPS = {
    "the indexes are saved": (Saved, "begin", 1),
    "the documents are saved": (Saved, "add", 1),
    "the first are removed": (EmbeddedCollection, "delete_many", 1),
    "more are removed": (EmbeddedCollection, "delete_many", 2),
    "the collection is dropped": (EmbeddedCollection, "drop", 1),
    "the indexes are created": (Collection, "create_indexes", 1),
    "the first are inserted": (EmbeddedCollection, "insert_many", 1),
    "more are inserted": (EmbeddedCollection, "insert_many", 2),
    "the files are removed": (Saved, "remove", 1),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
def test_it_can_be_interrupted_anywhere(log, saved, monkeypatch, step, is_done):
    before = stored(log)
    with monkeypatch.context() as patch:
        interrupt(patch, *step, is_done)
        with pytest.raises(Interrupted):
            log.create_indexes([NEW])

    log.create_indexes([NEW])

    assert stored(log) == before
    assert log.index_information().keys() == {"_id_", "old", "new"}
    assert not saved.exists()


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_what_a_service_writes_after_an_interruption_is_kept(log, monkeypatch, step):
    first, last = stored(log)[0], stored(log)[-1]
    with monkeypatch.context() as patch:
        interrupt(patch, *step, is_done=True)
        with pytest.raises(Interrupted):
            log.create_indexes([NEW])
    new = {**document(99), "_id": ObjectId()}
    log.insert_one(new)
    seen = [log.update_one({"_id": d["_id"]}, {"$set": {"seen": 1}}) for d in (first, last)]

    log.create_indexes([NEW])

    assert log.find_one({"_id": new["_id"]}) == new
    assert log.count_documents({}) == COUNT + 1
    assert log.count_documents({"seen": 1}) == sum(result.matched_count for result in seen)
