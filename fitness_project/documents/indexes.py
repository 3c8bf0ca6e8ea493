"""Migration operations for the indexes that every collection of users' documents needs."""

from typing import Any

from django.db.migrations import RunPython

from fitness_project.database.indexes import make_indexes

# One day longer than a change feed token is valid, so that no client misses a deletion.
TOMBSTONES_LIVE_SECONDS = 91 * 86_400


def for_one_document(collection: str) -> RunPython:
    """The index for finding one of a user's documents by its id."""
    return make_indexes(collection, {f"{collection}_by_id": ({"userId": 1, "_id": 1}, {})})


def for_changes(collection: str) -> RunPython:
    """The index for the change feed."""
    keys = {"userId": 1, "updatedAt": 1, "_id": 1}
    return make_indexes(collection, {f"{collection}_changes": (keys, {})})


def for_retries(collection: str) -> RunPython:
    """The index for retried POST requests."""
    options: dict[str, Any] = {
        "unique": True,
        "partialFilterExpression": {"idempotencyKey": {"$exists": True}},
    }
    keys = {"userId": 1, "idempotencyKey": 1}
    return make_indexes(collection, {f"{collection}_by_key": (keys, options)})


def for_tombstones(collection: str) -> RunPython:
    """The index by which MongoDB deletes tombstones."""
    options: dict[str, Any] = {
        "expireAfterSeconds": TOMBSTONES_LIVE_SECONDS,
        "partialFilterExpression": {"deletedAt": {"$exists": True}},
    }
    return make_indexes(collection, {f"{collection}_expire": ({"deletedAt": 1}, options)})
