"""What the log of the catalogue calls those who changed it."""

from bson import ObjectId

from accounts.models import User
from accounts.people import DELETED, emails
from exercises.models import CatalogueOperation

from .models import OperationDocument
from .operations import Kind


def choices(chosen: ObjectId | None) -> list[tuple[str, str]]:
    """The staff who are in the log, to choose from, and whoever else is chosen and is in it.
    (Looking through all of the log for those who are in it takes too long.)"""
    staff = User.objects.documents.collection.find({"isStaff": True}, {"email": 1})
    known = {user["_id"]: user["email"] for user in staff}
    if chosen and chosen not in known:
        known[chosen] = emails([chosen]).get(chosen, DELETED)
    named = sorted(known.items(), key=lambda pair: pair[1])
    return [(str(user_id), email) for user_id, email in named if _is_logged(user_id)]


def _is_logged(user_id: ObjectId) -> bool:
    operations = CatalogueOperation.objects.documents.collection
    return operations.find_one({"userId": user_id}, {"_id": 1}) is not None


def who(operation: OperationDocument, known: dict[ObjectId, str]) -> str:
    """Who did it, in the middle of a sentence. `known` are e-mail addresses by id."""
    if operation["userId"]:
        return known.get(operation["userId"], DELETED)
    return "the service" if operation["kind"] == Kind.IN_USE else "a command"
