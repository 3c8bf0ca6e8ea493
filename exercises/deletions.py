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

from fitness_project.documents.instants import now
from fitness_project.documents.revisions import Revisions
from fitness_project.errors import InUse

from .models import Exercise
from .names import name_key
from .references import used_among
from .services import at_revision, is_taken
from .versions import catalogue_write, settled, stamps


def delete_exercise(exercise_id: ObjectId, only_if: Revisions | None = None) -> None:
    """Like `delete_exercises`, but raises InUse if a routine or a session uses the exercise."""
    if delete_exercises([exercise_id], only_if):
        raise InUse("This exercise is in use. Archive it instead.")


@catalogue_write
def delete_exercises(
    version: int, ids: list[ObjectId], only_if: Revisions | None = None
) -> set[ObjectId]:
    """Deletes the exercises that no routine or session uses, and returns the ids of the others.

    Raises Missing, and PreconditionFailed if an exercise isn't at one of the revisions in
    `only_if`. Then none is deleted.
    """
    documents = Exercise.objects.documents
    exercises = [at_revision(documents.get(exercise_id), only_if) for exercise_id in ids]
    used = used_among(ids)
    unused = [exercise for exercise in exercises if exercise["_id"] not in used]
    for exercise in unused:
        _replace(
            {"_id": exercise["_id"], "changedIn": version, "deletedAt": now(), "was": exercise}
        )
    if unused:
        finish_deletions.using(run_after=settled()).enqueue([str(e["_id"]) for e in unused])
    return used


@task()
def finish_deletions(ids: list[str]) -> None:
    """Restores the exercises that have come into use, and forgets what the others were."""
    used = used_among(map(ObjectId, ids))
    if used:
        _restore(used)
    Exercise.objects.documents.collection.update_many(
        {"_id": {"$in": [ObjectId(exercise_id) for exercise_id in ids]}}, {"$unset": {"was": ""}}
    )


@catalogue_write
def _restore(version: int, ids: set[ObjectId]) -> None:
    stored = Exercise.objects.documents.collection
    tombstones: Iterable[Any] = stored.find({"_id": {"$in": list(ids)}, "was": {"$exists": True}})
    for tombstone in tombstones:
        exercise = {**tombstone["was"], "isArchived": True}
        for name in _names(exercise["name"]):
            if not is_taken(name, exercise["_id"]):
                break
        _replace({**exercise, "name": name, "nameKey": name_key(name), **stamps(version)})


def _names(name: str) -> Iterator[str]:
    """The name, and what to call the exercise if another one has taken it meanwhile."""
    yield name
    for number in count(2):
        ending = f" ({number})"
        yield name[: 120 - len(ending)] + ending


def _replace(document: Any) -> None:
    """Puts an exercise or a tombstone in the place of what is stored."""
    documents = Exercise.objects.documents
    place = {"_id": document["_id"]}
    documents.collection.replace_one(place, document, session=documents.session)
