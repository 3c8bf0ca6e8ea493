"""`manage.py tasks`: lists, retries and drops tasks."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fitness_project.database.migrations import require_migrated
from fitness_project.documents.ids import parse_object_id
from fitness_project.documents.instants import now
from fitness_project.tasks import queue
from fitness_project.tasks.queue import TaskDocument

ROW = "{:<24}  {:<10}  {:<8}  {:<15}  {:<15}  {}"
HEADINGS = ("ID", "STATUS", "ATTEMPTS", "AGE", "DUE IN", "NAME, LAST ERROR")
# As they sort: FAILED, READY, RUNNING, SUCCESSFUL. The newest come first.
ORDER = [("status", 1), ("_id", -1)]


class Command(BaseCommand):
    help = "Lists tasks, those that failed first. Those that succeeded are kept for a day."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", metavar="ACTION")
        actions.add_parser("list", help="List all tasks. This is the default.")
        retry = actions.add_parser("retry", help="Run a task now that failed or waits.")
        drop = actions.add_parser("drop", help="Remove a task.")
        for action in (retry, drop):
            action.add_argument("id", help="The task's id, as listed.")

    def handle(self, *, action: str | None, **options: Any) -> None:
        require_migrated()
        if action == "retry":
            self._retry(options["id"])
        elif action == "drop":
            self._drop(options["id"])
        else:
            self._list()

    def _list(self) -> None:
        self.stdout.write(ROW.format(*HEADINGS))
        for task in queue.tasks().find().sort(ORDER):
            self.stdout.write(_row(task))

    def _retry(self, given: str) -> None:
        task = _find(given)
        may_be_retried = task["status"] in (queue.FAILED, queue.READY) and task["error"]
        if not may_be_retried or not queue.retry(task):
            raise CommandError(f"Task {given} hasn't failed: it is waiting, running or done.")
        self.stdout.write("A worker will run it now.")

    def _drop(self, given: str) -> None:
        queue.drop(_find(given)["_id"])
        self.stdout.write("Dropped.")


def _find(given: str) -> TaskDocument:
    task_id = parse_object_id(given)
    task = queue.find(task_id) if task_id else None
    if task is None:
        raise CommandError(f"There is no task {given}.")
    return task


def _row(task: TaskDocument) -> str:
    due, error = task["dueAt"], task["error"]
    last_line = error["traceback"].strip().splitlines()[-1] if error else ""
    return ROW.format(
        str(task["_id"]),
        task["status"],
        task["attempts"],
        _seconds(now() - _aware(task["enqueuedAt"])),
        _seconds(_aware(due) - now()) if due and task["status"] == queue.READY else "-",
        f"{task['name']}  {last_line}".strip(),
    )


def _aware(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC)


def _seconds(span: timedelta) -> str:
    """In whole seconds, such as `1 day, 2:03:04`. Never less than 0."""
    return str(timedelta(seconds=max(0, int(span.total_seconds()))))
