"""Sorted pages: whatever was guessed, a page out of a window is the page that is asked plainly."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from bson import ObjectId
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from fitness_project.database.embedded.workarounds import learned
from fitness_project.database.embedded.workarounds.learned import Guess, guesses

USER = ObjectId()
START = datetime(2026, 1, 1)
MILLISECOND = timedelta(milliseconds=1)
NEWEST = (("date", -1), ("_id", -1))
OLDEST = (("date", 1), ("_id", 1))
UNREAD = CodecOptions(document_class=RawBSONDocument)


@pytest.fixture(autouse=True)
def _nothing_learned():
    learned.forget()


@pytest.fixture
def history(gym):
    """Under the index that its lists are read by."""
    gym.create_index([("userId", 1), ("date", -1), ("_id", -1)])
    return gym


def store(collection, dates, **others):
    documents = [{"userId": USER, "date": date, **others} for date in dates]
    collection.insert_many([*documents, {"userId": ObjectId(), "date": START}])


def behind(document, sort):
    """The conditions of a page that goes on behind a document."""
    date, near = document["date"], "$lte" if sort == NEWEST else "$gte"
    tie = {"$gte" if sort == NEWEST else "$lte": document["_id"]}
    return {"date": {near: date}, "$nor": [{"date": date, "_id": tie}]}


def pages(collection, sort, size, begin=None, before_each=lambda: None):
    """The ids of all pages, from the first on."""
    found, query = [], {"userId": USER, **(begin or {})}
    while True:
        before_each()
        page = collection.find(query).sort(sort).limit(size + 1).to_list()
        found.append([row["_id"] for row in page[:size]])
        if len(page) <= size:
            return found
        query = {"userId": USER, **behind(page[size - 1], sort)}


def expected_pages(documents, sort, size):
    sign = dict(sort)["date"]
    dated = sorted(documents, key=lambda d: (d["date"], d["_id"]), reverse=sign < 0)
    ids = [document["_id"] for document in dated]
    count = max(1, -(-len(ids) // size))
    return [ids[n * size : (n + 1) * size] for n in range(count)]


# Few distinct instants, so that many documents share one; and a few far away.
minutes = st.integers(0, 4) | st.integers(0, 4).map(lambda n: n * 100_000) | st.integers(0, 10**6)
dates = minutes.map(lambda n: START + timedelta(minutes=n))
spans = st.sampled_from([0, 1, 60, 10**5, 10**9]).map(lambda n: timedelta(minutes=n))
bounds = st.sampled_from([datetime.min, datetime.max]) | dates
a_guess = st.builds(
    Guess, st.none() | spans, st.none() | st.tuples(bounds, bounds), st.none() | bounds
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(dates, max_size=25),
    size=st.integers(1, 6),
    sort=st.sampled_from([NEWEST, OLDEST]),
    is_raw=st.booleans(),
    data=st.data(),
)
def test_every_page_is_the_plain_one(history, days, size, sort, is_raw, data):
    history.delete_many({})
    learned.guesses.clear()
    store(history, days)
    collection = history.with_options(codec_options=UNREAD) if is_raw else history
    begin = {} if sort == NEWEST else {"date": {"$gte": START}}

    def guess_anything():
        for key in guesses:
            guesses[key] = data.draw(a_guess)

    expected = expected_pages(history.find({"userId": USER}).to_list(), sort, size)

    event(f"pages: {min(len(expected), 4)}")
    assert pages(collection, sort, size, begin) == expected
    assert pages(collection, sort, size, begin, guess_anything) == expected
    assert pages(collection, sort, size, begin) == expected


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(dates | st.none(), max_size=20),
    missing=st.integers(0, 3),
    limit=st.integers(1, 6),
    sort=st.sampled_from([NEWEST, OLDEST, NEWEST[:1], OLDEST[:1], (("date", -1), ("_id", 1))]),
    within=st.dictionaries(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), dates, max_size=2),
    others=st.sampled_from([{}, {"kind": 1}, {"kind": None}, {"kind": {"$ne": 1}}]),
    data=st.data(),
)
def test_every_question_is_answered_like_a_plain_one(
    history, raw_gym, days, missing, limit, sort, within, others, data
):
    history.delete_many({})
    store(history, days, kind=data.draw(st.sampled_from([None, 1])))
    history.insert_many([{"userId": USER} for _ in range(missing)] or [{}])
    query = {"userId": USER, **({"date": within} if within else {}), **others}
    for key in guesses:
        guesses[key] = data.draw(a_guess)

    plain = raw_gym.aggregate(
        [{"$sort": {"_id": 1}}, {"$match": query}, {"$sort": dict(sort)}, {"$limit": limit}]
    ).to_list()
    found = [history.find(query).sort(sort).limit(limit).to_list() for _ in "12"]

    sorts_by_id = len(sort) > 1
    shown = [
        [row["_id"] if sorts_by_id else row.get("date") for row in rows] for rows in [plain, *found]
    ]
    assert shown[1] == shown[0]
    assert shown[2] == shown[0]


PAST = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
HISTORIES = {
    "three years old": [PAST - timedelta(days=1000 + n) for n in range(100)],
    "all on one day": [PAST - timedelta(seconds=n) for n in range(100)],
    "two a day": [PAST - timedelta(days=n / 2) for n in range(100)],
    "all at one instant": [PAST] * 100,
    "in the future": [PAST + timedelta(days=n) for n in range(100)],
    "few": [PAST] * 5,
    "none": [],
}


@pytest.mark.parametrize("dates", HISTORIES.values(), ids=HISTORIES)
@pytest.mark.parametrize("begin", [{}, {"date": {"$lte": PAST - timedelta(days=1)}}])
def test_the_second_time_a_page_is_one_find(history, sent, dates, begin):
    store(history, dates)
    find = history.find({"userId": USER, **begin}).sort(NEWEST).limit(21)
    expected = find.clone().to_list()
    sent.clear()

    assert find.to_list() == expected

    ((name, command),) = sent.commands
    assert name == "find"
    if len(expected) == 21:
        assert "$gt" in command["filter"]["date"]
    else:
        assert command["filter"].keys() == {"userId", *begin}


def test_the_second_time_every_page_is_one_find(history, sent):
    """The last one too, which is no full one."""
    store(history, [PAST - timedelta(hours=7 * n) for n in range(100)])
    plain = pages(history, NEWEST, 20)
    sent.clear()

    assert pages(history, NEWEST, 20) == plain

    assert [name for name, _ in sent.commands] == ["find"] * len(plain)


def test_a_feed_is_one_find_a_page(history, sent):
    """From the beginning of time on, and from its end."""
    history.create_index([("userId", 1), ("updatedAt", 1), ("_id", 1)])
    dates = [PAST - timedelta(days=n) for n in range(300)]
    history.insert_many({"userId": USER, "updatedAt": date} for date in dates)
    for begin, count in ((datetime(1970, 1, 1), 101), (PAST - timedelta(days=3), 4)):
        find = history.find({"userId": USER, "updatedAt": {"$gte": begin}})
        find.sort([("updatedAt", 1), ("_id", 1)]).limit(101)
        find.clone().to_list()
        sent.clear()

        assert len(find.to_list()) == count
        assert [name for name, _ in sent.commands] == ["find"]


@pytest.mark.parametrize("age", [0, 1000])
def test_a_process_that_knows_nothing_sorts_no_whole_history(history, sent, age):
    last = PAST - timedelta(days=age)
    store(history, [last - timedelta(minutes=n) for n in range(100)])
    behind_some = behind({"date": last - timedelta(minutes=30), "_id": ObjectId()}, NEWEST)

    for begin in ({}, behind_some):
        learned.forget()
        sent.clear()
        assert len(history.find({"userId": USER, **begin}).sort(NEWEST).limit(21).to_list()) == 21

        (asked,) = [command for command in sent.of("find") if "sort" in command]
        assert asked["filter"].keys() == {"userId", "date"}


def test_what_was_learned_is_unlearned(history):
    """A short history grows, and a long one shrinks."""
    newest = history.find({"userId": USER}).sort(NEWEST).limit(3)
    assert newest.clone().to_list() == []

    for size in (2, 10, 2, 0):
        history.delete_many({})
        store(history, [PAST - timedelta(days=n) for n in range(size)])
        for _ in range(2):
            found = [row["date"] for row in newest.clone()]
            assert found == [PAST - timedelta(days=n) for n in range(min(size, 3))]


def test_what_is_learned_of_a_part_is_not_taken_for_the_whole(history, sent):
    store(history, [PAST - timedelta(hours=n) for n in range(100)])
    everything = history.find({"userId": USER}).sort(NEWEST).limit(21)
    part = history.find({"userId": USER, "date": {"$gte": PAST - timedelta(hours=3)}})
    part.sort(NEWEST).limit(21)
    everything.clone().to_list()

    assert len(part.to_list()) == 4
    sent.clear()

    assert len(everything.to_list()) == 21
    (command,) = sent.of("find")
    assert "date" in command["filter"]


def test_a_page_is_part_of_its_transaction(history):
    store(history, [PAST - timedelta(days=n) for n in range(10)])

    with history.database.client.start_session() as session, session.start_transaction():
        history.insert_one({"userId": USER, "date": PAST, "new": True}, session=session)
        within = history.find({"userId": USER}, session=session).sort(NEWEST).limit(2).to_list()
        outside = history.find({"userId": USER}).sort(NEWEST).limit(2).to_list()
        session.abort_transaction()

    assert within[0]["new"]
    assert "new" not in outside[0]


def test_a_cursor_is_what_it_is_in_pymongo(history):
    store(history, [PAST - timedelta(days=n) for n in range(10)])
    newest = history.find({"userId": USER}).sort(NEWEST).limit(5)
    ids = [row["_id"] for row in newest.clone()]

    assert [newest.next()["_id"], *(row["_id"] for row in newest)] == ids
    assert (newest.retrieved, newest.alive) == (5, False)
    assert [row["_id"] for row in newest.rewind().to_list(2)] == ids[:2]
    assert newest.clone()[3]["_id"] == ids[3]
    assert history.find_one({"userId": USER}, sort=NEWEST)["_id"] == ids[0]
    assert history.find({"userId": USER}, {"_id": 0}, sort=NEWEST, limit=1).to_list() == [
        {"userId": USER, "date": PAST}
    ]


PLAIN = {
    "no limit": lambda gym: gym.find({"userId": USER}).sort(NEWEST),
    "skip": lambda gym: gym.find({"userId": USER}).sort(NEWEST).skip(1).limit(2),
    "no sort": lambda gym: gym.find({"userId": USER}).limit(2),
    "by _id": lambda gym: gym.find({"userId": USER}).sort("_id", -1).limit(2),
    "by what has no index": lambda gym: gym.find({"userId": USER}).sort("name").limit(2),
    "oldest of all": lambda gym: gym.find({"userId": USER}).sort(OLDEST).limit(2),
    "no equality": lambda gym: gym.find().sort(NEWEST).limit(2),
    "another condition": lambda gym: (
        gym.find({"userId": {"$in": [USER]}, "name": {"$ne": "x"}}).sort(NEWEST).limit(2)
    ),
    "a hint": lambda gym: gym.find({"userId": USER}).sort(NEWEST).limit(2).hint("_id_"),
    "a comment": lambda gym: gym.find({"userId": USER}, comment="x").sort(NEWEST).limit(2),
    "no date shown": lambda gym: gym.find({"userId": USER}, {"name": 1}).sort(NEWEST).limit(2),
    "ties of numbers": lambda gym: (
        gym.find({"userId": USER, "$nor": [{"date": PAST, "_id": {"$gte": 3}}]})
        .sort(NEWEST)
        .limit(2)
    ),
}


@pytest.mark.parametrize("question", PLAIN.values(), ids=PLAIN)
def test_other_questions_are_sent_as_they_are(history, sent, question):
    store(history, [PAST - timedelta(days=n) for n in range(10)])
    cursor = question(history)
    learned.has_index(history, frozenset({"userId"}), "name")
    sent.clear()

    cursor.to_list()

    assert [name for name, _ in sent.commands] == ["find"]


def test_a_field_of_no_dates_is_sorted_plainly(history, sent):
    history.create_index([("userId", 1), ("name", 1)])
    history.insert_many({"userId": USER, "name": name} for name in "abcd")
    last = history.find({"userId": USER}).sort("name", -1).limit(2)

    assert [row["name"] for row in last.clone()] == ["d", "c"]
    sent.clear()
    assert [row["name"] for row in last] == ["d", "c"]

    assert [command["filter"] for command in sent.of("find")] == [{"userId": USER}]


def test_what_is_learned_is_bounded(history, monkeypatch):
    monkeypatch.setattr(learned, "MAX_REMEMBERED", 3)

    for number in range(10):
        history.find({"userId": number}).sort(NEWEST).limit(2).to_list()

    assert 0 < len(guesses) <= 3


def test_the_embedded_server_needs_it(history, raw_gym):
    """When a plain page examines a page's documents alone, `pages` can go."""
    store(history, [PAST - timedelta(minutes=n) for n in range(20_000)])

    def milliseconds(collection):
        started = monotonic()
        assert len(collection.find({"userId": USER}).sort(NEWEST).limit(21).to_list()) == 21
        return 1000 * (monotonic() - started)

    as_it_is = min(milliseconds(raw_gym) for _ in range(3))
    mended = min(milliseconds(history) for _ in range(3))

    assert as_it_is > 4 * mended
