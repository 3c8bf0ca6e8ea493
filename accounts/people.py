"""What logs call those who did something. They store ids alone."""

from collections.abc import Iterable

from bson import ObjectId

from .models import User

DELETED = "a deleted account"


def emails(user_ids: Iterable[ObjectId | None]) -> dict[ObjectId, str]:
    """The e-mail addresses of those of the users that still exist."""
    wanted = {"_id": {"$in": [user_id for user_id in set(user_ids) if user_id]}}
    found = User.objects.documents.collection.find(wanted, {"email": 1})
    return {user["_id"]: user["email"] for user in found}
