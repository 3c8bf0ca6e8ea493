"""Documents are stamped by the database's clock, whatever this machine's clock says."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import NetworkTimeout

from fitness_project.database import clock as clock_module
from fitness_project.database.clock import CHECK_SECONDS, EPOCH, RETRY_SECONDS, DatabaseClock

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


class Machine:
    """Counts seconds, and is connected to a database whose clock says noon at first."""

    def __init__(self):
        self.seconds = 500.0
        self.ahead = 0.0
        self.round_trip = 0.0
        self.asked = 0
        self.is_connected = True

    def database_time(self):
        if not self.is_connected:
            raise NetworkTimeout("timed out")
        self.asked += 1
        self.seconds += self.round_trip / 2
        told = NOON.timestamp() + self.seconds - 500 + self.ahead
        self.seconds += self.round_trip / 2
        return told


@pytest.fixture
def machine(monkeypatch):
    machine = Machine()
    monkeypatch.setattr(clock_module, "seconds", lambda: machine.seconds)
    monkeypatch.setattr(clock_module, "_database_time", machine.database_time)
    monkeypatch.setattr(clock_module, "past_the_deadline", lambda work: work())
    return machine


@pytest.fixture
def clock(machine):
    return DatabaseClock()


def test_seconds_are_counted_between_two_checks(machine, clock):
    clock.now()
    machine.seconds += 20.0015

    assert clock.now() == NOON + timedelta(seconds=20, milliseconds=1)
    assert machine.asked == 1


def test_it_follows_the_database_after_thirty_seconds(machine, clock):
    clock.now()
    machine.ahead = 7
    machine.seconds += CHECK_SECONDS

    assert clock.now() == NOON + timedelta(seconds=CHECK_SECONDS + 7)
    assert machine.asked == 2


def test_the_reply_is_taken_to_be_half_a_round_trip_old(machine, clock):
    machine.round_trip = 0.5

    assert clock.now() == NOON + timedelta(seconds=0.5)


def test_an_outage_changes_nothing_once_the_time_is_known(machine, clock):
    clock.now()
    machine.is_connected = False
    machine.seconds += CHECK_SECONDS

    assert clock.now() == NOON + timedelta(seconds=CHECK_SECONDS)

    machine.is_connected, machine.ahead = True, 3
    machine.seconds += RETRY_SECONDS

    assert clock.now() == NOON + timedelta(seconds=CHECK_SECONDS + RETRY_SECONDS + 3)


def test_without_any_time_of_the_database_there_is_no_time(machine, clock):
    machine.is_connected = False

    with pytest.raises(NetworkTimeout):
        clock.now()


def test_a_machine_whose_clock_differs_warns_once(machine, clock, caplog, monkeypatch):
    wrong = NOON.timestamp() - 90
    monkeypatch.setattr(clock_module.time, "time", lambda: wrong + machine.seconds - 500)

    clock.now()
    machine.seconds += CHECK_SECONDS
    clock.now()

    (warning,) = caplog.messages
    assert "90.0 s behind the database's" in warning


def test_a_real_database_tells_its_time(db):
    clock = DatabaseClock()

    told = clock.now()

    assert told.utcoffset() == timedelta(0)
    assert told.microsecond % 1000 == 0
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)
    assert told > EPOCH


def test_a_forked_child_does_not_wait_for_its_parents_check(machine, clock):
    clock.now()
    clock._lock.acquire()
    machine.seconds += CHECK_SECONDS

    if not (child := os.fork()):
        clock.forget_lock()
        os._exit(not clock._lock.acquire(blocking=False))

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
