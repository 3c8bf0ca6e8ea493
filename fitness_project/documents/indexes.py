"""Migration operations for the indexes that every collection of users' documents needs."""

from typing import Any

from django.db.migrations import RunPython

from fitness_project.database.indexes import Indexes, make_indexes

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
    return make_indexes(collection, retries(collection))


def for_tombstones(collection: str) -> RunPython:
    """The index by which MongoDB deletes tombstones."""
    return make_indexes(collection, tombstones(collection))


def retries(collection: str) -> Indexes:
    options: dict[str, Any] = {
        "unique": True,
        "partialFilterExpression": {"idempotencyKey": {"$exists": True}},
    }
    return {f"{collection}_by_key": ({"userId": 1, "idempotencyKey": 1}, options)}


def tombstones(collection: str) -> Indexes:
    options: dict[str, Any] = {
        "expireAfterSeconds": TOMBSTONES_LIVE_SECONDS,
        "partialFilterExpression": {"deletedAt": {"$exists": True}},
    }
    return {f"{collection}_expire": ({"deletedAt": 1}, options)}
