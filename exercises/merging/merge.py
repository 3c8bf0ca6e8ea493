"""Merges exercises: one is kept, and stands for the others from then on.

What was merged away leaves its id, which leads to the kept exercise for ever, and its names, by
which the kept one is found until another exercise takes them.

Entries of routines and sessions are changed after the merge, each document on its own: some before
the response, and the rest by a task. For a moment, other processes still use the ids that were
merged away, so the task begins when that is over.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from bson import ObjectId
from django_tasks import task
from pymongo.errors import PyMongoError

from exercises import references, services
from exercises.audit import log
from exercises.audit.operations import Action, Operation
from exercises.catalogue import catalogue
from exercises.models import Alias, Exercise, ExerciseDocument
from exercises.names import name_key
from exercises.services import Changed
from exercises.versions import catalogue_write, settled, stamps
from exercises.writing import Writing
from fitness_project.database.transactions import new_id
from fitness_project.documents.collection import Document
from fitness_project.documents.instants import now
from fitness_project.documents.revisions import Revisions
from fitness_project.errors import FieldRefused

# How many routines and sessions are changed before the response.
REPLACED_AT_ONCE = 100

AtRevisions = Mapping[ObjectId, Revisions]
"""By the ids of exercises: what they were when somebody decided to merge them."""


def merge_exercises(
    operation: Operation,
    kept_id: ObjectId,
    ids: Sequence[ObjectId],
    fields: Document | None = None,
    only_if: AtRevisions | None = None,
) -> ExerciseDocument:
    """Merges the exercises with these ids into the one that is kept, which gets the fields.

    An id that was merged away counts as that of the exercise that was kept then. What was merged
    into this one before is skipped.

    Raises Missing, Merged, FieldRefused and, if `only_if` is given, PreconditionFailed unless each
    of the exercises is at its revision there.
    """
    changed, merged = _merge(operation, kept_id, ids, fields or {}, only_if or {})
    services.rename_at_once([changed])
    with suppress(PyMongoError):  # What isn't changed now is left to the task.
        references.replace(merged, REPLACED_AT_ONCE)
    return changed[1]


@catalogue_write
def _merge(
    version: int,
    operation: Operation,
    kept_id: ObjectId,
    ids: Sequence[ObjectId],
    fields: Document,
    only_if: AtRevisions,
) -> tuple[Changed, list[ObjectId]]:
    writing = Writing(version)
    writing.prepare([kept_id, *ids], [fields["name"]] if "name" in fields else [])
    kept = writing.find(kept_id)
    if kept is None:
        raise catalogue.missing(kept_id)
    merged = _others(writing, kept_id, ids)
    if not merged:
        return (kept, kept), []
    unseen = Revisions(()) if only_if else None  # What others were merged into meanwhile.
    for exercise in (kept, *merged):
        services.at_revision(exercise, only_if.get(exercise["_id"], unseen))
    for exercise in merged:
        _put_away(writing, exercise, kept_id)
    before, after = services.change(writing, kept_id, fields)
    after = writing.put({**after, **stamps(version), "aliases": _aliases(after, before, *merged)})
    writing.send()
    gone = [log.Change(new_id(), Action.MERGE, exercise, None, after) for exercise in merged]
    log.record(operation, [*gone, *services.logged([(before, after)])])
    services.rename_later([(before, after)])
    merged_ids = [exercise["_id"] for exercise in merged]
    finish_merge.using(run_after=settled()).enqueue(list(map(str, merged_ids)))
    return (before, after), merged_ids


def _others(writing: Writing, kept_id: ObjectId, ids: Sequence[ObjectId]) -> list[ExerciseDocument]:
    """The exercises to be merged into the kept one, each once."""
    merged: dict[ObjectId, ExerciseDocument] = {}
    known = catalogue.refreshed()
    for index, exercise_id in enumerate(ids):
        if exercise_id == kept_id:
            fault = "invalid", "An exercise can't be merged into itself."
            raise FieldRefused(f"exerciseIds/{index}", fault)
        current_id = known.merged.get(exercise_id, exercise_id)
        exercise = writing.find(current_id)
        if exercise is None:
            raise FieldRefused(
                f"exerciseIds/{index}", ("does_not_exist", "No exercise has this id.")
            )
        if current_id != kept_id:
            merged[current_id] = exercise
    return list(merged.values())


def _put_away(writing: Writing, exercise: ExerciseDocument, kept_id: ObjectId) -> None:
    """Puts what remains of an exercise in its place."""
    version = {"changedIn": writing.version, "mergedIn": writing.version}
    into = {"mergedInto": kept_id, "mergedAt": now(), "isUnfinished": True}
    writing.put({"_id": exercise["_id"], **version, **into})


def _aliases(kept: ExerciseDocument, *others: ExerciseDocument) -> list[Alias]:
    """The names by which the kept exercise is found besides its own.

    They are the others' names and aliases, and its own earlier name.
    """
    old = [alias for exercise in others for alias in exercise.get("aliases", ())]
    new = [Alias(name=each["name"], key=name_key(each["name"])) for each in others]
    by_key = {alias["key"]: alias for alias in [*old, *new]}
    by_key.pop(name_key(kept["name"]), None)
    return list(by_key.values())


@task()
def finish_merge(ids: list[str]) -> None:
    """Changes what still refers to the exercises that were merged away.

    While it does, more may be written by requests that began before the merge, or by an earlier
    merge that this one continues. So it looks again until nothing is left.
    """
    merged = list(map(ObjectId, ids))
    catalogue.refreshed()
    while references.replace(merged):
        catalogue.refreshed()
    _finish(merged)


@catalogue_write
def _finish(version: int, merged: list[ObjectId]) -> None:
    stored: Any = Exercise.objects.documents
    stored.collection.update_many(
        {"_id": {"$in": merged}, "isUnfinished": True},
        {"$set": {"changedIn": version}, "$unset": {"isUnfinished": ""}},
        session=stored.session,
    )
