"""Writes to the catalogue."""

from contextlib import suppress

from bson import ObjectId
from django_tasks import task
from pymongo.errors import PyMongoError

from fitness_project.database.transactions import new_id
from fitness_project.documents.collection import Document
from fitness_project.documents.instants import now
from fitness_project.documents.revisions import Revisions, revision_of
from fitness_project.errors import FieldRefused, PreconditionFailed

from . import references
from .audit import log
from .audit.operations import Operation
from .catalogue import catalogue
from .models import Exercise, ExerciseDocument
from .names import name_key
from .versions import catalogue_write, settled, stamps
from .writing import Writing

# How many routines get an exercise's new name before the response.
RENAMED_AT_ONCE = 500

Change = tuple[ObjectId, Document]
"""The id of an exercise and the fields to set."""

Changed = tuple[ExerciseDocument, ExerciseDocument]
"""An exercise before and after a change."""


def create_exercise(operation: Operation, document: Document) -> ExerciseDocument:
    """Stores a valid document. Raises FieldRefused if the name is taken."""
    return store_exercises(operation, [document], [])[0]


def change_exercise(
    operation: Operation,
    exercise_id: ObjectId,
    changes: Document,
    only_if: Revisions | None = None,
) -> ExerciseDocument:
    """Sets fields of an exercise. A new name is copied into the routines that use the exercise.

    Raises Missing, Merged, FieldRefused if the name is taken, and PreconditionFailed if the
    exercise isn't at one of the revisions in `only_if`.
    """
    return store_exercises(operation, [], [(exercise_id, changes)], only_if)[0]


def store_exercises(
    operation: Operation,
    new: list[Document],
    changes: list[Change],
    only_if: Revisions | None = None,
) -> list[ExerciseDocument]:
    """Stores all documents and changes or none of them, and returns the stored exercises."""
    created, changed = _store(operation, new, changes, only_if)
    rename_at_once(changed)
    return created + [after for _, after in changed]


@catalogue_write
def _store(
    version: int,
    operation: Operation,
    new: list[Document],
    changes: list[Change],
    only_if: Revisions | None,
) -> tuple[list[ExerciseDocument], list[Changed]]:
    writing = Writing(version)
    ids, documents = [each for each, _ in changes], [*new, *(fields for _, fields in changes)]
    writing.prepare(ids, [document["name"] for document in documents if "name" in document])
    created = [create(writing, document) for document in new]
    changed = [change(writing, *each, only_if) for each in changes]
    writing.send()
    log.record(operation, [log.appeared(each) for each in created] + logged(changed))
    rename_later(changed)
    return created, changed


def logged(changed: list[Changed]) -> list[log.Change]:
    return [log.changed(before, after) for before, after in changed if before != after]


def rename_at_once(changed: list[Changed]) -> None:
    """Copies new names into routines, after the transaction that gave them."""
    with suppress(PyMongoError):  # What isn't renamed now is left to the task.
        references.rename(_renamed(changed), RENAMED_AT_ONCE)


def rename_later(changed: list[Changed]) -> None:
    """Enqueues the copying of the rest, in the transaction that gives the names."""
    if renamed := _renamed(changed):
        finish_renames.using(run_after=settled()).enqueue(list(map(str, renamed)))


def _renamed(changed: list[Changed]) -> references.Names:
    return {
        after["_id"]: after["name"] for before, after in changed if before["name"] != after["name"]
    }


@task()
def finish_renames(ids: list[str]) -> None:
    """Copies the exercises' current names into the routines that don't have them yet.

    For a moment after a rename, other processes still wrote the old name. If a later rename was
    finished while this one was going on, this one has undone a part of it, and goes on with the
    newer names.
    """
    copied: references.Names = {}
    while copied != (current := _names(ids)):
        references.rename(current)
        copied = current


def _names(ids: list[str]) -> references.Names:
    found = map(Exercise.objects.documents.find, map(ObjectId, ids))
    return {exercise["_id"]: exercise["name"] for exercise in found if exercise}


def create(writing: Writing, document: Document) -> ExerciseDocument:
    exercise = {
        "_id": new_id(),
        **document,
        "nameKey": name_key(document["name"]),
        "createdAt": now(),
        **stamps(writing.version),
    }
    _refuse_taken_name(writing, exercise["name"], exercise["_id"])
    return writing.add(exercise)


def change(
    writing: Writing,
    exercise_id: ObjectId,
    changes: Document,
    only_if: Revisions | None = None,
) -> Changed:
    """Sets fields within a transaction. What they are already is left as it is."""
    before, stamped = writing.find(exercise_id), stamps(writing.version)
    if before is None:
        raise catalogue.missing(exercise_id)
    if before.get("revision") == stamped["revision"]:
        return before, before  # The transaction was committed and only the reply was lost.
    at_revision(before, only_if)
    if log.is_like(before, changes):
        return before, before
    if "name" in changes:
        changes = {**changes, "nameKey": name_key(changes["name"])}
        if changes["nameKey"] != before.get("nameKey"):
            _refuse_taken_name(writing, changes["name"], exercise_id)
    return before, writing.put({**before, **changes, **stamped})


def at_revision(exercise: ExerciseDocument, only_if: Revisions | None) -> ExerciseDocument:
    """Raises PreconditionFailed if the exercise isn't at one of the revisions."""
    if only_if is not None and not only_if.hold_for(exercise):
        raise PreconditionFailed(revision_of(exercise))
    return exercise


def _refuse_taken_name(writing: Writing, name: str, exercise_id: ObjectId) -> None:
    if writing.is_taken(name, exercise_id):
        raise FieldRefused("name", ("unique", "Another exercise has this name."))
