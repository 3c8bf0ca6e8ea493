"""A request's time for the database: bounded, and counted only while it can be used."""

import time

import pytest
from django.db import connection
from pymongo.errors import PyMongoError

from fitness_project.database import deadline
from fitness_project.database.deadline import Deadline, paused, remaining_seconds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(deadline, "SECONDS", 0.5)


def ask():
    return connection.get_collection("django_migrations").find_one()


def test_past_it_nothing_is_asked_any_more():
    with Deadline():
        ask()
        time.sleep(0.6)

        with pytest.raises(PyMongoError):
            ask()


def test_what_asks_nothing_of_the_database_is_not_counted():
    with Deadline():
        with paused():
            time.sleep(0.6)

        ask()
        assert 0 < remaining_seconds(10) < 0.5


def test_it_goes_on_after_a_pause():
    with Deadline():
        with paused():
            pass
        time.sleep(0.6)

        assert remaining_seconds(10) == 0
        with pytest.raises(PyMongoError):
            ask()


def test_without_a_request_there_is_none():
    with paused():
        assert remaining_seconds(10) == 10
