"""Migration operations for indexes that `Meta.indexes` can't declare. They can be run again."""

from collections.abc import Mapping
from typing import Any

from django.apps.registry import Apps
from django.db.migrations import RunPython
from django_mongodb_backend.schema import DatabaseSchemaEditor
from pymongo import IndexModel

Indexes = Mapping[str, tuple[Any, Mapping[str, Any]]]
"""The keys and the options of indexes, by name."""


def make_indexes(collection: str, indexes: Indexes) -> RunPython:
    """Creates indexes on a collection."""

    def create(apps: Apps, schema_editor: DatabaseSchemaEditor) -> None:
        stored = schema_editor.connection.database[collection]
        # All at once: the documents are read once, and on the embedded database written once.
        stored.create_indexes(
            [IndexModel(keys, name=name, **options) for name, (keys, options) in indexes.items()]
        )

    return RunPython(create, drop_indexes(collection, *indexes).code)


def drop_indexes(collection: str, *names: str) -> RunPython:
    """Drops those of the indexes that exist. Reversing the migration doesn't bring them back."""

    def drop(apps: Apps, schema_editor: DatabaseSchemaEditor) -> None:
        stored = schema_editor.connection.database[collection]
        for name in stored.index_information().keys() & set(names):
            stored.drop_index(name)

    return RunPython(drop, RunPython.noop)


def drop_indexes_by_keys(collection: str, keys: Mapping[str, int]) -> RunPython:
    """Like `drop_indexes`, for an index whose name Django has generated."""

    def drop(apps: Apps, schema_editor: DatabaseSchemaEditor) -> None:
        stored = schema_editor.connection.database[collection]
        for name, index in stored.index_information().items():
            if dict(index["key"]) == keys:
                stored.drop_index(name)

    return RunPython(drop, RunPython.noop)
