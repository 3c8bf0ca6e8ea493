"""What is killed comes back; what it leaves behind goes."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from fitness_project.database.tests.conftest import is_alive, wait_until
from fitness_project.tests.e2e.service import PROJECT
from fitness_project.tests.e2e.watch import RESET, SUCCESS, Watch, ask_at_once, statuses

# More than the service has threads; and few, for workers that have no connection yet.
CROWDS = {"workers that know the database": 300, "workers that start meanwhile": 20}
# A worker that is told what to run when the process that started it has been killed already.
ORPHAN = """
import multiprocessing, os, time
from fitness_project.management.commands.serve import load_application

def work(main_process):
    while os.getppid() == main_process:
        time.sleep(0.01)
    load_application()
    time.sleep(60)

multiprocessing.get_context("fork").Process(target=work, args=[os.getpid()]).start()
os._exit(0)
"""


def tell(line):
    sys.stdout.write(f"{line}\n")


def test_a_killed_service_leaves_nothing_running_and_starts_again(own_service):
    left = own_service.pids()

    own_service.kill("main")
    own_service.process.wait()

    wait_until(lambda: not any(map(is_alive, left)), seconds=5)
    assert own_service.start() < 5


def test_a_worker_ends_even_if_its_service_was_killed_before_it_began(tmp_path):
    environment = {**os.environ, "VAR_DIR": str(tmp_path)}

    # Its output stays open until the orphan is gone.
    subprocess.run(
        [sys.executable, "-c", ORPHAN],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        check=True,
    )


def test_a_killed_worker_is_replaced_and_the_other_one_goes_on(own_service):
    before = own_service.workers()
    killed = min(before)

    with Watch(own_service) as watch:
        os.kill(killed, signal.SIGKILL)
        at = time.monotonic()
        wait_until(lambda: len(own_service.workers() - {killed}) == len(before))
        replaced = time.monotonic() - at
        wait_until(watch.is_calm)

    tell(f"worker replaced after {replaced:.2f} s, trouble for {watch.trouble_after(at):.2f} s")
    assert watch.statuses <= {*SUCCESS, RESET}
    # Connections that the dead one had been given are reset, and no others.
    assert watch.trouble_after(at) < 1
    assert watch.longest < 5


@pytest.mark.parametrize("part", ["server", "keeper"])
def test_a_killed_database_is_back_within_ten_seconds(own_service, part):
    killed = own_service.pid("server")
    others = own_service.pids() - own_service.database_pids()

    with Watch(own_service) as watch:
        own_service.kill(part)
        at = time.monotonic()
        wait_until(lambda: own_service.pid("server") != killed)
        wait_until(watch.is_calm)

    tell(f"{part} killed: back after {watch.first_success_after(at):.2f} s")
    tell(f"{len(watch.refused)} of {len(watch.asked)} refused")
    assert watch.trouble_after(at) < 10
    assert watch.longest < 5
    assert watch.statuses <= {*SUCCESS, 503}
    assert watch.of("/healthz") == {200}
    assert own_service.pids() - own_service.database_pids() == others


@pytest.mark.parametrize("who", CROWDS)
def test_an_outage_is_a_503_within_five_seconds_and_holds_up_nobody(own_service, who):
    ann = own_service.register("ann@example.com")
    before = own_service.workers()
    ask_at_once(ann, "/api/history", 20, seconds=10)  # Each of the workers gets some.

    with outage(own_service), ThreadPoolExecutor() as pool:
        if who == "workers that start meanwhile":
            replace_workers(own_service, before)
        crowd = pool.submit(ask_at_once, ann, "/api/history", CROWDS[who], seconds=5)
        time.sleep(0.5)
        healthy = ask_at_once(ann, "/healthz", 10, seconds=4)
    wait_until(lambda: own_service.call("GET", "/readyz").status == 200)

    refused = [answer for answer in crowd.result() if statuses(answer) == [503]]
    alive = [answer for answer in healthy if statuses(answer) == [200]]
    told = f"answered in time: {len(refused)} of {CROWDS[who]}, {len(alive)} of 10 on /healthz"
    tell(told)
    assert (len(refused), len(alive)) == (CROWDS[who], 10), told
    for answer in refused:
        assert_says_when_to_come_back(answer)
    # One keeper and its server, and none that was started in vain and waits.
    assert own_service.database_pids() == {own_service.pid("keeper"), own_service.pid("server")}


@contextmanager
def outage(service):
    """As with a full disk: the database can't be started again."""
    storage = service.var_dir / "database"
    aside = storage.rename(service.var_dir / "aside")
    storage.touch()
    service.kill("server")
    try:
        yield
    finally:
        storage.unlink()
        aside.rename(storage)


def replace_workers(service, workers):
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: len(service.workers() - workers) == len(workers))
    wait_until(lambda: service.call("GET", "/healthz").status == 200)


def assert_says_when_to_come_back(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert headers[b"content-type"] == b"application/problem+json"
    assert int(headers[b"retry-after"]) > 0
    assert json.loads(body)["code"] == "unavailable"
