"""A sorted page that is read from windows is the right page, whatever was guessed before."""

from datetime import UTC, datetime, timedelta
from math import inf
from operator import neg
from time import monotonic

import pytest
from bson import ObjectId
from bson.codec_options import CodecOptions
from bson.datetime_ms import DatetimeMS
from bson.raw_bson import RawBSONDocument
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from fitness_project.database.embedded.workarounds.sorted_pages import memory
from fitness_project.database.embedded.workarounds.sorted_pages.memory import Guess, guesses

USER = ObjectId()
START = datetime(2026, 1, 1)
MILLISECOND = timedelta(milliseconds=1)
NEWEST = (("date", -1), ("_id", -1))
OLDEST = (("date", 1), ("_id", 1))
UNREAD = CodecOptions(document_class=RawBSONDocument)


@pytest.fixture(autouse=True)
def _empty_memory():
    memory.forget()


@pytest.fixture
def history(gym):
    """A collection with the index that its lists use."""
    gym.create_index([("userId", 1), ("date", -1), ("_id", -1)])
    return gym


def store(collection, dates, **others):
    documents = [{"userId": USER, "date": date, **others} for date in dates]
    collection.insert_many([*documents, {"userId": ObjectId(), "date": START}])


def after(document, sort):
    """The conditions of a page that continues after a document."""
    date, near = document["date"], "$lte" if sort == NEWEST else "$gte"
    tie = {"$gte" if sort == NEWEST else "$lte": document["_id"]}
    return {"date": {near: date}, "$nor": [{"date": date, "_id": tie}]}


def pages(collection, sort, size, begin=None, before_each=lambda: None):
    """The ids on each page, from the first to the last."""
    found, query = [], {"userId": USER, **(begin or {})}
    while True:
        before_each()
        page = collection.find(query).sort(sort).limit(size + 1).to_list()
        found.append([row["_id"] for row in page[:size]])
        if len(page) <= size:
            return found
        query = {"userId": USER, **after(page[size - 1], sort)}


