"""A request's time for the database is limited, and pauses don't count."""

import pytest
from django.db import connection
from pymongo.errors import PyMongoError

from fitness_project.database import deadline
from fitness_project.database.deadline import Deadline, paused, remaining_seconds

from .conftest import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

    monkeypatch.setattr(deadline, "monotonic", lambda: Clock.now)
    return Clock


def query():
    return connection.get_collection("django_migrations").find_one()


def test_queries_fail_past_the_deadline():
    with Deadline(0.05):
        wait_until(lambda: remaining_seconds(10) == 0)

        with pytest.raises(PyMongoError):
            query()


def test_a_pause_does_not_count(clock):
    with Deadline(3):
        with paused():
            clock.now += 60

        query()
        assert remaining_seconds(10) == 3


def test_the_clock_runs_again_after_a_pause(clock):
    with Deadline(3):
        clock.now += 1
        with paused():
            pass
        clock.now += 1

        assert remaining_seconds(10) == 1


def test_queries_fail_past_the_deadline_after_a_pause():
    with Deadline(0.05):
        with paused():
            pass
        wait_until(lambda: remaining_seconds(10) == 0)

        with pytest.raises(PyMongoError):
            query()


def test_outside_a_request_there_is_no_deadline():
    with paused():
        assert remaining_seconds(10) == 10
