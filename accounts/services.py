"""Writes to an account and to everything that belongs to it."""

from collections.abc import Callable
from threading import Timer

from bson import ObjectId
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from fitness_project.database.transactions import transactional
from fitness_project.documents import registry
from fitness_project.documents.collection import Document
from fitness_project.errors import FieldRefused, Missing, PreconditionFailed

from .documents import UserDocument
from .models import User
from .signing_in.principals import MAX_AGE, remembered_principals
from .signing_in.sign_ins import sign_out

Condition = Callable[[UserDocument], bool]


@transactional
def change_account(user_id: ObjectId, changes: Document, only_if: Condition) -> UserDocument:
    """Sets fields and returns the user afterwards. `routines` can only be put in another order.

    Raises FieldRefused if `routines` has other ids than the stored user, and PreconditionFailed if
    the stored user doesn't satisfy `only_if`.
    """
    users = User.objects.documents
    stored = _checked(users.get(user_id), only_if)
    if sorted(changes.get("routines", stored["routines"])) != sorted(stored["routines"]):
        raise FieldRefused(
            "routines", ("not_the_same", "Send the ids of all your routines, each of them once.")
        )
    return users.update(stored, changes) if changes else stored


def _checked(user: UserDocument, only_if: Condition) -> UserDocument:
    if not only_if(user):
        raise PreconditionFailed
    return user


def delete_account(user_id: ObjectId, only_if: Condition) -> None:
    """Removes the user and everything that belongs to the user.

    Raises PreconditionFailed if the stored user doesn't satisfy `only_if`. For a few seconds, other
    processes may still accept the user's tokens; what they write meanwhile is removed afterwards.
    """
    _remove(user_id, only_if)
    remembered_principals.forget()
    again = Timer(MAX_AGE + 2, _remove_owned, [user_id])
    again.daemon = True
    again.start()


@transactional
def _remove(user_id: ObjectId, only_if: Condition) -> None:
    users = User.objects.documents
    try:
        _checked(users.get(user_id), only_if)
    except Missing:
        return  # Another request removed it, or this one did and the reply was lost.
    # Writing to the user first makes other transactions on the account conflict with this one.
    users.collection.update_one(
        {"_id": user_id}, {"$set": {"isActive": False}}, session=users.session
    )
    _remove_owned(user_id)
    sign_out([user_id])
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user_id)
    ).delete()
    User.objects.filter(pk=user_id).delete()


def _remove_owned(user_id: ObjectId) -> None:
    """Removes the user's documents, and the tombstones of deleted ones."""
    for entry in registry.owned():
        documents = entry.documents
        documents.collection.delete_many({entry.owner: user_id}, session=documents.session)
