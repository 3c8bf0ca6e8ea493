"""Sets the same fields of many exercises.

The request changes what it can in the time it has, and a task does the rest.
"""

from collections.abc import Sequence

from bson import ObjectId
from django_tasks import task

from fitness_project.database.deadline import remaining_seconds
from fitness_project.documents.collection import Document

from . import services
from .audit import log
from .audit.operations import Operation, Packed
from .versions import catalogue_write, giving_way, settled
from .writing import Writing

BATCH = 500
# Far more than a batch takes.
BATCH_SECONDS = 1.0


def change_all(operation: Operation, ids: list[ObjectId], fields: Document) -> bool:
    """Sets fields other than the name, and returns whether it got to the end.

    Exercises that are like this already, or were deleted, are left alone.
    """
    first, rest = ids[:BATCH], ids[BATCH:]
    if first:
        _change(operation, first, fields, rest)
    return _change_in_time(operation, rest, fields)


@task()
def finish_changes(packed: Packed, ids: list[str], fields: Document) -> None:
    """Changes what the request left. It can be run again, and changes nothing twice."""
    operation = Operation.unpacked(packed)
    done = log.changed_by(operation.id)
    _change_in_time(operation, [each for each in map(ObjectId, ids) if each not in done], fields)


def _change_in_time(operation: Operation, ids: list[ObjectId], fields: Document) -> bool:
    for start in range(0, len(ids), BATCH):
        if remaining_seconds(BATCH_SECONDS) < BATCH_SECONDS:
            return False
        with giving_way(is_last=start + BATCH >= len(ids)):
            _change(operation, ids[start : start + BATCH], fields)
    return True


@catalogue_write
def _change(
    version: int,
    operation: Operation,
    ids: list[ObjectId],
    fields: Document,
    later: Sequence[ObjectId] = (),
) -> None:
    """Changes a batch, unless the operation was undone meanwhile. The others are left to a task."""
    if log.is_undone(operation.id):
        return
    if later:
        finishing = finish_changes.using(run_after=settled())
        finishing.enqueue(operation.packed(), list(map(str, later)), fields)
    writing = Writing(version)
    writing.prepare(ids, [])
    present = [each for each in ids if writing.find(each)]
    changed = [services.change(writing, each, fields) for each in present]
    writing.send()
    log.record(operation, services.logged(changed))
