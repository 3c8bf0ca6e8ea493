"""Indexes that `Meta.indexes` can't declare, for migrations."""

from typing import Any

from django.db.migrations import RunPython


def make_indexes(collection: str, indexes: dict[str, Any]) -> RunPython:
    """A migration's operation. `indexes` maps each name to the pair of its keys and options."""

    def make(apps: Any, schema_editor: Any) -> None:
        stored = schema_editor.connection.database[collection]
        for name, (keys, options) in indexes.items():
            stored.create_index(keys, name=name, **options)

    def drop(apps: Any, schema_editor: Any) -> None:
        stored = schema_editor.connection.database[collection]
        for name in indexes:
            stored.drop_index(name)

    return RunPython(make, drop)
