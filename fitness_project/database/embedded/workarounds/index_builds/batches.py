"""Empties and fills a collection, in transactions that the server can hold."""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from pymongo.collection import Collection

from .progress import progress
from .saved import Documents

BATCH = 500

Item = TypeVar("Item")


def empty(collection: Collection[Any]) -> None:
    total = collection.estimated_document_count()
    with (
        collection.find({}, {"_id": 1}) as cursor,
        progress(total, f"Removing {collection.name}", " documents", sys.stderr) as advance,
    ):
        for batch in _batches(cursor):
            collection.delete_many({"_id": {"$in": [document["_id"] for document in batch]}})
            advance(len(batch))


def fill(collection: Collection[Any], documents: Documents) -> None:
    """Inserts the documents that the collection doesn't have, by their ids."""
    label = f"Inserting {collection.name}"
    with progress(documents.size, label, " bytes", sys.stderr) as advance:
        for batch in _batches(documents):
            ids = [document["_id"] for document in batch]
            present = {row["_id"] for row in collection.find({"_id": {"$in": ids}}, {"_id": 1})}
            missing = [document for document in batch if document["_id"] not in present]
            if missing:
                collection.insert_many(missing)
            advance(sum(len(document.raw) for document in batch))


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := [*islice(iterator, BATCH)]:
        yield batch