def expected_pages(documents, sort, size):
    sign = dict(sort)["date"]
    dated = sorted(documents, key=lambda d: (d["date"], d["_id"]), reverse=sign < 0)
    ids = [document["_id"] for document in dated]
    count = max(1, -(-len(ids) // size))
    return [ids[n * size : (n + 1) * size] for n in range(count)]


# Few distinct dates, so that documents share them, and some that are far away.
minutes = st.integers(0, 4) | st.integers(0, 4).map(lambda n: n * 100_000) | st.integers(0, 10**6)
dates = minutes.map(lambda n: START + timedelta(minutes=n))
spans = st.sampled_from([0, 60_000, 3_600_000, 6 * 10**9, 6 * 10**13])
milliseconds = dates.map(lambda date: int(DatetimeMS(date)))
positions = st.sampled_from([-inf, 0, inf]) | milliseconds | milliseconds.map(neg)
starts = positions.filter(lambda position: position < inf)
ends = positions.filter(lambda position: position > -inf)
guesses_of_all_kinds = st.builds(
    Guess, st.none() | spans, st.none() | st.tuples(starts, ends), positions
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(dates, max_size=25),
    size=st.integers(1, 6),
    sort=st.sampled_from([NEWEST, OLDEST]),
    is_raw=st.booleans(),
    data=st.data(),
)
def test_every_page_is_right(history, days, size, sort, is_raw, data):
    history.delete_many({})
    memory.guesses.clear()
    store(history, days)
    collection = history.with_options(codec_options=UNREAD) if is_raw else history
    begin = {} if sort == NEWEST else {"date": {"$gte": START}}

    def guess_anything():
        for key in guesses:
            guesses[key] = data.draw(guesses_of_all_kinds)

    expected = expected_pages(history.find({"userId": USER}).to_list(), sort, size)

    event(f"pages: {min(len(expected), 4)}")
    assert pages(collection, sort, size, begin) == expected
    assert pages(collection, sort, size, begin, guess_anything) == expected
    assert pages(collection, sort, size, begin) == expected


OTHERS = [
    {},
    {"kind": 1},
    {"kind": None},
    {"kind": {"$ne": 1}},
    {"$or": [{"kind": 1}, {"other": None}]},
    {"$and": [{"kind": 1}], "$nor": [{"userId": None}]},
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(dates | st.none(), max_size=20),
    missing=st.integers(0, 3),
    limit=st.integers(1, 6),
    sort=st.sampled_from([NEWEST, OLDEST, NEWEST[:1], OLDEST[:1], (("date", -1), ("_id", 1))]),
    within=st.dictionaries(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), dates, max_size=2),
    others=st.sampled_from(OTHERS),
    data=st.data(),
)
def test_every_find_returns_what_plain_pymongo_returns(
    history, raw_gym, days, missing, limit, sort, within, others, data
):
    history.delete_many({})
    store(history, days, kind=data.draw(st.sampled_from([None, 1])))
    history.insert_many([{"userId": USER} for _ in range(missing)] or [{}])
    query = {"userId": USER, **({"date": within} if within else {}), **others}
    for key in guesses:
        guesses[key] = data.draw(guesses_of_all_kinds)

    plain = raw_gym.aggregate(
        [{"$sort": {"_id": 1}}, {"$match": query}, {"$sort": dict(sort)}, {"$limit": limit}]
    ).to_list()
    found = [history.find(query).sort(sort).limit(limit).to_list() for _ in "12"]

    sorts_by_id = len(sort) > 1
    values = [
        [row["_id"] if sorts_by_id else row.get("date") for row in rows] for rows in [plain, *found]
    ]
    assert values[1] == values[0]
    assert values[2] == values[0]


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
@pytest.mark.parametrize(
    "begin",
    [
        {},
        {"date": {"$lte": PAST - timedelta(days=1)}},
        {"date": {"$gte": datetime(1970, 1, 1)}},
        {"date": {"$gte": datetime(1970, 1, 1), "$lte": PAST - timedelta(days=1)}},
    ],
)
def test_a_page_is_one_find_the_second_time(history, sent, dates, begin):
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


def test_a_page_of_everybodys_is_one_find_the_second_time(gym, sent):
    gym.create_index([("date", -1), ("_id", -1)])
    store(gym, [PAST - timedelta(days=n) for n in range(100)])
    find = gym.find().sort(NEWEST).limit(21)
    expected = sorted(gym.find(), key=lambda d: (d["date"], d["_id"]), reverse=True)[:21]
    assert find.clone().to_list() == expected
    sent.clear()

    assert find.to_list() == expected

    ((name, command),) = sent.commands
    assert (name, command["filter"].keys()) == ("find", {"date"})


def test_every_page_is_one_find_the_second_time(history, sent):
    """The last page is too, although it isn't full."""
    store(history, [PAST - timedelta(hours=7 * n) for n in range(100)])
    plain = pages(history, NEWEST, 20)
    sent.clear()

    assert pages(history, NEWEST, 20) == plain

    assert [name for name, _ in sent.commands] == ["find"] * len(plain)


def test_documents_dated_before_1970_are_not_in_a_page_from_then_on(history):
    store(history, [PAST, datetime(1969, 12, 31), datetime(1970, 1, 1)])
    history.insert_one({"userId": USER})
    newest = history.find({"userId": USER, "date": {"$gte": datetime(1970, 1, 1)}})
    newest.sort(NEWEST).limit(5)

    for _ in "twice":
        assert [row["date"] for row in newest.clone()] == [PAST, datetime(1970, 1, 1)]


UNINDEXED = {
    "a field": {"kind": 3},
    "a regular expression": {"$and": [{"name": {"$regex": "^3"}}]},
    "a range": {"kind": {"$gt": 2, "$lt": 4}},
}


@pytest.mark.parametrize("condition", UNINDEXED.values(), ids=UNINDEXED)
@pytest.mark.parametrize("size", [2, 9, 30])
def test_conditions_outside_the_index_are_applied_to_what_it_finds(history, sent, condition, size):
    """In one step with the others, they would make the server read the whole collection."""
    documents = [
        {"userId": USER, "date": PAST - n * timedelta(days=3), "kind": n % 5, "name": str(n % 5)}
        for n in range(100)
    ]
    history.insert_many([*documents, {"userId": ObjectId(), "date": PAST, "kind": 3, "name": "3"}])
    find = history.find({"userId": USER, **condition}).sort(NEWEST).limit(size)
    find.clone().to_list()
    sent.clear()

    assert [row["date"] for row in find] == [row["date"] for row in documents[3::5]][:size]

    ((name, command),) = sent.commands
    first, second, *_ = command["pipeline"]
    assert (name, second) == ("aggregate", {"$match": condition})
    assert first["$match"].keys() == {"userId", "date"} if size < 20 else {"userId"}


def test_a_page_among_many_documents_of_one_instant_is_read_from_the_index(history, sent):
    store(history, [PAST] * 60)
    plain = pages(history, NEWEST, 20)
    sent.clear()

    assert pages(history, NEWEST, 20) == plain

    assert all("$nor" not in command["filter"] for command in sent.of("find"))
    for command in sent.of("aggregate"):
        first, second, *_ = command["pipeline"]
        assert second["$match"].keys() == {"$nor"}
        assert first["$match"].keys() <= {"userId", "date"}


def test_each_page_of_a_feed_is_one_find(history, sent):
    """Both at the beginning of time and at its end."""
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
def test_a_new_process_does_not_sort_a_whole_history(history, sent, age):
    last = PAST - timedelta(days=age)
    store(history, [last - timedelta(minutes=n) for n in range(100)])
    after_one = after({"date": last - timedelta(minutes=30), "_id": ObjectId()}, NEWEST)

    for begin in ({}, after_one):
        memory.forget()
        sent.clear()
        assert len(history.find({"userId": USER, **begin}).sort(NEWEST).limit(21).to_list()) == 21

        (command,) = [command for command in sent.of("find") if "sort" in command]
        assert command["filter"].keys() == {"userId", "date"}


def test_guesses_adapt_to_a_changing_history(history):
    newest = history.find({"userId": USER}).sort(NEWEST).limit(3)
    assert newest.clone().to_list() == []

    for size in (2, 10, 2, 0):
        history.delete_many({})
        store(history, [PAST - timedelta(days=n) for n in range(size)])
        for _ in range(2):
            found = [row["date"] for row in newest.clone()]
            assert found == [PAST - timedelta(days=n) for n in range(min(size, 3))]


def test_guesses_about_a_part_do_not_apply_to_the_whole(history, sent):
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


def test_a_page_is_read_in_its_transaction(history):
    store(history, [PAST - timedelta(days=n) for n in range(10)])

    with history.database.client.start_session() as session, session.start_transaction():
        history.insert_one({"userId": USER, "date": PAST, "new": True}, session=session)
        within = history.find({"userId": USER}, session=session).sort(NEWEST).limit(2).to_list()
        outside = history.find({"userId": USER}).sort(NEWEST).limit(2).to_list()
        session.abort_transaction()

    assert within[0]["new"]
    assert "new" not in outside[0]


def test_a_cursor_behaves_as_in_pymongo(history):
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
    "by a field without an index": lambda gym: gym.find({"userId": USER}).sort("name").limit(2),
    "oldest of all": lambda gym: gym.find({"userId": USER}).sort(OLDEST).limit(2),
    "no equality": lambda gym: gym.find().sort(NEWEST).limit(2),
    "another condition": lambda gym: (
        gym.find({"userId": {"$in": [USER]}, "name": {"$ne": "x"}}).sort(NEWEST).limit(2)
    ),
    "a hint": lambda gym: gym.find({"userId": USER}).sort(NEWEST).limit(2).hint("_id_"),
    "a comment": lambda gym: gym.find({"userId": USER}, comment="x").sort(NEWEST).limit(2),
    "no date in the projection": lambda gym: (
        gym.find({"userId": USER}, {"name": 1}).sort(NEWEST).limit(2)
    ),
}


