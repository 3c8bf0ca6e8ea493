"""Recognises this service's own exports."""

import re
from typing import Any

from bson import ObjectId

from .columns import COLUMNS
from .rows import Entry

SERVER_FIELDS = ("id", "createdAt", "updatedAt")
EXPORTED = {*COLUMNS, *SERVER_FIELDS}
# Of the columns that an export has in CSV, other services have no two together.
TELLING_COLUMNS = {"id", "isArchived"}
LISTS = ("primaryMuscles", "secondaryMuscles")
ID = re.compile("[0-9a-fA-F]{24}")


def is_table_of_ours(entries: list[Entry]) -> bool:
    """Whether the header has `id` and `isArchived`, and the ids have the form of ours."""
    own = [entry.values for entry in entries if entry.values.keys() >= TELLING_COLUMNS]
    return any(_has_id(values) for values in own)


def are_objects_of_ours(entries: list[Entry]) -> bool:
    """Whether those with an `id` have all of an export's fields, with texts where it has texts."""
    own = [entry.values for entry in entries if "id" in entry.values]
    return any(map(_has_id, own)) and all(map(_is_exported, own))


def own_id(values: dict[str, Any]) -> ObjectId | None:
    """The id that an export gave the row. Raises ValueError if its form has been changed."""
    if not values.get("id"):
        return None
    if not _has_id(values):
        raise ValueError(
            f"id: {str(values['id'])[:40]!r} isn't an id of this service: 24 digits and letters "
            "from a to f. Restore it, or leave it empty."
        )
    return ObjectId(values["id"])


def _has_id(values: dict[str, Any]) -> bool:
    return isinstance(values["id"], str) and bool(ID.fullmatch(values["id"]))


def _is_exported(values: dict[str, Any]) -> bool:
    return values.keys() >= EXPORTED and not any(
        isinstance(values[field], list | dict) for field in EXPORTED.difference(LISTS)
    )
