"""The indexes that every collection of users' documents needs, for migrations."""

from typing import Any

from django.db.migrations import RunPython

from fitness_project.database.indexes import make_indexes

# A day longer than a token of the change feed lives, so that no client misses a deletion.
TOMBSTONES_EXPIRE: dict[str, Any] = {
    "tombstones_expire": ({"deletedAt": 1}, {"expireAfterSeconds": 91 * 86_400})
}


def for_offline_use(collection: str) -> RunPython:
    """For the change feed, and for POSTs that are sent again."""
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
    """Finds one of a user's documents by its id."""
    return make_indexes(collection, {f"{collection}_by_id": ({"userId": 1, "_id": 1}, {})})
