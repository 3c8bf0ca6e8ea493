"""Which commands each call sends to the database, and which index serves them."""

from datetime import UTC, datetime, timedelta
from unittest.mock import ANY

import pytest
from django.db import connection

from exercises.catalogue import catalogue
from exercises.tests.factories import entry
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

OVERHEAD = {"ping", "hello", "endSessions", "getMore"}


@pytest.fixture
def commands(api, bench_press, command_log):
    """The commands of one call in a process that remembers the user and the catalogue."""
    api.get("/api/routines")

    def of(call):
        catalogue.current()
        catalogue._checked += 60
        command_log.clear()
        response = call()
        assert response.status_code < 300
        return [command for name, command in command_log if name not in OVERHEAD]

    return of


def names(commands):
    return [next(iter(command)) for command in commands]


@pytest.fixture
def routine(ann):
    return f"/api/routines/{RoutineFactory(user=ann).pk}"


@pytest.fixture
def session(ann):
    return f"/api/history/{SessionFactory(user=ann).pk}"


def test_the_catalogue_costs_no_query(api, commands, bench_press):
    for path in ("", "?search=bench&pageSize=100", f"/{bench_press.pk}"):
        assert names(commands(lambda path=path: api.get(f"/api/exercises{path}"))) == []


@pytest.mark.parametrize(
    ("collection", "sort"),
    [
        ("routines", [("createdAt", -1), ("_id", -1)]),
        ("history", [("date", -1), ("_id", -1)]),
    ],
)
def test_a_list_is_one_find_that_an_index_serves_and_sorts(api, ann, commands, collection, sort):
    api.get(f"/api/{collection}?pageSize=7")  # Where the page lies is learned once.
    (find,) = commands(lambda: api.get(f"/api/{collection}?pageSize=7"))

    assert find["find"] == collection
    assert find["filter"] == {"userId": ann.pk, sort[0][0]: ANY}
    assert set(find["filter"][sort[0][0]]) <= {"$gt", "$gte"}  # One of them, by engine.
    assert list(find["sort"].items()) == sort
    assert find["limit"] == 8
    assert "skip" not in find
    indexes = connection.database[collection].index_information().values()
    assert [("userId", 1), *sort] in [index["key"] for index in indexes]


def test_a_later_page_is_one_find_with_a_range_on_the_index(api, ann, commands):
    for n in range(9):
        SessionFactory(user=ann, date=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n))
    second = api.get("/api/history?pageSize=1").json()["next"]

    api.get(second)  # Where the page lies is learned once.
    (find,) = commands(lambda: api.get(second))

    assert list(find["filter"])[:2] == ["userId", "date"]
    assert set(find["filter"]["date"]) in ({"$lt", "$gt"}, {"$lte", "$gte"})  # By engine.
    assert "skip" not in find


def test_an_index_serves_the_history_of_one_exercise(api, commands, bench_press):
    path = f"/api/history?exerciseId={bench_press.pk}"
    api.get(path)  # Where the page lies is learned once.
    (find,) = commands(lambda: api.get(path))

    assert list(find["filter"]) == ["userId", "exercises.exerciseId", "date"]
    indexes = connection.database["history"].index_information().values()
    assert [("exercises.exerciseId", 1), ("userId", 1), ("date", -1)] in [
        index["key"] for index in indexes
    ]


def test_a_detail_is_one_find_that_an_index_serves(api, ann, commands, routine, session):
    for path in (routine, session):
        (find,) = commands(lambda path=path: api.get(path))
        assert find["filter"] == {"_id": ANY, "userId": ann.pk}


def test_writes_take_few_commands(api, commands, bench_press, routine, session):
    routine_body = {"name": "Push", "exercises": [entry(bench_press)]}
    session_body = {"date": "2026-05-01T10:00:00Z", "exercises": [entry(bench_press)]}

    def sent(verb, path, body=None):
        return names(commands(lambda: getattr(api, verb)(path, body)))

    assert sent("post", "/api/history", session_body) == ["insert"]
    assert sent("put", routine, routine_body) == ["find", "update"]
    assert sent("patch", routine, {"notes": "x"}) == ["find", "update"]
    assert sent("put", session, session_body) == ["find", "update"]
    assert sent("delete", session) == ["update"]
    assert sent("post", "/api/routines", routine_body) == ["insert", "update", "commitTransaction"]
    assert sent("delete", routine) == ["update", "update", "commitTransaction"]


def test_most_requests_with_one_token_read_no_user(api, commands):
    sent = [names(commands(lambda: api.get("/api/routines"))) for _ in range(5)]

    assert sent == [["find"]] * 5


@pytest.mark.django_db
def test_users_are_found_by_an_index_that_holds_every_email():
    index = connection.database["users"].index_information()["users_email"]

    assert index["key"] == [("email", 1)]
    assert index["unique"]
    assert "partialFilterExpression" not in index
