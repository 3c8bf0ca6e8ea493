"""Killed at any moment, under load: no acknowledged write is lost, halved or doubled."""

import os
import random
import signal
import sys
import time

import psutil
import pytest

from fitness_project.tests.processes import wait_until

from .trainees import (
    assert_all_is_kept,
    trainees_of,
    training,
    wait_for_more,
)

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "24"))
VICTIMS = (("server",), ("worker",), ("keeper",), ("server", "worker"), ("keeper", "server"))
WRITES_BETWEEN = 60
RANDOM_SECONDS = 1.0
WORKER_ROUNDS = 10
# Granian ends the service if a worker dies within 5.5 s of its start.
CRASH_LOOP_SECONDS = 6.0
# The contract's bound, on a loaded machine too.
BACK_SECONDS = 10


@pytest.mark.timeout(60 * ROUNDS)
def test_writers_lose_and_double_nothing_whatever_is_killed(own_service):
    trainees = trainees_of(own_service)

    with training(trainees):
        for number in range(ROUNDS):
            wait_for_more(trainees, WRITES_BETWEEN)
            time.sleep(random.uniform(0, RANDOM_SECONDS))
            kill(own_service, VICTIMS[number % len(VICTIMS)])
        wait_for_more(trainees, WRITES_BETWEEN)

    assert_nothing_is_lost_for_long(trainees, ROUNDS)


@pytest.mark.timeout(60 * WORKER_ROUNDS)
def test_what_a_killed_worker_was_writing_is_free_for_others(own_service):
    """The server lives on, and with it the transactions of the killed workers."""
    trainees = trainees_of(own_service)

    with training(trainees):
        for _ in range(WORKER_ROUNDS):
            wait_for_more(trainees, WRITES_BETWEEN)
            time.sleep(random.uniform(0, RANDOM_SECONDS))
            kill(own_service, ["worker"])

    assert_nothing_is_lost_for_long(trainees, WORKER_ROUNDS)


def assert_nothing_is_lost_for_long(trainees, rounds):
    sys.stdout.write(f"{rounds} rounds: ")
    assert_all_is_kept(trainees)
    assert max(trainee.longest_wait for trainee in trainees) < BACK_SECONDS


def kill(service, victims):
    pids = [mature_worker(service) if name == "worker" else service.pid(name) for name in victims]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def mature_worker(service) -> int:
    """The oldest one, so that none is killed twice in a row."""
    wait_until(lambda: age(oldest_worker(service)) > CRASH_LOOP_SECONDS)
    return oldest_worker(service)


def oldest_worker(service) -> int:
    return max(service.workers(), key=age)


def age(pid) -> float:
    return time.time() - psutil.Process(pid).create_time()