@pytest.mark.parametrize("find", PLAIN.values(), ids=PLAIN)
def test_other_finds_are_sent_unchanged(history, sent, find):
    store(history, [PAST - timedelta(days=n) for n in range(10)])
    # The first time, the collection's indexes may be listed.
    find(history).to_list()
    sent.clear()

    find(history).to_list()

    assert [name for name, _ in sent.commands] == ["find"]


def test_a_field_without_dates_is_sorted_by_one_find_the_second_time(history, sent):
    history.create_index([("userId", 1), ("name", 1)])
    history.insert_many({"userId": USER, "name": name} for name in "abcd")
    last = history.find({"userId": USER}).sort("name", -1).limit(2)

    assert [row["name"] for row in last.clone()] == ["d", "c"]
    sent.clear()
    assert [row["name"] for row in last] == ["d", "c"]

    assert [command["filter"] for command in sent.of("find")] == [{"userId": USER}]


def test_the_number_of_guesses_is_limited(history, monkeypatch):
    monkeypatch.setattr(memory, "MAX_REMEMBERED", 3)

    for number in range(10):
        history.find({"userId": number}).sort(NEWEST).limit(2).to_list()

    assert 0 < len(guesses) <= 3


def test_the_embedded_server_needs_the_workaround(history, raw_gym):
    """When the server reads no more than a page's documents, `sorted_pages` can be removed."""
    store(history, [PAST - timedelta(minutes=n) for n in range(20_000)])

    def milliseconds(collection):
        started = monotonic()
        assert len(collection.find({"userId": USER}).sort(NEWEST).limit(21).to_list()) == 21
        return 1000 * (monotonic() - started)

    plain = min(milliseconds(raw_gym) for _ in range(3))
    through_windows = min(milliseconds(history) for _ in range(3))

    assert plain > 4 * through_windows
