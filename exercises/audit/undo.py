"""Undoes operations: what still has the operation's value gets the value from before.

What has been changed since stays, and so does what can't be undone any more. An undo is an
operation itself, so it is logged and can be undone.

A large operation is undone in batches. The request undoes what it can in the time it has, and a
task does the rest.
"""

from dataclasses import dataclass

from bson import ObjectId
from django_tasks import task

from exercises import services
from exercises.models import CatalogueChange, CatalogueOperation
from exercises.versions import catalogue_write, settled
from fitness_project.database.deadline import remaining_seconds

from . import log
from .batch import Batch, Left
from .operations import Kind, Operation, Packed

BATCH = 100
# Far more than a batch takes.
BATCH_SECONDS = 1.0


class AlreadyUndone(Exception):
    """The operation was undone before."""


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
    if "undoneBy" in CatalogueOperation.objects.documents.get(operation_id):
        raise AlreadyUndone
    undoing = Operation(Kind.UNDO, by, undoes=operation_id)
    ids = _remaining(undoing)
    if len(ids) > BATCH:
        finish_undo.using(run_after=settled()).enqueue(undoing.packed())
    left, is_finished = _undo_in_time(undoing, ids)
    return Undone(undoing.id, _restored(undoing), left, is_finished)


@task()
def finish_undo(packed: Packed) -> None:
    """Undoes what the request left. It can be run again."""
    undoing = Operation.unpacked(packed)
    if undoing.undoes and not log.is_undone(undoing.undoes):
        _undo_in_time(undoing, _remaining(undoing))


def undo_batch(undoing: Operation, change_ids: list[ObjectId]) -> list[Left]:
    """Undoes these changes, in their order, in one transaction. Returns what it left."""
    batch = _undo(undoing, change_ids)
    services.rename_at_once(batch.changed)
    return batch.left


@catalogue_write
def _undo(version: int, undoing: Operation, change_ids: list[ObjectId]) -> Batch:
    found = CatalogueChange.objects.documents.collection.find({"_id": {"$in": change_ids}})
    changes = {change["_id"]: change for change in found}
    batch = Batch(version, undoing)
    batch.undo([changes[change_id] for change_id in change_ids])
    log.record(undoing, batch.done)
    services.rename_later(batch.changed)
    return batch


def _undo_in_time(undoing: Operation, ids: list[ObjectId]) -> tuple[list[Left], bool]:
    """Returns what it left, and whether it got to the end."""
    left: list[Left] = []
    for start in range(0, len(ids), BATCH):
        if start and remaining_seconds(BATCH_SECONDS) < BATCH_SECONDS:
            return left, False
        left += undo_batch(undoing, ids[start : start + BATCH])
    if _restored(undoing):
        done = {"$set": {"undoneBy": undoing.id}}
        CatalogueOperation.objects.documents.collection.update_one({"_id": undoing.undoes}, done)
    return left, True


def _remaining(undoing: Operation) -> list[ObjectId]:
    """The changes that are still to be undone, the latest first."""
    stored = CatalogueChange.objects.documents.collection
    done = log.changed_by(undoing.id)
    found = stored.find({"operation": undoing.undoes}, {"exerciseId": 1})
    ids = [change["_id"] for change in found if change["exerciseId"] not in done]
    return sorted(ids, reverse=True)


def _restored(undoing: Operation) -> int:
    """How many changes the undo has made. If there are none, it isn't logged either."""
    stored = CatalogueOperation.objects.documents.find(undoing.id)
    return sum(stored["counts"].values()) if stored else 0
