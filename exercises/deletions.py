"""Deletes exercises that nothing uses.

A request that began with an older snapshot of the catalogue may bring a deleted exercise into use.
Its tombstone therefore keeps the exercise for some seconds, and a task then looks for uses once
more. If there are any, the exercise comes back, archived.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from bson import ObjectId
from django_tasks import task

from fitness_project.database.transactions import new_id
from fitness_project.documents.instants import now
from fitness_project.documents.revisions import Revisions
from fitness_project.errors import InUse

from .audit import log
from .audit.operations import Action, Kind, Operation
from .catalogue import catalogue
from .models import Exercise, is_gone
from .names import name_key
from .references import used_among
from .services import at_revision
from .versions import catalogue_write, settled, stamps
from .writing import Writing


def delete_exercise(
    operation: Operation, exercise_id: ObjectId, only_if: Revisions | None = None
) -> None:
    """Like `delete_exercises`, but raises InUse if a routine or a session uses the exercise."""
    if delete_exercises(operation, [exercise_id], only_if):
        raise InUse("This exercise is in use. Archive it instead.")


@catalogue_write
def delete_exercises(
    version: int, operation: Operation, ids: list[ObjectId], only_if: Revisions | None = None
) -> set[ObjectId]:
    """Deletes the exercises that no routine or session uses, and returns the ids of the others.

    Raises Missing, and PreconditionFailed if an exercise isn't at one of the revisions in
    `only_if`. Then none is deleted.
    """
    documents, deletion = Exercise.objects.documents, new_id()
    found = documents.collection.find({"_id": {"$in": ids}}, session=documents.session)
    stored: dict[ObjectId, Any] = {document["_id"]: document for document in found}
    deleted = {each for each in stored if stored[each].get("deletion") == deletion}
    if deleted:  # The transaction was committed and only the reply was lost.
        return set(ids) - deleted
    for exercise_id in ids:
        if exercise_id not in stored or is_gone(stored[exercise_id]):
            raise catalogue.missing(exercise_id)
        at_revision(stored[exercise_id], only_if)
    used = used_among(ids)
    unused = [stored[each] for each in stored if each not in used]
    writing = Writing(version)
    log.record(operation, [bury(writing, exercise, deletion) for exercise in unused])
    writing.send()
    finish_later([exercise["_id"] for exercise in unused], deletion)
    return used


def bury(writing: Writing, exercise: Any, deletion: ObjectId) -> log.Change:
    """Puts a tombstone in the place of an exercise, and returns what is to be logged."""
    mark = {"changedIn": writing.version, "deletedAt": now(), "deletion": deletion}
    writing.put({"_id": exercise["_id"], **mark, "was": exercise})
    return log.Change(new_id(), Action.DELETE, exercise, None)


def finish_later(ids: list[ObjectId], deletion: ObjectId) -> None:
    """Enqueues the last look for uses of exercises that the current transaction deletes."""
    if ids:
        finish_deletions.using(run_after=settled()).enqueue(list(map(str, ids)), str(deletion))


@task()
def finish_deletions(ids: list[str], deletion: str) -> None:
    """Restores the exercises that have come into use, and forgets what the others were."""
    used = used_among(map(ObjectId, ids))
    if used:
        _restore(Operation(Kind.IN_USE), used)
    tombstones = {"_id": {"$in": list(map(ObjectId, ids))}, "deletion": ObjectId(deletion)}
    forgotten = {"$unset": {"was": "", "deletion": ""}}
    Exercise.objects.documents.collection.update_many(tombstones, forgotten)


@catalogue_write
def _restore(version: int, operation: Operation, ids: set[ObjectId]) -> None:
    stored = Exercise.objects.documents
    query = {"_id": {"$in": list(ids)}, "was": {"$exists": True}}
    tombstones: Iterable[Any] = stored.collection.find(query, session=stored.session)
    restored, writing = [], Writing(version)
    for tombstone in tombstones:
        exercise = {**tombstone["was"], "isArchived": True}
        name = next(
            name for name in _names(exercise["name"]) if not writing.is_taken(name, exercise["_id"])
        )
        restored.append(bring_back(writing, {**exercise, "name": name}))
    writing.send()
    log.record(operation, restored)


def bring_back(writing: Writing, exercise: Any) -> log.Change:
    """Stores an exercise in the place of its tombstone, and returns what is to be logged.

    It has lost the aliases that others have taken since.
    """
    named = {**exercise, "nameKey": name_key(exercise["name"]), **stamps(writing.version)}
    if aliases := exercise.get("aliases"):
        named["aliases"] = [each for each in aliases if not writing.is_known(each["name"])]
    return log.appeared(writing.put(named), Action.RESTORE)


def _names(name: str) -> Iterator[str]:
    """The name, and what to call the exercise if another one has taken it meanwhile."""
    yield name
    for number in count(2):
        ending = f" ({number})"
        yield name[: 120 - len(ending)] + ending
