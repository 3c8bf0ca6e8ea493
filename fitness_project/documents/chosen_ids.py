"""Ids that clients choose, in a sharded collection.

There, `_id` is unique only within a shard, and so within the documents of one user. An id that a
client chose is therefore first reserved in a collection that isn't sharded.
"""

from typing import TYPE_CHECKING, Any

from bson import ObjectId
from django.db import connections
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from fitness_project.errors import Taken

if TYPE_CHECKING:
    from .owned import OwnedDocuments

NAME = "chosenIds"


def reserve(documents: "OwnedDocuments[Any]", document_id: ObjectId) -> None:
    """Reserves the id for the documents' user, if the database is sharded.

    Raises Taken if another user has reserved it or has a document with it. A user's own reservation
    holds for a retry.
    """
    if not documents.collection.database.client.is_mongos:
        return
    user_id = documents.filter["userId"]
    try:
        _reservations().insert_one({"_id": document_id, "userId": user_id})
    except DuplicateKeyError:
        if not _reservations().find_one({"_id": document_id, "userId": user_id}):
            raise Taken from None
    # On all shards: documents whose ids the server generated have no reservation.
    another_users = {"_id": document_id, "userId": {"$ne": user_id}}
    if documents.collection.find_one(another_users, {"_id": 1}):
        _reservations().delete_one({"_id": document_id, "userId": user_id})
        raise Taken


def release_all(user_id: ObjectId) -> None:
    """Deletes the user's reservations."""
    _reservations().delete_many({"userId": user_id})


def _reservations() -> Collection[Any]:
    collection: Collection[Any] = connections["default"].database[NAME]  # type: ignore[attr-defined]
    return collection
