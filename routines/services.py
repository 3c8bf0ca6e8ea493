"""A routine and its entry in `users.routines` come and go in one transaction."""

from bson import ObjectId

from accounts.models import User
from fitness_project.api.conditions import Revisions
from fitness_project.api.errors import Conflict, Missing
from fitness_project.database.transactions import transactional

from .models import MAX_ROUTINES, Routine


def create_routine(user, document: dict) -> dict:
    """Stores a valid document. Raises Conflict: `limit` past MAX_ROUTINES, or `taken`."""
    return Routine.objects.visible_to(user).create(document, _store)


@transactional
def _store(routine):
    Routine.objects.documents.insert(routine)
    last_place = f"routines.{MAX_ROUTINES - 1}"
    if not _change_user(
        {"_id": routine["userId"], last_place: {"$exists": False}},
        {"$push": {"routines": routine["_id"]}},
    ):
        raise _refusal(routine["userId"])
    return routine


def delete_routine(user, id: ObjectId, only_if: Revisions | None = None) -> None:
    """Raises Missing, PreconditionFailed."""
    _remove(user, id, only_if, ObjectId())


@transactional
def _remove(user, id, only_if, revision):
    """Run again because its commit's answer was lost, it finds its own tombstone."""
    Routine.objects.visible_to(user).delete(id, only_if, revision)
    _change_user({"_id": user.pk}, {"$pull": {"routines": id}})


def _change_user(condition, change) -> bool:
    users = User.objects.documents
    return users.collection.update_one(condition, change, session=users.session).matched_count > 0


def _refusal(user_id):
    if not User.objects.documents.exists(user_id):
        return Missing("The account is gone.")
    return Conflict(f"A user has at most {MAX_ROUTINES} routines: delete one first.", "limit")
