"""What is killed comes back, and what it leaves behind goes."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest

from fitness_project.serving.server import THREADS
from fitness_project.tests.e2e.connections import ask_at_once, crowd, responses, statuses
from fitness_project.tests.e2e.service import PROJECT, WORKERS
from fitness_project.tests.e2e.watch import RESET, SUCCESS, Watch
from fitness_project.tests.processes import PATIENCE_SECONDS, have_ended, wait_until

pytestmark = pytest.mark.timeout(600)

# The contract's bounds, on a loaded machine too.
RESPONSE_SECONDS = 5
BACK_SECONDS = 10
# More than the service has threads; and few, for workers that have no connection yet.
CROWDS = {
    "workers that know the database": WORKERS * THREADS + 32,
    "workers that start meanwhile": 20,
}
ALIVE = 10
# A worker that learns what to run only after the process that started it has been killed.
ORPHAN = f"""
import multiprocessing, os, time
from fitness_project.serving.server import load_application

def work(main_process):
    while os.getppid() == main_process:
        time.sleep(0.01)
    load_application()
    time.sleep({10 * PATIENCE_SECONDS})

multiprocessing.get_context("fork").Process(target=work, args=[os.getpid()]).start()
os._exit(0)
"""


def tell(line):
    sys.stdout.write(f"{line}\n")


def test_a_killed_service_leaves_nothing_running_and_starts_again(own_service):
    left = own_service.pids()

    own_service.kill("main")
    own_service.process.wait()

    wait_until(lambda: have_ended(left))
    own_service.start()


def test_a_worker_ends_even_if_its_service_was_killed_before_it_began(tmp_path):
    environment = {**os.environ, "VAR_DIR": str(tmp_path)}

    # Its output stays open until the orphan is gone.
    subprocess.run(
        [sys.executable, "-c", ORPHAN],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )


def test_a_killed_worker_is_replaced_and_the_other_one_goes_on(own_service):
    before = own_service.workers()
    killed = min(before)

    with Watch(own_service) as watch:
        os.kill(killed, signal.SIGKILL)
        at = time.monotonic()
        wait_until(lambda: not psutil.pid_exists(killed))
        gone = time.monotonic()
        wait_until(lambda: len(own_service.workers() - {killed}) == len(before))
        replaced = time.monotonic() - at
        watch.wait_for_calm()

    tell(f"worker replaced after {replaced:.2f} s, trouble for {watch.trouble_after(at):.2f} s")
    assert watch.statuses <= {*SUCCESS, RESET}
    # Connections that the killed one had been given are reset, and no others.
    assert all(asked.started < gone for asked in watch.refused)
    assert watch.longest < RESPONSE_SECONDS


@pytest.mark.parametrize("part", ["server", "keeper"])
def test_a_killed_database_is_back_within_ten_seconds(own_service, part):
    killed = own_service.pid("server")
    others = own_service.pids() - own_service.database_pids()

    with Watch(own_service) as watch:
        own_service.kill(part)
        at = time.monotonic()
        wait_until(lambda: own_service.pid("server") != killed)
        watch.wait_for_calm()

    tell(f"{part} killed: {len(watch.refused)} of {len(watch.asked)} refused")
    tell(f"for {watch.trouble_after(at):.2f} s, longest response {watch.longest:.2f} s")
    assert watch.trouble_after(at) < BACK_SECONDS
    assert watch.longest < RESPONSE_SECONDS
    assert watch.statuses <= {*SUCCESS, 503}
    assert watch.statuses_of("/healthz") == {200}
    assert own_service.pids() - own_service.database_pids() == others


@pytest.mark.parametrize("who", CROWDS)
def test_an_outage_is_a_503_within_five_seconds_and_holds_up_nobody(own_service, who):
    ann = own_service.register("ann@example.com")
    before = own_service.workers()
    ask_at_once(ann, "/api/history", 20)  # So many that each worker gets some.

    with outage(own_service):
        if who == "workers that start meanwhile":
            replace_workers(own_service, before)
        refused, alive = refused_and_alive(ann, CROWDS[who])
    wait_until(lambda: own_service.call("GET", "/readyz").status == 200)

    summary = f"in time: {len(refused)} of {CROWDS[who]}, {len(alive)} of {ALIVE} on /healthz"
    tell(summary)
    assert (len(refused), len(alive)) == (CROWDS[who], ALIVE), summary
    for response in refused:
        assert_says_when_to_come_back(response)
    # One keeper and its server, and none that was started in vain and waits.
    wait_until(
        lambda: (
            own_service.database_pids() == {own_service.pid("keeper"), own_service.pid("server")}
        )
    )


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


def refused_and_alive(client, count) -> tuple[list[bytes], list[bytes]]:
    """The 503s that a crowd gets in time while the database is away, and the 200s of /healthz."""
    with crowd(client, "/api/history", count) as asked, ThreadPoolExecutor() as pool:
        coming = pool.submit(responses, asked, RESPONSE_SECONDS)
        healthy = ask_at_once(client, "/healthz", ALIVE, RESPONSE_SECONDS)
        refused = [response for response in coming.result() if statuses(response) == [503]]
    return refused, [response for response in healthy if statuses(response) == [200]]


def assert_says_when_to_come_back(response):
    head, _, body = response.partition(b"\r\n\r\n")
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert headers[b"content-type"] == b"application/problem+json"
    assert int(headers[b"retry-after"]) > 0
    assert json.loads(body)["code"] == "unavailable"
