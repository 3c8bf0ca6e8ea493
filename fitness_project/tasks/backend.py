"""Django's interface for tasks, on the queue in the database."""

from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

from django.utils.module_loading import import_string
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from django_tasks.utils import normalize_json

from fitness_project.database.transactions import new_id
from fitness_project.documents.ids import parse_object_id
from fitness_project.documents.instants import now
from fitness_project.serving.request_ids import current_request_id

from . import queue
from .queue import StoredError, TaskDocument

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class DatabaseBackend(BaseTaskBackend):
    """Enqueues tasks in the current transaction. What a task returns isn't kept."""

    supports_defer = True
    supports_get_result = True

    def validate_task(self, task: Task[Any, Any]) -> None:
        super().validate_task(task)
        if task.takes_context:
            raise InvalidTaskError("Tasks get no context.")

    def enqueue(
        self,
        task: Task[Arguments, Result],
        args: Arguments.args,  # type: ignore[valid-type]  # As in the base class.
        kwargs: Arguments.kwargs,  # type: ignore[valid-type]
    ) -> TaskResult[Result]:
        self.validate_task(task)
        document = _ready(task, normalize_json(args), normalize_json(kwargs))
        queue.store(document)
        return self._result(task, document)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        task_id = parse_object_id(result_id)
        document = queue.find(task_id) if task_id else None
        if document is None:
            raise TaskResultDoesNotExist(result_id)
        return self._result(import_string(document["name"]), document)

    def _result(self, task: Task[Any, Result], document: TaskDocument) -> TaskResult[Result]:
        error, worker = document["error"], document["worker"]
        return TaskResult(
            task=task,
            id=str(document["_id"]),
            status=TaskResultStatus(document["status"]),
            enqueued_at=_aware(document["enqueuedAt"]),
            started_at=_aware(document["startedAt"]),
            finished_at=_aware(document["finishedAt"]),
            last_attempted_at=_aware(document["startedAt"]),
            args=document["args"],
            kwargs=document["kwargs"],
            backend=self.alias,
            errors=[_error(error)] if error else [],
            worker_ids=[worker] if worker else [],
        )


def _ready(task: Task[Any, Any], args: list[Any], kwargs: dict[str, Any]) -> TaskDocument:
    present = now()
    request_id = current_request_id()
    return {
        "_id": new_id(),
        "name": task.module_path,
        "args": args,
        "kwargs": kwargs,
        "status": queue.READY,
        "dueAt": task.run_after or present,
        "enqueuedAt": present,
        "attempts": 0,
        "requestId": None if request_id == "-" else request_id,
        "worker": None,
        "startedAt": None,
        "finishedAt": None,
        "error": None,
    }


def _error(stored: StoredError) -> TaskError:
    return TaskError(exception_class_path=stored["exception"], traceback=stored["traceback"])


def _aware(instant: datetime | None) -> datetime | None:
    """PyMongo reads dates in UTC without a time zone, and Django's interface has one."""
    return instant and instant.replace(tzinfo=UTC)
