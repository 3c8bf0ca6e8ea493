"""What is stored in the place of users' deleted documents."""

from datetime import datetime
from typing import NotRequired, TypedDict

from bson import ObjectId
from django.apps.registry import Apps
from django.db.migrations import RunPython
from django_mongodb_backend.schema import DatabaseSchemaEditor

from .collection import Stored
from .revisions import Expression

BATCH = 500

LIVING: Expression = {"$eq": [{"$type": "$deletedAt"}, "missing"]}
"""Whether a document isn't a tombstone, for the database."""


class Tombstone(TypedDict):
    """`updatedAt` is the time of the deletion, too: it was the last change."""

    _id: ObjectId
    userId: ObjectId
    updatedAt: datetime
    deletedAt: datetime
    revision: ObjectId
    idempotencyKey: NotRequired[bytes]
    idempotencyBody: NotRequired[bytes]


def is_tombstone(document: Stored) -> bool:
    return "deletedAt" in document


def with_owners(collection: str) -> RunPython:
    """A migration operation: gives older tombstones their `userId` and `updatedAt`, batch by batch.

    It can be interrupted and run again. Their idempotency keys must not be in an index that begins
    with `userId` yet.
    """

    def convert(apps: Apps, schema_editor: DatabaseSchemaEditor) -> None:
        stored = schema_editor.connection.database[collection]
        old = {"deletedFor": {"$exists": True}}
        changes = [
            {"$set": {"userId": "$deletedFor", "updatedAt": "$deletedAt"}},
            {"$unset": "deletedFor"},
        ]
        while found := stored.find(old, {"_id": 1}).limit(BATCH).to_list():
            ids = [document["_id"] for document in found]
            stored.update_many({"_id": {"$in": ids}, **old}, changes)

    return RunPython(convert, RunPython.noop)
