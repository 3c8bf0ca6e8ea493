"""Undoes operations: what still has the operation's value gets the value from before.

What has been changed since stays, and so does what can't be undone any more. An undo is an
operation itself, so it is logged and can be undone.

The request only marks the operation, and then undoes what it can in the time it has. A task does
the rest, in batches, too.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bson import ObjectId
from django.db import DatabaseError
from django_tasks import task
from pymongo.errors import PyMongoError

from exercises import services
from exercises.models import CatalogueChange, CatalogueOperation
from exercises.versions import catalogue_write, giving_way, settled
from fitness_project.database.deadline import past_the_deadline, remaining_seconds
from fitness_project.database.outage import is_conflict, is_outage
from fitness_project.database.transactions import transactional

from . import log
from .batch import Batch, Left
from .models import OperationDocument
from .operations import Kind, Operation, Packed

BATCH = 100
# Far more than a batch takes.
BATCH_SECONDS = 1.0

events = logging.getLogger(__name__)


class AlreadyUndone(Exception):
    """The operation was undone before, or is being undone."""


@dataclass(frozen=True)
class Undone:
    """What an undo did: how many exercises it has changed back, and what it left as it is.

    If it isn't finished, a task goes on with it.
    """

    id: ObjectId
    restored: int
    left: list[Left]
    is_finished: bool


def undo(operation_id: ObjectId, by: ObjectId | None) -> Undone:
    """Undoes an operation in the name of the user `by`. Raises Missing and AlreadyUndone."""
    undoing = Operation(Kind.UNDO, by, undoes=operation_id)
    _begin(undoing, operation_id)
    left: list[Left] = []
    is_finished = _undo_in_time(undoing, left)
    return Undone(undoing.id, past_the_deadline(_restored, undoing), left, is_finished)


@task()
def finish_undo(packed: Packed) -> None:
    """Undoes what the request left. It can be run again."""
    undoing = Operation.unpacked(packed)
    _undo_batches(undoing, _changes(undoing, besides=log.changed_by(undoing.id)), left=[])


def being_undone(ids: Iterable[ObjectId]) -> set[ObjectId]:
    """Those of the operations whose undo hasn't got to its end yet."""
    stored = CatalogueOperation.objects.documents.collection
    found = stored.find({"_id": {"$in": list(ids)}, "isBeingUndone": True}, {"_id": 1})
    return {operation["_id"] for operation in found}


def _undo_in_time(undoing: Operation, left: list[Left]) -> bool:
    """Leaves the rest to the task, too, if others write so much that there is no time."""
    try:
        return _undo_batches(undoing, _changes(undoing), left)
    except (DatabaseError, PyMongoError) as error:
        if not (is_outage(error) or is_conflict(error)):
            raise
        events.warning("A task does the rest of an undo: %s", error)
        return False


def _undo_batches(undoing: Operation, ids: list[ObjectId], left: list[Left]) -> bool:
    """Adds to what is left, and returns whether it got to the end."""
    while ids:
        is_last = len(ids) <= BATCH
        with giving_way(is_last=is_last):
            batch = _go_on(undoing, ids[:BATCH], is_last)
        if batch is None:
            break
        services.rename_at_once(batch.changed)
        left += batch.left
        ids = ids[BATCH:]
        if ids and remaining_seconds(BATCH_SECONDS) < BATCH_SECONDS:
            return False
    return True


@transactional
def _begin(undoing: Operation, operation_id: ObjectId) -> None:
    """Marks the operation: from then on it changes nothing more, and nobody else undoes it.

    This takes only a moment, even while the operation is going on.
    """
    stored = CatalogueOperation.objects.documents
    operation = stored.get(operation_id)
    if (operation.get("undoneBy") or undoing.id) != undoing.id:
        raise AlreadyUndone
    stored.update(operation, {"undoneBy": undoing.id, "isBeingUndone": True})
    finish_undo.using(run_after=settled()).enqueue(undoing.packed())


@catalogue_write
def _go_on(version: int, undoing: Operation, ids: list[ObjectId], is_last: bool) -> Batch | None:
    """Undoes a further batch, unless the undo has been finished, or undone itself."""
    operation = undoing.undoes and CatalogueOperation.objects.documents.find(undoing.undoes)
    if not operation or log.is_undone(undoing.id):
        return None
    if operation.get("undoneBy") != undoing.id or not operation.get("isBeingUndone"):
        return None
    return _undo(version, undoing, operation, ids, is_last)


def _undo(
    version: int,
    undoing: Operation,
    operation: OperationDocument,
    ids: list[ObjectId],
    is_last: bool,
) -> Batch:
    """Undoes these changes of the operation, in their order."""
    stored = CatalogueChange.objects.documents
    found = stored.collection.find({"_id": {"$in": ids}}, session=stored.session)
    changes = {change["_id"]: change for change in found}
    batch = Batch(version, undoing)
    batch.undo([changes[change_id] for change_id in ids])
    log.record(undoing, batch.done)
    services.rename_later(batch.changed)
    if is_last:
        _finish(undoing, operation)
    return batch


def _finish(undoing: Operation, operation: OperationDocument) -> None:
    """An operation of which nothing could be undone can be undone later."""
    is_undone = _restored(undoing) > 0
    marks = {"undoneBy": undoing.id if is_undone else None, "isBeingUndone": False}
    CatalogueOperation.objects.documents.update(operation, marks)
    if is_undone:
        _mark_below(operation)


def _mark_below(undone: OperationDocument) -> None:
    """If an undo has been undone, what it undid is in effect again. If that is an undo, too, what
    that undid isn't, and so on."""
    stored, is_undone = CatalogueOperation.objects.documents, False
    while "undoes" in undone and (below := stored.find(undone["undoes"])):
        if (below.get("undoneBy") or undone["_id"]) == undone["_id"]:
            stored.update(below, {"undoneBy": undone["_id"] if is_undone else None})
        undone, is_undone = below, not is_undone


def _changes(undoing: Operation, besides: Collection[ObjectId] = ()) -> list[ObjectId]:
    """The changes to be undone, the latest first, `besides` those of these exercises."""
    stored = CatalogueChange.objects.documents
    query, fields = {"operation": undoing.undoes}, {"exerciseId": 1}
    found = stored.collection.find(query, fields, session=stored.session)
    return sorted((c["_id"] for c in found if c["exerciseId"] not in besides), reverse=True)


def _restored(undoing: Operation) -> int:
    """How many changes the undo has made. If there are none, it isn't logged either."""
    stored = CatalogueOperation.objects.documents.find(undoing.id)
    return sum(stored["counts"].values()) if stored else 0
