"""Indexes that `Meta.indexes` can't name, for migrations."""

from django.db.migrations import RunPython


def make_indexes(collection: str, indexes: dict) -> RunPython:
    """A migration's operation. `indexes` are pairs of keys and options by name."""

    def make(apps, schema_editor):
        for name, (keys, options) in indexes.items():
            schema_editor.connection.get_collection(collection).create_index(
                keys, name=name, **options
            )

    def drop(apps, schema_editor):
        for name in indexes:
            schema_editor.connection.get_collection(collection).drop_index(name)

    return RunPython(make, drop)


def of_owned(collection: str) -> RunPython:
    """What a collection of users' documents needs for the change feed, and for POSTs that are
    sent again."""
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


# A day longer than the change feed's tokens: none of them misses a deletion.
TOMBSTONES_EXPIRE = {"tombstones_expire": ({"deletedAt": 1}, {"expireAfterSeconds": 91 * 86_400})}
