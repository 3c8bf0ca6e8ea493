"""Few threads work at once, first come, first served, and none waits in line for long."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from fitness_project.database.tests.conftest import wait_until
from fitness_project.serving import wsgi
from fitness_project.serving.turns import Turns


class Work:
    """Work that lasts until `ends` is set."""

    def __init__(self):
        self.begun = []
        self.ends = threading.Event()

    def __call__(self, name):
        self.begun.append(name)
        assert self.ends.wait(10)
        return name


def test_threads_work_in_the_order_in_which_they_arrive():
    turns, work, order = Turns(1, patience=10), Work(), []

    with ThreadPoolExecutor(12) as pool:
        pool.submit(turns.take, work, "long")
        wait_until(lambda: work.begun)
        for name in range(10):
            pool.submit(turns.take, order.append, name)
            wait_until(lambda length=name + 1: len(turns._line) == length)
        assert order == []
        work.ends.set()

    assert order == list(range(10))


def test_no_more_threads_work_at_once_than_there_are_places():
    turns, places = Turns(3, patience=10), threading.Semaphore(3)

    def piece(_):
        assert places.acquire(blocking=False)
        time.sleep(0.0005)
        places.release()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: turns.take(piece, n), range(500)))


def test_a_thread_that_loses_patience_works_without_a_place():
    turns, work = Turns(1, patience=0.05), Work()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(turns.take, work, "first")
        wait_until(lambda: work.begun)
        assert turns.take(lambda: "second") == "second"
        work.ends.set()
        assert first.result(5) == "first"

    assert turns._free == 1
    assert not turns._line


def test_failing_work_frees_its_place():
    turns = Turns(1, patience=10)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            turns.take(lambda: 1 / 0)

    assert turns.take(lambda: "done") == "done"


def test_losing_patience_neither_loses_nor_adds_a_place():
    turns = Turns(3, patience=0.0005)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: turns.take(time.sleep, 0.0005), range(3_000)))

    assert turns._free == 3
    assert not turns._line


@pytest.mark.parametrize(
    ("path", "takes_one"),
    [
        ("/api/history", True),
        ("/api/history/000000000000000000000001", True),
        ("/api/routines", True),
        ("/api/sync", True),
        ("/api/exercises", False),
        ("/api/auth/login", False),
        ("/api/auth/export", False),
        ("/healthz", False),
        ("/admin/", False),
    ],
)
def test_calls_that_use_documents_take_turns_after_receiving_the_body(monkeypatch, path, takes_one):
    turns, steps = Turns(1, patience=10), []
    monkeypatch.setattr(wsgi, "_turns", turns)
    monkeypatch.setattr(wsgi, "take_body", lambda environ: steps.append(turns._free))
    monkeypatch.setattr(wsgi, "django_application", lambda *_: steps.append(turns._free))

    wsgi.application({"PATH_INFO": path, "CONTENT_LENGTH": "1"}, None)

    assert steps == [1, 0 if takes_one else 1]
    assert turns._free == 1
