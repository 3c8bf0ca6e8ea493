"""Runs tasks, one at a time."""

import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from secrets import token_hex
from threading import Event, Thread
from typing import Any

import pymongo
from django.db import DatabaseError, connections
from django.utils.module_loading import import_string
from pymongo.errors import PyMongoError

from fitness_project.database.outage import is_outage, reason_of
from fitness_project.serving.request_ids import continue_request

from . import queue
from .queue import TaskDocument

POLL_SECONDS = 0.5
RENEW_SECONDS = 5.0
# How long a worker that is told to stop may still work on its task.
STOP_SECONDS = 3.0
# For one operation of a task on the database: far more than a healthy database needs.
OPERATION_SECONDS = 30

log = logging.getLogger(__name__)


class Abandoned(BaseException):
    """The worker must stop before its task has ended."""


class Worker:
    def __init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        self.is_stopping = False
        self._is_in_outage = False

    def run(self) -> None:
        """Runs tasks as they become due, until SIGTERM or Ctrl-C. For a process of its own."""
        _limit_operations()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, _abandon)
        try:
            while not self.is_stopping:
                if not self._ran_one():
                    time.sleep(POLL_SECONDS)
        except Abandoned:
            log.warning("The worker stops before its task has ended. Another one will run it.")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def run_next(self) -> bool:
        """Runs the task that has been due for longest. Returns False if none is due."""
        task = queue.claim(self.name)
        if task is not None:
            # Limits and ids that belong to the caller don't apply to the task.
            Context().run(_run, task)
        return task is not None

    def _stop(self, *_: Any) -> None:
        if not self.is_stopping:
            self.is_stopping = True
            signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS)

    def _ran_one(self) -> bool:
        try:
            ran = self.run_next()
        except (PyMongoError, DatabaseError) as error:
            if not is_outage(error):
                raise
            if not self._is_in_outage:
                log.warning("Tasks wait for the database: %s", reason_of(error))
            self._is_in_outage = True
            return False
        self._is_in_outage = False
        return ran


def run_due() -> None:
    """Runs all tasks that are due, in this process."""
    worker = Worker()
    while worker.run_next():
        pass


def _limit_operations() -> None:
    """This process connects anew, and no operation waits for ever for a database that hangs."""
    connection = connections["default"]
    connection.close_pool()  # type: ignore[attr-defined]  # MongoDB's backend has it.
    connection.settings_dict["OPTIONS"]["timeoutMS"] = OPERATION_SECONDS * 1000


def _abandon(*_: Any) -> None:
    raise Abandoned


def _run(task: TaskDocument) -> None:
    if task["requestId"]:
        continue_request(task["requestId"])
    try:
        with _lease_kept(task):
            import_string(task["name"]).call(*task["args"], **task["kwargs"])
    except Abandoned:
        queue.give_back(task)
        raise
    except Exception as error:  # noqa: BLE001 - whatever the task raises is stored with it
        _record_failure(task, error)
    else:
        queue.succeed(task)


def _record_failure(task: TaskDocument, error: Exception) -> None:
    if is_outage(error):
        queue.postpone(task, error)
        return
    queue.fail(task, error)
    attempt = f"{task['attempts'] + 1} of {queue.MAX_ATTEMPTS}"
    log.error("Task %s %s failed, attempt %s", task["name"], task["_id"], attempt, exc_info=error)


@contextmanager
def _lease_kept(task: TaskDocument) -> Iterator[None]:
    """Renews the lease inside the block."""
    is_over = Event()
    thread = Thread(target=_keep_lease, args=(task, is_over), name="lease on a task", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _keep_lease(task: TaskDocument, is_over: Event) -> None:
    """Ends when the task does, or when another worker has taken it over."""
    is_mine = True
    while is_mine and not is_over.wait(RENEW_SECONDS):
        # During an outage, the task itself fails, or the next renewal still comes in time.
        with suppress(PyMongoError, DatabaseError), pymongo.timeout(RENEW_SECONDS):
            is_mine = queue.renew(task)
