"""During an outage of the database, one request checks whether it is over; others are refused."""

import pytest
from pymongo.errors import NetworkTimeout, ServerSelectionTimeoutError

from fitness_project.database import deadline
from fitness_project.database import outage as outage_module
from fitness_project.documents.collection import Documents


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

    monkeypatch.setattr(outage_module, "monotonic", lambda: Clock.now)
    monkeypatch.setattr(deadline, "CLEANING_SECONDS", 30)
    return Clock


def failing_with(error, attempts):
    def fail(*_):
        attempts.append(1)
        raise error

    return fail


@pytest.fixture
def attempts(monkeypatch):
    """The database is unreachable. Counts the attempts to use it."""
    attempts = []
    fail = failing_with(ServerSelectionTimeoutError("gone"), attempts)
    monkeypatch.setattr(Documents, "fetch", fail)
    monkeypatch.setattr(outage_module, "read_something", fail)
    return attempts


def test_after_one_request_fails_the_others_are_refused_immediately(api, clock, attempts):
    responses = [api.get("/api/routines") for _ in range(5)]

    assert {response.status_code for response in responses} == {503}
    assert all(response["Retry-After"] for response in responses)
    assert len(attempts) == 1


def test_a_second_later_one_request_checks_again(api, clock, attempts):
    api.get("/api/routines")
    clock.now += 1.1

    for _ in range(5):
        assert api.get("/api/routines").status_code == 503

    assert len(attempts) == 2


def test_requests_succeed_again_after_the_outage(api, clock, attempts, monkeypatch):
    api.get("/api/routines")
    monkeypatch.undo()
    monkeypatch.setattr(deadline, "CLEANING_SECONDS", 30)
    outage_module.outage._next_check = 0.0

    assert [api.get("/api/routines").status_code for _ in range(3)] == [200] * 3


def test_only_requests_that_need_the_database_are_refused(api, anonymous, clock, attempts):
    api.get("/api/routines")

    assert api.get("/healthz").status_code == 200
    assert anonymous.get("/api/routines").status_code == 503
    assert api.get("/api/auth/me").status_code == 503


@pytest.fixture
def silence(monkeypatch):
    """The database accepts commands, but doesn't reply in time."""
    fail = failing_with(NetworkTimeout("timed out"), [])
    monkeypatch.setattr(Documents, "fetch", fail)
    monkeypatch.setattr(outage_module, "read_something", fail)


def test_a_database_that_does_not_reply_is_an_outage(api, clock, silence):
    assert api.get("/api/auth/me").status_code == 200

    assert api.get("/api/routines").status_code == 503
    assert api.get("/api/auth/me").status_code == 503


def test_a_single_late_reply_is_not_an_outage(api, clock, monkeypatch):
    monkeypatch.setattr(Documents, "fetch", failing_with(NetworkTimeout("timed out"), []))
    clock.now += 60

    assert api.get("/api/routines").status_code == 503
    assert api.get("/api/auth/me").status_code == 200
