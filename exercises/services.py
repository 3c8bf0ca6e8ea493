"""Writes to the catalogue, each in a transaction that increments the catalogue's version.

An exercise stores the version of its last change (`changedIn`), and so does the tombstone of a
deleted one. The change feed can therefore tell what is newer than a given version.

For a moment, other processes may still use an older snapshot of the catalogue. After that moment, a
rename therefore looks once more for entries with the old name, and a deletion looks once more
for entries that use the exercise.
"""

from collections.abc import Callable
from functools import wraps
from time import sleep
from typing import Any, Concatenate, ParamSpec, TypeVar

from bson import ObjectId
from pymongo import ReturnDocument

from fitness_project.database.deadline import SECONDS, paused
from fitness_project.database.transactions import transactional
from fitness_project.documents.collection import Document
from fitness_project.documents.instants import now
from fitness_project.documents.revisions import Revisions
from fitness_project.errors import BeingDeleted, FieldRefused, InUse, PreconditionFailed

from . import references
from .catalogue import MAX_AGE, VERSION_ID, catalogue, is_being_deleted
from .models import CatalogueVersion, Exercise, ExerciseDocument
from .names import name_key
from .references import used_among

# The age of another process's snapshot, plus the time until the requests that used it are over.
SETTLE_SECONDS = MAX_AGE + SECONDS + 0.4

Change = tuple[ObjectId, Document]
"""The id of an exercise and the fields to set."""

Changed = tuple[ExerciseDocument, ExerciseDocument]
"""An exercise before and after a change."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def create_exercise(document: Document) -> ExerciseDocument:
    """Stores a valid document. Raises FieldRefused if the name is taken."""
    return store_exercises([document], [])[0]


def change_exercise(
    exercise_id: ObjectId, changes: Document, only_if: Revisions | None = None
) -> ExerciseDocument:
    """Sets fields of an exercise. A new name is copied into the routines that use the exercise.

    Raises Missing, FieldRefused if the name is taken, BeingDeleted, and PreconditionFailed if the
    exercise isn't at one of the revisions in `only_if`.
    """
    return store_exercises([], [(exercise_id, changes)], only_if)[0]


def store_exercises(
    new: list[Document], changes: list[Change], only_if: Revisions | None = None
) -> list[ExerciseDocument]:
    """Stores all documents and changes or none of them, and returns the stored exercises."""
    created, changed = _store(new, changes, only_if)
    renamed = [after["_id"] for before, after in changed if before["name"] != after["name"]]
    if renamed:
        _settle()
    for exercise_id in renamed:  # To their current names: others may have renamed them meanwhile.
        if exercise := Exercise.objects.documents.find(exercise_id):
            references.rename(exercise_id, exercise["name"])
    return created + [after for _, after in changed]


def delete_exercise(exercise_id: ObjectId, only_if: Revisions | None = None) -> None:
    """Like `delete_exercises`, but raises InUse if a routine or a session uses the exercise."""
    if delete_exercises([exercise_id], only_if):
        raise InUse("This exercise is in use. Archive it instead.")


def delete_exercises(ids: list[ObjectId], only_if: Revisions | None = None) -> set[ObjectId]:
    """Deletes the exercises that no routine or session uses, and returns the ids of the others.

    Raises Missing, and PreconditionFailed if an exercise isn't at one of the revisions in
    `only_if`. Then none is deleted.

    Unused exercises are first marked, so that nobody can start to use them, and deleted once every
    process must have seen the mark. An interruption in between leaves them archived.
    """
    marked = _mark_unused(ids, only_if)
    used = set(ids) - {exercise["_id"] for exercise in marked}
    if marked:
        _settle()
        used |= _delete_unused(marked)
    return used


def _settle() -> None:
    with paused():
        sleep(SETTLE_SECONDS)


def _catalogue_write(
    work: Callable[Concatenate[int, Arguments], Result],
) -> Callable[Arguments, Result]:
    """Runs `work` in a transaction, with the catalogue's new version as its first argument."""

    @wraps(work)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return transactional(lambda: work(_next_version(), *args, **kwargs))()
        finally:
            catalogue.forget()

    return run


