"""Finds out whether documents break a unique index before it exists."""

from collections.abc import Iterable
from typing import Any

from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError


def refuse_duplicates(collection: Collection[Any], indexes: Iterable[IndexModel]) -> None:
    """Raises DuplicateKeyError, like the creation of the index on MongoDB.

    Keys in arrays aren't compared.
    """
    for index in (index.document for index in indexes if index.document.get("unique")):
        fields = {str(place): f"${name}" for place, name in enumerate(index["key"])}
        pipeline = [
            {"$match": index.get("partialFilterExpression", {})},
            {"$group": {"_id": fields, "count": {"$sum": 1}}},
            {"$match": {"count": {"$gt": 1}}},
            {"$limit": 1},
        ]
        for found in collection.aggregate(pipeline):
            key = dict(zip(index["key"], found["_id"].values(), strict=False))
            message = f"E11000 duplicate key in {collection.full_name}: {index['name']} {key}"
            raise DuplicateKeyError(message, 11000)
