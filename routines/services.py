"""Creates and deletes routines, each in one transaction with its entry in `users.routines`."""

from bson import ObjectId

from accounts.models import User
from exercises.catalogue import catalogue
from fitness_project.database.transactions import transactional
from fitness_project.documents.collection import Document
from fitness_project.documents.owned import Owner
from fitness_project.documents.revisions import Revisions
from fitness_project.errors import LimitReached

from .models import MAX_ROUTINES, Routine, RoutineDocument


def create_routine(user: Owner, document: Document) -> RoutineDocument:
    """Stores a valid document.

    Raises LimitReached if the user already has MAX_ROUTINES, Taken, and Missing if the account has
    been deleted.
    """
    return Routine.objects.visible_to(user).create(document, _store)


@transactional
def _store(document: Document) -> RoutineDocument:
    routine = Routine.objects.documents.insert(document)
    last_place = f"routines.{MAX_ROUTINES - 1}"
    has_room = {"_id": routine["userId"], last_place: {"$exists": False}}
    if not _change_user(has_room, {"$push": {"routines": routine["_id"]}}):
        User.objects.documents.get(routine["userId"])  # Raises Missing if it has been deleted.
        raise LimitReached(f"A user has at most {MAX_ROUTINES} routines. Delete one first.")
    return routine


def delete_routine(user: Owner, routine_id: ObjectId, only_if: Revisions | None = None) -> None:
    """Raises Missing and PreconditionFailed."""
    _remove(user, routine_id, only_if, ObjectId())


@transactional
def _remove(
    user: Owner, routine_id: ObjectId, only_if: Revisions | None, revision: ObjectId
) -> None:
    """Deletes the routine.

    A repetition after a lost reply to the commit recognises its own tombstone by its `revision`.
    """
    Routine.objects.visible_to(user).delete(routine_id, only_if, revision)
    _change_user({"_id": user.pk}, {"$pull": {"routines": routine_id}})


def planned_among(user: Owner, exercise_ids: set[ObjectId]) -> set[ObjectId]:
    """Those of the exercises that at least one of the user's routines has."""
    routines, snapshot = Routine.objects.visible_to(user), catalogue.current()
    ids = [used_id for each in exercise_ids for used_id in snapshot.used_ids(each)]
    found = routines.collection.find(
        {**routines.filter, "exercises.exerciseId": {"$in": ids}}, {"exercises.exerciseId": 1}
    )
    used = (entry.get("exerciseId") for each in found for entry in each["exercises"])
    return exercise_ids.intersection(map(catalogue.kept, used))


def _change_user(condition: Document, change: Document) -> bool:
    users = User.objects.documents
    return users.collection.update_one(condition, change, session=users.session).matched_count > 0