def _next_version() -> int:
    """Increments the version. Of two simultaneous writers, one must therefore start again."""
    documents = CatalogueVersion.objects.documents
    updated: Any = documents.collection.find_one_and_update(
        {"_id": VERSION_ID},
        {"$inc": {"version": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=documents.session,
    )
    return updated["version"]  # An upsert always returns a document.


@_catalogue_write
def _store(
    version: int, new: list[Document], changes: list[Change], only_if: Revisions | None
) -> tuple[list[ExerciseDocument], list[Changed]]:
    created = [_create(version, document) for document in new]
    return created, [_change(version, *change, only_if) for change in changes]


def _create(version: int, document: Document) -> ExerciseDocument:
    document = {
        **document,
        "nameKey": name_key(document["name"]),
        "createdAt": now(),
        **_stamps(version),
    }
    _refuse_taken_name(document)
    return Exercise.objects.documents.insert(document)


def _change(
    version: int, exercise_id: ObjectId, changes: Document, only_if: Revisions | None = None
) -> Changed:
    documents = Exercise.objects.documents
    before = _at_revision(documents.get(exercise_id), only_if)
    if is_being_deleted(before) and "deletingSince" not in changes:
        raise BeingDeleted("This exercise is being deleted.")
    if "name" in changes:
        changes = {**changes, "nameKey": name_key(changes["name"])}
        _refuse_taken_name({"_id": exercise_id, **changes})
    after = documents.update(before, {**changes, **_stamps(version)})
    if before["name"] != after["name"]:
        references.rename(exercise_id, after["name"])
    return before, after


def _stamps(version: int) -> Document:
    return {"updatedAt": now(), "revision": ObjectId(), "changedIn": version}


def _at_revision(exercise: ExerciseDocument, only_if: Revisions | None) -> ExerciseDocument:
    if only_if is not None and not only_if.hold_for(exercise):
        raise PreconditionFailed
    return exercise


@_catalogue_write
def _mark_unused(
    version: int, ids: list[ObjectId], only_if: Revisions | None
) -> list[ExerciseDocument]:
    """Returns the marked exercises as they were before."""
    documents = Exercise.objects.documents
    exercises = [_at_revision(documents.get(exercise_id), only_if) for exercise_id in ids]
    used = used_among(ids)
    unused = [exercise for exercise in exercises if exercise["_id"] not in used]
    documents.collection.update_many(
        {"_id": {"$in": [exercise["_id"] for exercise in unused]}},
        {"$set": {"isArchived": True, "deletingSince": now(), **_stamps(version)}},
        session=documents.session,
    )
    return unused


@_catalogue_write
def _delete_unused(version: int, marked: list[ExerciseDocument]) -> set[ObjectId]:
    """Returns the ids of the exercises that came into use meanwhile."""
    documents = Exercise.objects.documents
    used = used_among(exercise["_id"] for exercise in marked)
    tombstone: Any = {"changedIn": version, "deletedAt": now()}
    for before in marked:
        if before["_id"] in used:
            archived = before.get("isArchived", False)
            _change(version, before["_id"], {"isArchived": archived, "deletingSince": None})
        else:
            place = {"_id": before["_id"]}
            documents.collection.replace_one(place, tombstone, session=documents.session)
    return used


def _refuse_taken_name(document: Document) -> None:
    documents = Exercise.objects.documents
    other = documents.collection.find_one(
        {"nameKey": document["nameKey"], "_id": {"$ne": document.get("_id")}},
        {"_id": 1},
        session=documents.session,
    )
    if other:
        raise FieldRefused("name", ("unique", "Another exercise has this name."))
