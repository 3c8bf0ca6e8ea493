"""Killed at any moment, under load: nothing acknowledged is lost, halved or doubled."""

import os
import random
import signal
import sys
import time

import psutil
import pytest

from fitness_project.tests.e2e.trainees import (
    assert_all_is_kept,
    trainees_of,
    training,
    wait_for_more,
)

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "24"))
VICTIMS = (("server",), ("worker",), ("keeper",), ("server", "worker"), ("keeper", "server"))
WRITES_BETWEEN = 60
RANDOM_SECONDS = 1.0
BACK_SECONDS = 10


@pytest.mark.timeout(20 * ROUNDS)
def test_writers_lose_and_double_nothing_whatever_is_killed(own_service):
    trainees = trainees_of(own_service)

    with training(trainees):
        for number in range(ROUNDS):
            wait_for_more(trainees, WRITES_BETWEEN)
            time.sleep(random.uniform(0, RANDOM_SECONDS))
            kill(own_service, VICTIMS[number % len(VICTIMS)])
        wait_for_more(trainees, WRITES_BETWEEN)

    sys.stdout.write(f"{ROUNDS} rounds: ")
    assert_all_is_kept(trainees)
    assert max(trainee.longest_wait for trainee in trainees) < BACK_SECONDS


def kill(service, victims):
    pids = [oldest_worker(service) if name == "worker" else service.pid(name) for name in victims]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def oldest_worker(service) -> int:
    """Killed twice within seconds, one and the same worker would be given up by granian."""
    return min(service.workers(), key=started)


def started(pid) -> float:
    return psutil.Process(pid).create_time()
