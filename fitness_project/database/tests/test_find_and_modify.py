"""`find_one_and_...` by `_id`: what the embedded server does with it, and what it is sent."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, OperationFailure

AFTER = ReturnDocument.AFTER
INC = {"$inc": {"sets": 1}}

QUESTIONS = {
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


@pytest.mark.parametrize("name", [*QUESTIONS, *OTHERS])
def test_the_answer_and_the_effect_are_the_commands_own(gym, raw_gym, name):
    question = (QUESTIONS | OTHERS)[name]
    results = []
    for collection in (raw_gym, gym):
        stored(gym)
        answer = question(collection)
        results.append((answer, gym.find().sort("_id").to_list()))

    assert results[1] == results[0]


@pytest.mark.parametrize("name", QUESTIONS)
def test_by_id_the_command_is_not_sent(gym, sent, name):
    stored(gym)

    QUESTIONS[name](gym)

    assert sent.of("findAndModify") == []


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_by_id_alone_is_sent_as_it_is(gym, sent, name):
    stored(gym)

    OTHERS[name](gym)

    assert len(sent.of("findAndModify")) == 1


def test_an_update_that_needs_to_know_where_its_query_matched_is_sent_as_it_is(gym, sent):
    """The embedded server refuses it, as a whole."""
    stored(gym)

    with pytest.raises(OperationFailure):
        gym.find_one_and_update({"_id": 1, "tags.name": "b"}, {"$set": {"tags.$.name": "c"}})

    assert len(sent.of("findAndModify")) == 1


def test_of_many_at_once_none_is_lost(gym):
    stored(gym)

    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(
            lambda _: gym.find_one_and_update({"_id": 1, "userId": 7}, INC, return_document=AFTER),
            range(30),
        )

    assert sorted(answer["sets"] for answer in answers) == list(range(4, 34))


def test_of_many_with_one_condition_one_succeeds(gym):
    stored(gym)

    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda _: gym.find_one_and_update({"_id": 1, "sets": 3}, INC), range(12))

    assert sum(answer is not None for answer in answers) == 1


def test_it_is_part_of_the_transaction_under_way(gym):
    stored(gym)

    with gym.database.client.start_session() as session, session.start_transaction():
        within = gym.find_one_and_update({"_id": 1}, INC, return_document=AFTER, session=session)
        outside = gym.find_one({"_id": 1})
        session.abort_transaction()

    assert (within["sets"], outside["sets"]) == (4, 3)
    assert gym.find_one({"_id": 1})["sets"] == 3


def test_a_session_without_a_transaction_gets_one(gym):
    stored(gym)

    with gym.database.client.start_session() as session:
        gym.find_one_and_update({"_id": 1}, INC, session=session)

    assert gym.find_one({"_id": 1})["sets"] == 4


def test_a_refused_write_is_told_and_changes_nothing(gym):
    gym.create_index("key", unique=True)
    gym.insert_many([{"_id": 1, "key": "a"}, {"_id": 2, "key": "b"}])

    with pytest.raises(DuplicateKeyError):
        gym.find_one_and_update({"_id": 1}, {"$set": {"key": "b"}})

    assert gym.find_one({"_id": 1})["key"] == "a"


def test_the_embedded_server_needs_it(gym, raw_gym):
    """When the command is as fast as what replaces it, `find_and_modify` can do without that."""
    gym.insert_many({"_id": number, "sets": 0, "notes": "x" * 200} for number in range(20_000))

    def milliseconds(collection):
        started = monotonic()
        collection.find_one_and_update({"_id": 10_000}, INC)
        return 1000 * (monotonic() - started)

    times = [(milliseconds(raw_gym), milliseconds(gym)) for _ in range(15)]
    as_it_is, mended = map(min, zip(*times, strict=True))

    assert as_it_is > 2 * mended


def answers_amid_deletions(log, stop_at):
    """Of upserts, all of which are to answer the document, while others delete it."""
    over, answers = Event(), []

    def delete():
        while not over.is_set():
            log.delete_one({"_id": 1})

    def ask():
        while not over.is_set():
            found = log.find_one_and_update({"_id": 1}, INC, upsert=True, return_document=AFTER)
            answers.append(found)
            if stop_at(answers):
                over.set()

    with ThreadPoolExecutor(5) as pool:
        tasks = [pool.submit(work) for work in (delete, ask, ask, ask, ask)]
        for task in tasks:
            task.result(30)
    return answers


def test_the_embedded_server_leaves_upserts_unanswered(raw_gym):
    """When it answers them all, `find_and_modify` need not ask again."""
    answers = answers_amid_deletions(raw_gym, lambda told: None in told or len(told) > 3_000)

    assert None in answers


def test_an_upsert_is_answered_whoever_deletes_meanwhile(gym):
    answers = answers_amid_deletions(gym, lambda told: len(told) > 500)

    assert all(answer["sets"] >= 1 for answer in answers)
