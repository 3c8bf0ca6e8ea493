"""The queue of tasks: a collection that the workers share.

A worker that claims a task gets a lease, which it renews while it runs the task. The task of a
worker that dies or stalls is due again when the lease ends, and another worker claims it. Whoever
has lost a lease can't change the task any more.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NotRequired, TypedDict

from bson import ObjectId
from django.db import connections
from django_tasks import TaskResultStatus
from django_tasks.utils import get_exception_traceback, get_module_path
from pymongo.collection import Collection

from fitness_project.documents.instants import now

LEASE = timedelta(seconds=15)
MAX_ATTEMPTS = 10
FIRST_PAUSE = timedelta(seconds=1)
KEPT = timedelta(days=1)
TRACEBACK_LENGTH = 20_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

READY, RUNNING = TaskResultStatus.READY.value, TaskResultStatus.RUNNING.value
FAILED, SUCCESSFUL = TaskResultStatus.FAILED.value, TaskResultStatus.SUCCESSFUL.value


class StoredError(TypedDict):
    """An exception: the module path of its class, and the end of its traceback."""

    exception: str
    traceback: str


class TaskDocument(TypedDict):
    """A stored task.

    `name` is the module path of its function. `dueAt` is when a worker may run it: while a task is
    running, the end of the lease; after the end of the last run, None. `attempts` counts the runs
    that failed, not those that were cut short. `worker` is the one that holds the lease.
    """

    _id: ObjectId
    name: str
    args: list[Any]
    kwargs: dict[str, Any]
    status: str
    dueAt: datetime | None
    enqueuedAt: datetime
    attempts: int
    requestId: str | None
    worker: str | None
    startedAt: datetime | None
    finishedAt: datetime | None
    error: StoredError | None
    expiresAt: NotRequired[datetime]


def tasks() -> Collection[TaskDocument]:
    collection: Collection[TaskDocument] = connections["default"].database["tasks"]  # type: ignore[attr-defined]
    return collection


def store(task: TaskDocument) -> None:
    """Stores a task in the current transaction, unless an earlier run of it has done so."""
    document: dict[str, Any] = {**task}
    place = {"_id": document.pop("_id")}
    session = connections["default"].session  # type: ignore[attr-defined]
    tasks().update_one(place, {"$setOnInsert": document}, upsert=True, session=session)


def find(task_id: ObjectId) -> TaskDocument | None:
    return tasks().find_one({"_id": task_id})


def claim(worker: str) -> TaskDocument | None:
    """Leases the task that has been due for longest. Returns None if none is due."""
    while task := _longest_due():
        lease = {"status": RUNNING, "worker": worker, "startedAt": now(), "dueAt": now() + LEASE}
        if _change(task, lease, if_same="dueAt"):
            claimed: Any = {**task, **lease}
            return claimed
    return None


def renew(task: TaskDocument) -> bool:
    """Returns whether the lease still held."""
    return _change(task, {"dueAt": now() + LEASE})


def succeed(task: TaskDocument) -> bool:
    """Forgets the arguments, too, which may concern an account that the task has deleted."""
    ended = {"status": SUCCESSFUL, "finishedAt": now(), "expiresAt": now() + KEPT}
    return _end(task, {**ended, "args": [], "kwargs": {}, "error": None})


def fail(task: TaskDocument, error: Exception) -> bool:
    """The task is due again after a pause, which doubles each time, or has failed for good."""
    attempts = task["attempts"] + 1
    failed: dict[str, Any] = {"attempts": attempts, "error": _stored(error)}
    if attempts >= MAX_ATTEMPTS:
        return _end(task, {"status": FAILED, "finishedAt": now(), **failed})
    pause = FIRST_PAUSE * 2 ** (attempts - 1)
    return _end(task, {"status": READY, "dueAt": now() + pause, **failed})


def postpone(task: TaskDocument, error: Exception) -> bool:
    """For a run that the database's absence cut short: it doesn't count as an attempt."""
    later = now() + FIRST_PAUSE
    return _end(task, {"status": READY, "dueAt": later, "error": _stored(error)})


def give_back(task: TaskDocument) -> bool:
    """Another worker may run the task at once."""
    return _end(task, {"status": READY, "dueAt": now()})


def retry(task: TaskDocument) -> bool:
    """Makes a task due that isn't running, with all its attempts before it.

    Returns False if its status has changed since it was read.
    """
    anew = {"status": READY, "dueAt": now(), "attempts": 0, "finishedAt": None}
    return _change(task, anew, if_same="status")


def drop(task_id: ObjectId) -> bool:
    """Returns whether there was such a task. If it is running, the run goes on to its end."""
    return tasks().delete_one({"_id": task_id}).deleted_count > 0


def _longest_due() -> TaskDocument | None:
    due = tasks().find({"dueAt": {"$gte": EPOCH, "$lte": now()}}).sort("dueAt", 1).limit(1)
    return next(iter(due), None)


def _stored(error: Exception) -> StoredError:
    traceback = get_exception_traceback(error)[-TRACEBACK_LENGTH:]
    return {"exception": get_module_path(type(error)), "traceback": traceback}


def _end(task: TaskDocument, changes: dict[str, Any]) -> bool:
    """Ends the lease. Returns whether it still held: otherwise, nothing has changed."""
    return _change(task, {"dueAt": None, "worker": None, **changes})


def _change(task: TaskDocument, changes: dict[str, Any], if_same: str = "worker") -> bool:
    """Sets fields, on condition that the field `if_same` is still as it is in `task`."""
    expected: Any = task[if_same]  # type: ignore[literal-required]
    condition = {"$eq": [f"${if_same}", {"$literal": expected}]}
    changed = {"$mergeObjects": ["$$ROOT", {"$literal": changes}]}
    done = tasks().update_one(
        {"_id": task["_id"]}, [{"$replaceWith": {"$cond": [condition, changed, "$$ROOT"]}}]
    )
    return done.modified_count > 0
