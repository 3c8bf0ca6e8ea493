"""What the log calls those who changed the catalogue. It stores their ids alone."""

from collections.abc import Iterable

from bson import ObjectId

from accounts.models import User

from .models import OperationDocument
from .operations import Kind

DELETED = "a deleted account"


def emails(user_ids: Iterable[ObjectId | None]) -> dict[ObjectId, str]:
    """The e-mail addresses of those of the users that still exist."""
    wanted = {"_id": {"$in": [user_id for user_id in set(user_ids) if user_id]}}
    found = User.objects.documents.collection.find(wanted, {"email": 1})
    return {user["_id"]: user["email"] for user in found}


def choices(chosen: ObjectId | None) -> list[tuple[str, str]]:
    """The staff, and whoever else is chosen, to choose from. (Looking through all of the log for
    those who are in it takes too long.)"""
    staff = User.objects.documents.collection.find({"isStaff": True}, {"email": 1})
    known = {user["_id"]: user["email"] for user in staff}
    if chosen and chosen not in known:
        known[chosen] = emails([chosen]).get(chosen, DELETED)
    named = sorted(known.items(), key=lambda pair: pair[1])
    return [(str(user_id), email) for user_id, email in named]


def who(operation: OperationDocument, known: dict[ObjectId, str]) -> str:
    """Who did it, in the middle of a sentence. `known` are e-mail addresses by id."""
    if operation["userId"]:
        return known.get(operation["userId"], DELETED)
    return "the service" if operation["kind"] == Kind.IN_USE else "a command"
