"""A routine and its entry in `users.routines` come and go in one transaction."""

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from accounts.models import User
from fitness_project.api.documents import now
from fitness_project.api.errors import Conflict, Missing
from fitness_project.database.transactions import transactional

from .models import MAX_ROUTINES, Routine


def create_routine(user, document: dict) -> dict:
    """Stores a valid document. Raises Conflict (`limit`) past MAX_ROUTINES."""
    present = now()
    stamps = {"userId": user.pk, "createdAt": present, "updatedAt": present}
    routine = {"_id": ObjectId(), **document, **stamps}
    try:
        return _store(user, routine)
    except DuplicateKeyError:
        # A commit whose answer was lost had been done, and the transaction ran again.
        return Routine.objects.visible_to(user).get(routine["_id"])


@transactional
def _store(user, routine):
    Routine.objects.documents.insert(dict(routine))
    last_place = f"routines.{MAX_ROUTINES - 1}"
    if not _change_user(
        {"_id": user.pk, last_place: {"$exists": False}}, {"$push": {"routines": routine["_id"]}}
    ):
        raise _refusal(user)
    return routine


@transactional
def delete_routine(user, id: ObjectId) -> None:
    """Raises Missing."""
    Routine.objects.visible_to(user).delete(id)
    _change_user({"_id": user.pk}, {"$pull": {"routines": id}})


def _change_user(condition, change) -> bool:
    users = User.objects.documents
    return users.collection.update_one(condition, change, session=users.session).matched_count > 0


def _refusal(user):
    if not User.objects.documents.exists(user.pk):
        return Missing("The account is gone.")
    return Conflict(f"A user has at most {MAX_ROUTINES} routines: delete one first.", "limit")
