"""Migration operations for the indexes that every collection of users' documents needs."""

from typing import Any

from django.db.migrations import RunPython

from fitness_project.database.indexes import make_indexes

# One day longer than a change feed token is valid, so that no client misses a deletion.
TOMBSTONES_EXPIRE: dict[str, Any] = {
    "tombstones_expire": ({"deletedAt": 1}, {"expireAfterSeconds": 91 * 86_400})
}


def for_offline_use(collection: str) -> RunPython:
    """The indexes for the change feed and for retried POST requests."""
    return make_indexes(
        collection,
        {
            f"{collection}_changes": ({"userId": 1, "updatedAt": 1, "_id": 1}, {}),
            f"{collection}_deletions": (
                {"deletedFor": 1, "deletedAt": 1, "_id": 1},
                {"partialFilterExpression": {"deletedFor": {"$exists": True}}},
            ),
            f"{collection}_once": (
                {"idempotencyKey": 1},
                {
                    "unique": True,
                    "partialFilterExpression": {"idempotencyKey": {"$exists": True}},
                },
            ),
            **TOMBSTONES_EXPIRE,
        },
    )


def for_one_document(collection: str) -> RunPython:
    """The index for finding one of a user's documents by its id."""
    return make_indexes(collection, {f"{collection}_by_id": ({"userId": 1, "_id": 1}, {})})
