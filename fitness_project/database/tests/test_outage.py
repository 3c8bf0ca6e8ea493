"""While the database is away one looks whether it is back, and the others are refused at once."""

import pytest
from pymongo.errors import NetworkTimeout, ServerSelectionTimeoutError

from fitness_project.database import outage as outage_module
from fitness_project.documents.collection import Documents


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

    monkeypatch.setattr(outage_module, "monotonic", lambda: Clock.now)
    return Clock


def failing_with(error, asked):
    def fail(*_):
        asked.append(1)
        raise error

    return fail


@pytest.fixture
def tries(monkeypatch):
    """The database is away; how often it was asked."""
    asked = []
    fail = failing_with(ServerSelectionTimeoutError("gone"), asked)
    monkeypatch.setattr(Documents, "fetch", fail)
    monkeypatch.setattr(outage_module, "read_something", fail)
    return asked


def test_one_finds_out_and_the_others_are_refused_at_once(api, clock, tries):
    answers = [api.get("/api/routines") for _ in range(5)]

    assert {answer.status_code for answer in answers} == {503}
    assert all(answer["Retry-After"] for answer in answers)
    assert len(tries) == 1


def test_a_second_later_one_looks_again(api, clock, tries):
    api.get("/api/routines")
    clock.now += 1.1

    for _ in range(5):
        assert api.get("/api/routines").status_code == 503

    assert len(tries) == 2


def test_when_it_is_back_the_service_is(api, clock, tries, monkeypatch):
    api.get("/api/routines")
    monkeypatch.undo()
    outage_module.outage._next_check = 0.0  # as time does

    assert [api.get("/api/routines").status_code for _ in range(3)] == [200] * 3


def test_what_needs_no_database_is_not_refused_and_tells_nothing_of_it(
    api, anonymous, clock, tries
):
    api.get("/api/routines")

    assert api.get("/healthz").status_code == 200
    assert anonymous.get("/api/routines").status_code == 503
    assert api.get("/api/auth/me").status_code == 503


@pytest.fixture
def silence(monkeypatch):
    """The database takes what it is asked, and answers nothing in time."""
    fail = failing_with(NetworkTimeout("timed out"), [])
    monkeypatch.setattr(Documents, "fetch", fail)
    monkeypatch.setattr(outage_module, "read_something", fail)


def test_a_database_that_answers_nobody_is_away(api, clock, silence):
    assert api.get("/api/auth/me").status_code == 200

    assert api.get("/api/routines").status_code == 503
    assert api.get("/api/auth/me").status_code == 503


def test_one_that_was_late_but_answers_is_not(api, clock, monkeypatch):
    monkeypatch.setattr(Documents, "fetch", failing_with(NetworkTimeout("timed out"), []))
    clock.now += 60

    assert api.get("/api/routines").status_code == 503
    assert api.get("/api/auth/me").status_code == 200
